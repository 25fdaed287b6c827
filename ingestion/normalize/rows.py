"""Which rows below the headings are data, which are totals, which are notes; and the values of their cells. Called by
`table` for each table of a sheet.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts import Contract
from contracts.text import heading_key, without_blanks
from ingestion.normalize.columns import Column
from ingestion.normalize.layout import TableLayout
from ingestion.normalize.townships import is_district, place_named
from ingestion.normalize.values import PROJECT, project_number
from ingestion.readers.cells import Cell, Merged, RawRow, RawSheet

GRAND_TOTAL = re.compile(r"^(?:全区|全市|上党区|本表|各乡镇|十个乡镇)?(?:合计|总计|共计|总和)数?(?:\(.*\))?:?$")
SUB_TOTAL = re.compile(r"^(?:本页|其中)?小计(?:\(.*\))?:?$")
LONGEST_LABEL = 20  # characters: longer texts with 合计 in them are sentences
REPEATED = 2  # so many of a row's cells must repeat their headings, and more than half of them
NOTE = re.compile(
    r"^(?:注\d*[:、.]?|备注[:]|说明[:]|填表|填报|制表|审核|审批|单位负责|负责人[:]|联系|报送|统计负责|数据来源|资料来源"
    r"|(?:填写)?[示样]例(?:行|数据)?(?:[(:].*)?$)"  # a form's own example row
)


@dataclass
class Rows:
    """Rows of a table by kind. order: data and totals as they follow each other; grand, sub: the totals' row numbers."""

    data: list[RawRow] = field(default_factory=list)
    totals: list[RawRow] = field(default_factory=list)
    notes: list[RawRow] = field(default_factory=list)
    order: list[RawRow] = field(default_factory=list)
    grand: set[int] = field(default_factory=set)
    sub: set[int] = field(default_factory=set)

    @property
    def blank_numbers(self) -> list[int]:
        """Numbers of the empty rows between the first and the last row of data."""
        if not self.data:
            return []
        used = {row.no for row in (*self.order, *self.notes)}
        return [number for number in range(self.data[0].no, self.data[-1].no) if number not in used]


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
    rows = Rows()
    mapped = [head.column for head in table.header if head.targets]
    for row in table.below:
        texts = [
            without_blanks(value)
            for value in row.values
            if isinstance(value, str) and len(value) <= LONGEST_LABEL and "计" in value
        ]
        first = _first(row)
        filled = [column for column in mapped if row.at(column) is not None]
        if any(map(GRAND_TOTAL.match, texts)) or _is_district_row(row, table, contract):
            rows.grand.add(row.no)
        elif any(map(SUB_TOTAL.match, texts)):
            rows.sub.add(row.no)
        elif (isinstance(first, str) and NOTE.match(without_blanks(first))) or not filled:
            rows.notes.append(row)
            continue
        elif _repeats_headings(row, table):
            continue
        elif sum(value is not None for value in row.values) == 1 and not names_a_unit(row.at(filled[0])):
            rows.notes.append(row)
            continue
        else:
            rows.data.append(row)
        if row.no in rows.grand or row.no in rows.sub:
            rows.totals.append(row)
        rows.order.append(row)
    return rows


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


def _is_district_row(row: RawRow, table: TableLayout, contract: Contract) -> bool:
    """In a table of townships, the row of the district as a whole is a total."""
    if contract.reporting_unit.kind != "township":
        return False
    columns = [
        head.column
        for head in table.header
        if any(target.field in contract.reporting_unit.fields for target in head.targets)
    ]
    return any(is_district(str(row.at(column)).removesuffix(".0")) for column in columns if row.at(column) is not None)


def names_a_unit(value: Cell) -> bool:
    """Whether a lone value names a township or a project: then its figures are missing, and it is no note."""
    return place_named(str(value)) is not None or PROJECT.match(project_number(value)) is not None


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
        """The value of a cell, that of its merged range in a column of texts."""
        own = row.at(column)
        return self._fill.get((row.no, column)) if own is None else own

    def merged_over(self, row: RawRow, column: int) -> Merged | None:
        """The merged range that hides whose number it is."""
        return self._merged.get((row.no, column))

    def is_formula_without_value(self, row: RawRow, column: int) -> bool:
        return (row.no, column) in self._sheet.formula_without_value

    def shown_as_percent(self, row: RawRow, column: int) -> bool:
        return (row.no, column) in self._sheet.shown_as_percent

    @property
    def may_be_faulty(self) -> bool:
        """Whether any cell has a formula without value, or is merged with others."""
        return bool(self._merged or self._sheet.formula_without_value)

    @property
    def is_1904(self) -> bool:
        return self._sheet.is_1904
