"""What a build is made of, and where: the parameter of every step of pipeline.build.run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path


def _no_lease() -> None:
    """Nobody else builds there."""


@dataclass(frozen=True)
class Scope:
    """What a build is made of, and where. Unset: all that is accepted now, in the home's build database.

    as_of: the ledger as it stood at this moment. as_of_date: the day by which reports are expected; today unless given.
    database: DuckDB file to build in, made when it is not there. is_forced: a build made of the same as the current one
    is published all the same. check_lease: raises where another build took over; `pipeline.build.run` gives it.
    """

    as_of: datetime | None = None
    as_of_date: date | None = None
    database: Path | None = None
    is_forced: bool = False
    check_lease: Callable[[], None] = field(default=_no_lease, compare=False, repr=False)


LATEST = Scope()
"""All that is accepted now, as of today, in the home's own build database."""
