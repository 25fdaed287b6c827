"""The reading record of a submission: what was done with every sheet, every row below a heading and every column, and which
period was chosen among those named. Made by `ingestion.normalize`, kept with the submission, shown by receipts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Literal

from contracts.model import Title

READING_NOTE = "reading"
"""Key under which a submission's notes keep its reading record, as JSON."""

RowKind = Literal["heading", "data", "total", "subtotal", "part", "note", "repeated", "unknown", "other_table"]
ROW_KINDS: dict[RowKind, Title] = {
    "heading": Title(zh="表头", en="heading"),
    "data": Title(zh="数据", en="data"),
    "total": Title(zh="合计", en="total"),
    "subtotal": Title(zh="小计", en="subtotal"),
    "part": Title(zh="其中项", en="part of a row above"),
    "note": Title(zh="说明", en="note"),
    "repeated": Title(zh="重复的表头", en="heading repeated"),
    "unknown": Title(zh="未读取", en="not read"),
    "other_table": Title(zh="另一张表", en="another table"),
}

ColumnReading = Literal["heading", "similar", "content", "class", "name", "ignored"]
COLUMN_READINGS: dict[ColumnReading, Title] = {
    "heading": Title(zh="按列名", en="by its heading"),
    "similar": Title(zh="按相近的列名", en="by a similar heading"),
    "content": Title(zh="按内容", en="by its content"),
    "class": Title(zh="按地类", en="as a class"),
    "name": Title(zh="同一项的名称", en="as the name of another column's code"),
    "ignored": Title(zh="未读取", en="not read"),
}


@dataclass(frozen=True)
class RowRange:
    """Rows of a sheet of one kind that follow each other, 1-based and inclusive. of: the subtotal's label."""

    kind: RowKind
    first: int
    last: int
    of: str | None = None


@dataclass(frozen=True)
class ColumnRecord:
    """A column of a table. cell: of its heading; field: the contract's, None where it was not read; score: 0 to 100."""

    cell: str
    heading: str
    by: ColumnReading
    field: str | None = None
    score: float | None = None
    measure_unit: str | None = None


@dataclass(frozen=True)
class PeriodCandidate:
    """A period that something names. where: column, title, sheet name or file name; text: as written."""

    where: str
    period: str
    text: str
    taken: bool = False


@dataclass(frozen=True)
class DeclaredDay:
    """The day up to which a ledger of events says that it speaks (截至). where: title, line, file or sheet name; day: ISO; text: as
    written.
    """

    where: str
    day: str
    text: str


@dataclass(frozen=True)
class SheetRecord:
    """A sheet, a layer or another member of a container. name: None for a CSV; ignored: why it was not read, None where it
    was; rows: those from the first heading on that hold anything; turned: the sheet stands on its side, and its rows are the
    file's columns; declared: the days up to which it says that it speaks, the most trusted first.
    """

    name: str | None
    ignored: str | None = None
    rows: tuple[RowRange, ...] = ()
    columns: tuple[ColumnRecord, ...] = ()
    periods: tuple[PeriodCandidate, ...] = ()
    turned: bool = False
    declared: tuple[DeclaredDay, ...] = ()

    def count(self, *kinds: RowKind) -> int:
        """How many rows are of some kinds."""
        return sum(one.last - one.first + 1 for one in self.rows if one.kind in kinds)


@dataclass(frozen=True)
class ReadingRecord:
    """What was done with everything in a file. conversions: how many values were read otherwise than written, by kind."""

    sheets: tuple[SheetRecord, ...] = ()
    conversions: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The public form, with null and empty parts left out."""
        return _without_empty(asdict(self))


def record_of(given: dict[str, Any]) -> ReadingRecord:
    """A record from its public form."""
    return ReadingRecord(
        tuple(
            SheetRecord(
                sheet.get("name"),
                sheet.get("ignored"),
                tuple(RowRange(**one) for one in sheet.get("rows", ())),
                tuple(ColumnRecord(**one) for one in sheet.get("columns", ())),
                tuple(PeriodCandidate(**one) for one in sheet.get("periods", ())),
                sheet.get("turned", False),
                tuple(DeclaredDay(**one) for one in sheet.get("declared", ())),
            )
            for sheet in given.get("sheets", ())
        ),
        dict(given.get("conversions", {})),
    )


def ranges_of(kinds: Iterable[tuple[int, RowKind, str | None]]) -> Iterator[RowRange]:
    """Rows with their kinds (number, kind, of), in ascending order, as ranges of equal neighbours."""
    for _, run in groupby(enumerate(kinds), key=lambda item: (item[1][0] - item[0], item[1][1], item[1][2])):
        rows = [one for _, one in run]
        yield RowRange(rows[0][1], rows[0][0], rows[-1][0], rows[0][2])


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if (kept := _without_empty(item)) not in (None, [], {})}
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    return value
