"""Writes what people read of a build, from its published marts: the workbooks and the monthly circular. Called by
pipeline.build.publishing, once the build's database is whole.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from contracts import calendar
from warehouse.marts import DATABASE

if TYPE_CHECKING:
    from reporting.workbooks import About


def about(build_id: str, as_of_date: str | None) -> "About":
    """What the documents say of their build. as_of_date: the day by which reports were expected, as YYYY-MM-DD; today's
    where the build does not say.
    """
    from reporting.workbooks import About

    return About(build_id, date.fromisoformat(as_of_date) if as_of_date else calendar.today())


def write(folder: Path, about: "About") -> None:
    """Write the folders `excel` and `circular` of a build."""
    import duckdb

    from reporting.circular import CIRCULAR, write_circular
    from reporting.workbooks import EXCEL, write_workbooks

    for name in (EXCEL, CIRCULAR):
        (folder / name).mkdir()
    with duckdb.connect(str(folder / DATABASE), read_only=True) as con:
        write_workbooks(folder / EXCEL, con, about)
        write_circular(folder / CIRCULAR, con, about)


def write_public(public: Path, about: "About") -> None:
    """Write the folder `excel` of the public set of a build."""
    import duckdb

    from reporting.workbooks import EXCEL, write_workbooks

    (public / EXCEL).mkdir()
    with duckdb.connect(str(public / DATABASE), read_only=True) as con:
        write_workbooks(public / EXCEL, con, about)
