"""Parameters of a test of which `make test` takes one of each kind, and `make test-all` the rest."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest


def one_of_each(values: Iterable[Any], kind: Callable[[Any], Hashable], at_first: int = 1) -> list[Any]:
    """The values as parameters of a test: the first `at_first` of each kind as they are, all later ones marked
    `thorough`.
    """
    seen: dict[Hashable, int] = {}
    marked = []
    for value in values:
        seen[kind(value)] = seen.get(kind(value), 0) + 1
        marked.append(value if seen[kind(value)] <= at_first else pytest.param(value, marks=pytest.mark.thorough))
    return marked
