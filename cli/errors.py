"""Errors of the `warehouse` command that the user can put right; cli.main prints them in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class UserError(RuntimeError):
    """The command cannot do what it was asked for; the message says why."""


@contextmanager
def invalid_values_as_usage_errors() -> Iterator[None]:
    """Turn a ValueError into a usage error: a reason, an approver, a day or a period that is not acceptable."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
