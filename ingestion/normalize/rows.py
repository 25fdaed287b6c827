"""Which rows below the headings are data, which are totals, which are notes; and the values of their cells. Called by
`table` for each table of a sheet.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contracts import Contract
from contracts.text import heading_key, without_blanks
from ingestion.normalize.columns import Column
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.row_fit import RowFit
from ingestion.normalize.row_labels import LISTED_KINDS, Labels, is_listed_unit, names_a_unit, names_unit
from ingestion.normalize.sheet_metadata import KEY_VALUE
from ingestion.readers.cells import Cell, Merged, RawRow, RawSheet

REPEATED = 2  # so many of a row's cells must repeat their headings, and more than half of them
NOTE = re.compile(
    r"^(?:注\d*[:、.]?|备注[:]|说明[:]|填表|填报|制表|审核|审批|单位负责|负责人[:]|联系|报送|统计负责|数据来源|资料来源)"
)
OF_THE_FORM = re.compile(  # what a form itself says: of a page that goes on, and its own example row
    r"^(?:\(?续表|\(?(?:续|接)上表|\(?转下表|\(?续\)?$|(?:填写)?[示样]例(?:行|数据)?(?:[(:].*)?$)"
)
NOT_READ = "不读取"  # what the example row of our forms says of itself
SIGNATURE = re.compile(
    r"^\(.*\)$|盖章|签章|签字|^\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?$"
)  # seal, signature, date below a table
SENTENCE = re.compile(r"[。；;！!？?]|.{21,}", re.DOTALL)  # a lone text that is one, or is longer than a label


@dataclass
class Rows:
    """Rows of a table by kind. order: data and totals as they follow each other; grand, sub: the totals' row numbers;
    parts: rows of what a row above contains (其中：…); repeated: headings that stand again; unknown: what is none of these.
    """

    data: list[RawRow] = field(default_factory=list)
    totals: list[RawRow] = field(default_factory=list)
    notes: list[RawRow] = field(default_factory=list)
    order: list[RawRow] = field(default_factory=list)
    grand: set[int] = field(default_factory=set)
    sub: set[int] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    repeated: list[RawRow] = field(default_factory=list)
    unknown: list[RawRow] = field(default_factory=list)

    @property
    def blank_numbers(self) -> list[int]:
        """Numbers of the empty rows between the first and the last row of data."""
        if not self.data:
            return []
        used = {row.no for row in (*self.order, *self.notes, *self.repeated, *self.unknown)}
        return [number for number in range(self.data[0].no, self.data[-1].no) if number not in used]

    def take_total(self, row: RawRow, of_all: bool) -> None:
        """Makes a row that was taken for data a total."""
        self.data.remove(row)
        self.totals.append(row)
        self.totals.sort(key=lambda total: total.no)
        (self.grand if of_all else self.sub).add(row.no)


@dataclass(frozen=True)
class Part:
    """What stands in one of the tables of a sheet."""

    rows: Rows
    cells: "Cells"
    columns: list[Column]


def sort_rows(table: TableLayout, contract: Contract) -> Rows:
    """Every row below the headings, by kind: what has a value in the table's columns is data, unless total, note or
    heading again.
    """
    rows, labels, fit = Rows(), Labels(table, contract), RowFit(table, contract)
    mapped = [head.column for head in table.header if head.targets]
    for row in table.below:
        filled = [column for column in mapped if row.at(column) is not None]
        kind = labels.kind_of(row)
        if kind is not None:
            {"grand": rows.grand, "sub": rows.sub, "part": rows.parts}[kind].add(row.no)
            rows.totals.append(row)
        elif _repeats_headings(row, table):
            rows.repeated.append(row)
            continue
        elif labels.is_statistic(row):
            rows.unknown.append(row)
            continue
        elif not filled or _is_note(row, fit, labels) or _stands_alone(row, filled[0]):
            # of an example row its submitter is told, unless it says itself that it is none of the report
            is_note = _may_be_note(row) and (NOT_READ in str(_first(row)) or not fit.takes(row))
            (rows.notes if is_note else rows.unknown).append(row)
            continue
        else:
            rows.data.append(row)
        rows.order.append(row)
    return rows


def _stands_alone(row: RawRow, column: int) -> bool:
    """Whether a row's only value, in a column that is read, names no unit."""
    return sum(value is not None for value in row.values) == 1 and not names_a_unit(row.at(column))


def _is_note(row: RawRow, fit: RowFit, labels: Labels) -> bool:
    """Whether a row begins as what a form says, or begins as a note does (审核人：…) and neither has values of the table's nor
    names a unit: 审核中心改造 may be a project.
    """
    first = _first(row)
    if not isinstance(first, str):
        return False
    text = without_blanks(first)
    return OF_THE_FORM.match(text) is not None or (
        NOTE.match(text) is not None and not fit.takes(row) and not labels.has_known_unit(row)
    )


def _may_be_note(row: RawRow) -> bool:
    """Whether all that a row says reads like a note: a line with a key, a sentence, or one that begins as notes do."""
    texts = [value for value in row.values if value is not None]
    first = texts[0]
    if not isinstance(first, str):
        return False
    text = without_blanks(first)
    if (
        NOTE.match(text)
        or OF_THE_FORM.match(text)
        or any(isinstance(text, str) and KEY_VALUE.match(text) for text in texts)
    ):
        return True
    return len(texts) == 1 and (SENTENCE.search(first) is not None or SIGNATURE.search(text) is not None)


def names_no_unit(row: RawRow, part: Part, contract: Contract) -> bool:
    """Whether a row says nothing in its key columns that could be a unit: they are empty, or hold a text without a code.
    Only where units are townships and projects, which lists have.
    """
    return _all_keys(row, part, contract, lambda value: not names_unit(value))


def names_no_listed_unit(row: RawRow, part: Part, contract: Contract) -> bool:
    """Whether no key column of a row says a township or a project of the lists: a code or a number may be wrong."""
    return _all_keys(row, part, contract, lambda value: not is_listed_unit(value))


def _all_keys(row: RawRow, part: Part, contract: Contract, holds: Callable[[Cell], bool]) -> bool:
    keys = key_columns(part, contract) if contract.reporting_unit.kind in LISTED_KINDS else []
    return bool(keys) and all(holds(part.cells.value(row, key.number)) for key in keys)


def key_columns(part: Part, contract: Contract) -> list[Column]:
    """The columns that name the reporting unit of a row."""
    return [column for column in part.columns if column.field.name in contract.reporting_unit.fields]


def _repeats_headings(row: RawRow, table: TableLayout) -> bool:
    """Whether a row says again what its columns are headed by, as on the top of a new page; all of it, or most."""
    there = {column: value for column, value in enumerate(row.values, start=1) if value is not None}
    same = sum(
        (str(value) if value.__class__ is float else heading_key(value)) in table.heading_texts.get(column, ())
        for column, value in there.items()
    )
    return same == len(there) or (same >= REPEATED and 2 * same > len(there))


def _first(row: RawRow) -> Cell:
    return next(value for value in row.values if value is not None)


class Cells:
    """Values of a table's cells, with what merging them does.

    In a column of texts a merged range stands for each of its rows; in a column of numbers only its first cell has a
    value: a fault.
    """

    def __init__(self, sheet: RawSheet, columns: Iterable[Column], rows: Rows) -> None:
        self._sheet = sheet
        self._merged: dict[tuple[int, int], Merged] = {}
        by_number = {row.no: row for row in (*rows.order, *rows.notes)}
        read = {column.number: column for column in columns}
        data = {row.no for row in rows.data}
        last = max(data, default=0)
        self._fill: dict[tuple[int, int], Cell] = {}
        self._above: dict[tuple[int, int], Cell] = {}
        for merged in sheet.merged:
            numbers = [number for number in range(merged.top, min(merged.bottom, last) + 1) if number in data]
            covered = [column for number, column in read.items() if merged.left <= number <= merged.right]
            if not numbers or not covered:
                continue
            top = by_number.get(merged.top)
            for column in covered:
                for number in numbers:
                    if column.field.is_numeric and (len(numbers) > 1 or len(covered) > 1):
                        self._merged[number, column.number] = merged
                    elif not column.field.is_numeric and top is not None and merged.left == column.number:
                        self._fill[number, column.number] = top.at(merged.left)

    def value(self, row: RawRow, column: int) -> Cell:
        """The value of a cell, that of its merged range in a column of texts, that of the cell above where it stands for it."""
        if (above := self._above.get((row.no, column))) is not None:
            return above
        own = row.at(column)
        return self._fill.get((row.no, column)) if own is None else own

    def take_from_above(self, cells: Iterable[tuple[int, int, Cell]]) -> None:
        """Takes the value of the cell above for some cells: row, column, value."""
        self._above |= {(row, column): value for row, column, value in cells}

    def merged_over(self, row: RawRow, column: int) -> Merged | None:
        """The merged range that hides whose number it is."""
        return self._merged.get((row.no, column))

    def is_formula_without_value(self, row: RawRow, column: int) -> bool:
        return (row.no, column) in self._sheet.formula_without_value

    def has_blank_result(self, row: RawRow, column: int) -> bool:
        """Whether a cell is a formula whose result is a text without letters."""
        return (row.no, column) in self._sheet.blank_results

    def shown_as_percent(self, row: RawRow, column: int) -> bool:
        return (row.no, column) in self._sheet.shown_as_percent

    def shown_otherwise(self, row: RawRow, column: int) -> str | None:
        """How a cell shows something else than it holds."""
        return self._sheet.shown_otherwise.get((row.no, column))

    @property
    def may_be_faulty(self) -> bool:
        """Whether any cell has a formula without value, is merged with others, or shows something else than it holds."""
        sheet = self._sheet
        return bool(self._merged or sheet.formula_without_value or sheet.shown_otherwise or sheet.shown_as_percent)

    @property
    def is_1904(self) -> bool:
        return self._sheet.is_1904
