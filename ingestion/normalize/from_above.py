"""Cells that stand for the one above them: a project's number that only the first row of its group has, and ditto marks (同上, 〃).
Called by `table` for each table of a sheet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from contracts import Contract, Finding, finding
from contracts.text import value_text, without_blanks
from ingestion.normalize.accounts import SHOWN
from ingestion.normalize.columns import Column
from ingestion.normalize.rows import Cells, Part
from ingestion.readers.cells import Cell, RawRow, a1

DITTO = frozenset({"同上", "〃", "″", '"', "''", "”", "“", "“”", "同前"})
PROJECT_NAME = "project_name"
"""Field of a project's name beside its number: where it says another project, a blank number is not that of the row above."""
LEAST_BLANK = 2  # rows whose number is blank: of a single one it may have been forgotten


@dataclass(frozen=True)
class FromAbove:
    """A cell that is read as the one above it. written: what stands in it, None where it is blank."""

    row: RawRow
    column: Column
    value: Cell
    written: Cell = None

    @property
    def cell(self) -> str:
        return a1(self.row.no, self.column.number)


def cells_from_above(part: Part, contract: Contract) -> list[FromAbove]:
    """The cells of a table's rows of data that stand for the one above: ditto marks in columns of texts, and blanks in that
    column of the reporting unit's key which the rows of a group have in common.
    """
    found: list[FromAbove] = []
    for column in part.columns:
        if column.field.is_numeric or column.field.type == "period":
            continue
        found += _dittos(part.rows.data, column, part.cells)
    group = _grouping(part, contract)
    return found + [one for column in group for one in _blanks(part.rows.data, column, part.cells)]


def _dittos(rows: Sequence[RawRow], column: Column, cells: Cells) -> Iterator[FromAbove]:
    if not any(map(_is_ditto, {row.at(column.number) for row in rows})):
        return
    above: Cell = None
    for row in rows:
        value = cells.value(row, column.number)
        if _is_ditto(value):
            if above is not None:
                yield FromAbove(row, column, above, value)
        else:
            above = value


def _is_ditto(value: Cell) -> bool:
    return isinstance(value, str) and without_blanks(value) in DITTO


def _grouping(part: Part, contract: Contract) -> list[Column]:
    """The columns that only the first row of each group fills: a project's, with its name, where the key has more fields by which
    the rows of a group differ. Empty where any two neighbours repeat it, for then each row is to have its own.
    """
    fields = [name for name in contract.key if contract.fields[name].type not in ("period", "project")]
    own = [column for column in part.columns if column.field.type == "project" and column.field.name in contract.key]
    others = [column for column in part.columns if column.field.name in fields]
    if len(own) != 1 or not others:
        return []
    (project,) = own
    rows, value = part.rows.data, part.cells.value
    if sum(row.at(project.number) is None for row in rows) < LEAST_BLANK:
        return []
    blank = [row for row in rows if value(row, project.number) is None]
    repeats = any(
        value(one, project.number) is not None and value(one, project.number) == value(other, project.number)
        for one, other in pairwise(rows)
    )
    if len(blank) < LEAST_BLANK or repeats or value(rows[0], project.number) is None:
        return []
    groups: list[list[RawRow]] = []
    for row in rows:
        if value(row, project.number) is not None:
            groups.append([])
        groups[-1].append(row)
    keys = [[tuple(str(value(row, column.number)) for column in others) for row in group] for group in groups]
    are_told_apart = all(len(set(group)) == len(group) for group in keys)
    are_whole = all(any(value(row, column.number) is not None for column in others) for row in blank)
    names = [column for column in part.columns if column.field.name == PROJECT_NAME]
    are_of_it = all(
        value(row, column.number) in (None, value(group[0], column.number))
        for column in names
        for group in groups
        for row in group
    )
    return [project, *names] if are_told_apart and are_whole and are_of_it else []


def _blanks(rows: Sequence[RawRow], column: Column, cells: Cells) -> Iterator[FromAbove]:
    above: Cell = None
    for row in rows:
        value = cells.value(row, column.number)
        if value is None and above is not None:
            yield FromAbove(row, column, above)
        above = above if value is None else value


def warned_of_blanks(found: Sequence[FromAbove], sheet: str | None) -> list[Finding]:
    """A warning on each column of whose cells blanks were read as the one above."""
    warnings = []
    for column in dict.fromkeys(one.column for one in found if one.written is None):
        blank = [one for one in found if one.column is column and one.written is None]
        shown = "、".join(f"{one.cell} 按“{value_text(one.value)}”" for one in blank[:SHOWN])
        warnings.append(
            finding(
                "normalize.blank_as_above",
                sheet=sheet,
                cell=blank[0].cell,
                field=column.field.name,
                title=column.title,
                count=len(blank),
                found=shown + ("…" if len(blank) > SHOWN else ""),
            )
        )
    return warnings
