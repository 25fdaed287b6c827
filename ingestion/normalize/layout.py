"""Where the table of a sheet stands: its heading rows, and what each column's heading reads like. Called by `sheet_tables`."""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace

from contracts import Contract
from contracts.model import MeasureUnit
from contracts.text import NULL_TOKENS, half_width, heading_key
from ingestion.normalize.column_numbers import numbers_columns
from ingestion.normalize.headers import (
    GROUP_CODE,
    Heading,
    Known,
    Target,
    exact_targets,
    is_subtotal,
    known_headings,
    read_heading,
)
from ingestion.normalize.heading_meaning import says_only_when, says_which_figures
from ingestion.normalize.numbers import unit_named
from ingestion.normalize.sheet_metadata import LocatedText
from ingestion.readers.cells import RawRow, RawSheet, a1

HEADER_DEPTH = 3  # rows of headings: group, subgroup and column, the most that the offices' forms have
LEAST_MATCHES = 2  # fields that headings name: one alone may be a word in a title or a note
NO_GROUP = re.compile(r"(?<!其中):|单位|填报|报送|制表|附[件表]|表[一二三四五六七八九十\d]|\d日|第\d+页")
"""What stands in a line above the headings that says something of the sheet, and is no group of columns."""
UNIT_LABELS = frozenset({"单位", "计量单位"})  # in a row of units, what it calls itself


@dataclass(frozen=True)
class HeaderCell:
    """The heading of one column over all heading rows. text: as compared, without unit; cell: address of its lowest
    part; groups: what stands above it and is no part of the field's own heading, and beside its unit.
    """

    column: int
    cell: str
    shown: str
    text: str
    group: str | None
    measure_unit: MeasureUnit | None
    odd_unit: str | None
    targets: tuple[Target, ...]
    groups: tuple[str, ...] = ()


@dataclass
class TableLayout:
    """A table of a sheet. above, below: rows before the headings, and from the first data row on; unit_row: units by
    column.

    heading_texts: what stands in each column of the heading rows and above, as compared. heading_rows: the rows of
    headings, of units and of the columns' numbers. others: rows below that belong to another table. lines, notes: of a turned
    sheet, the rows above and below it as they stand in the file. may_be_numbers: its only row may number the columns.
    period_words: what stands above its columns of the period that they are of, where others beside them are of others;
    caption: the line above its block of rows that says it, where other blocks are of others.
    """

    sheet: RawSheet
    header: list[HeaderCell]
    first_row: int
    above: list[RawRow] = field(default_factory=list)
    below: list[RawRow] = field(default_factory=list)
    unit_row: dict[int, MeasureUnit] = field(default_factory=dict)
    heading_texts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    heading_rows: list[RawRow] = field(default_factory=list)
    others: list[RawRow] = field(default_factory=list)
    notes: list[RawRow] = field(default_factory=list)
    lines: list[RawRow] = field(default_factory=list)
    may_be_numbers: bool = False
    period_words: str = ""
    caption: LocatedText | None = None

    @property
    def matches(self) -> int:
        """How many different fields or classes the headings name."""
        return count_matches(self.header)

    def has_above(self, row: RawRow) -> bool:
        """Whether all that a row says stands in the same columns of the headings, or above them."""
        return all(
            value is None or heading_key(value) in self.heading_texts.get(column, ())
            for column, value in enumerate(row.values, start=1)
        )

    def take_texts(self, block: list[RawRow]) -> None:
        """Keeps what the head of a page says, to know it where the next page repeats it."""
        for row in block:
            for column, value in enumerate(row.values, start=1):
                if value is not None:
                    self.heading_texts[column].add(heading_key(value))


def table_under(
    sheet: RawSheet,
    header: list[HeaderCell],
    above: list[RawRow],
    block: list[RawRow],
    below: list[RawRow],
) -> TableLayout:
    """The table of some heading rows (`block`), between the rows above and below it."""
    header = _with_groups_above(sheet, header, above, block[0].no)
    table = TableLayout(sheet, header, block[0].no, above, below, heading_rows=list(block))
    table.take_texts([*above, *block])
    take_rows_that_explain(table)
    return table


def _with_groups_above(
    sheet: RawSheet, header: list[HeaderCell], above: list[RawRow], first_row: int
) -> list[HeaderCell]:
    """Headings with the groups of the row right above them, where they are complete without it: merged over some of the
    columns, behind the first; or above one column, where it says which figures they are (上年同期, 城镇).
    """
    row = above[-1] if above and above[-1].no == first_row - 1 else None
    if row is None:
        return header
    first, most = min(head.column for head in header), len(header) // 2
    groups = {
        column: text
        for merged in sheet.merged
        if merged.top == row.no and first < merged.left and merged.left < merged.right <= merged.left + most
        if isinstance(text := row.at(merged.left), str) and not NO_GROUP.search(half_width(text))
        for column in range(merged.left, merged.right + 1)
    }
    for head in header:
        text = row.at(head.column)
        if head.column > first and isinstance(text, str) and says_which_figures(text) and not NO_GROUP.search(text):
            groups.setdefault(head.column, text)
    return [
        replace(head, groups=(read_heading(groups[head.column]).text, *head.groups)) if head.column in groups else head
        for head in header
    ]


def count_matches(header: list[HeaderCell]) -> int:
    """How many different fields or classes headings name."""
    return len({cell.targets for cell in header if cell.targets and cell.targets[0].known})


def find_headings(sheet: RawSheet, rows: list[RawRow], contract: Contract) -> tuple[int, int, list[HeaderCell]] | None:
    """Those of some rows that match the contract best as headings: index of the first, how many, and what they say of
    each column.
    """
    known = known_headings(contract)
    promising = {row.no for row in rows if any(cell.targets for cell in header_cells(sheet, [row], contract, known))}
    best: tuple[int, int, list[HeaderCell]] | None = None
    most = LEAST_MATCHES - 1
    for depth in range(1, HEADER_DEPTH + 1):
        for start in range(len(rows) - depth + 1):
            block = rows[start : start + depth]
            if block[-1].no - block[0].no >= HEADER_DEPTH or promising.isdisjoint(row.no for row in block):
                continue
            header = header_cells(sheet, block, contract, known)
            if (matches := count_matches(header)) > most:
                best, most = (start, depth, header), matches
    return best and _with_times_below(sheet, rows, best, contract, known)


def _with_times_below(
    sheet: RawSheet, rows: list[RawRow], found: tuple[int, int, list[HeaderCell]], contract: Contract, known: Known
) -> tuple[int, int, list[HeaderCell]]:
    """Headings with the row below them, where this says only of which time each column is (上年同期 | 本期 below 产生量)."""
    start, depth, _ = found
    below = rows[start + depth] if depth < HEADER_DEPTH and start + depth < len(rows) else None
    times = [value for value in below.values if value is not None] if below else []
    if len(times) < LEAST_MATCHES or not all(isinstance(time, str) and says_only_when(time) for time in times):
        return found
    return start, depth + 1, header_cells(sheet, rows[start : start + depth + 1], contract, known)


def header_cells(sheet: RawSheet, block: list[RawRow], contract: Contract, known: Known) -> list[HeaderCell]:
    """What some rows say of each column, if they are its headings."""
    cells = []
    for column in range(1, max(len(row.values) for row in block) + 1):
        parts = [(row.no, text) for index, row in enumerate(block) if (text := _text_over(sheet, block, index, column))]
        if parts:
            cells.append(_header_cell(column, parts, contract, known))
    return cells


def _text_over(sheet: RawSheet, block: list[RawRow], index: int, column: int) -> str | None:
    """What stands over a column in one heading row: its own text, or that of the merged range which spreads over it."""
    row = block[index]
    own = row.at(column)
    if own is not None:
        return str(own)
    for merged in sheet.merged:
        if merged.top == row.no and merged.left <= column <= merged.right:
            value = row.at(merged.left)
            return None if value is None else str(value)
    below = block[index + 1].at(column) if index + 1 < len(block) else None
    if not sheet.merged and below is not None:  # a CSV keeps only the first cell of what was a merged range
        return next((str(row.at(left)) for left in range(column - 1, 0, -1) if row.at(left) is not None), None)
    return None


def _header_cell(column: int, parts: list[tuple[int, str]], contract: Contract, known: Known) -> HeaderCell:
    headings = [read_heading(text) for _, text in parts]
    measure_unit = next((heading.measure_unit for heading in reversed(headings) if heading.measure_unit), None)
    beside = tuple(word for heading in headings for word in heading.beside)
    if len(parts) > 1 and not headings[-1].text:  # the lowest part is only the unit
        parts, headings = parts[:-1], headings[:-1]
    lowest = parts[-1][0]
    if len(parts) > 1 and says_only_when(headings[-1].text) and not exact_targets(_readings(headings), contract, known):
        parts, headings = [parts[-1], *parts[:-1]], [headings[-1], *headings[:-1]]  # what is measured stands above
    leaf, groups = headings[-1], headings[:-1]
    readings = _readings(headings)
    group = groups[-1].text if groups else None
    targets = exact_targets(readings, contract, known)
    if (
        not targets
        and contract.layout.kind == "wide"
        and group
        and GROUP_CODE.search(group)
        and not is_subtotal(leaf.text, group)
    ):
        targets = (Target(str(contract.layout.class_field), role="class", class_code=leaf.text, known=False),)
    if targets and targets[0].role != "class" and is_subtotal(leaf.text, group):
        targets = ()
    odd = None if measure_unit or exact_targets([heading_key(parts[-1][1])], contract, known) else _odd_unit(headings)
    return HeaderCell(
        column=column,
        cell=a1(lowest, column),
        shown=heading_key(parts[-1][1]),
        text=leaf.text,
        group=group,
        measure_unit=measure_unit,
        odd_unit=odd,
        targets=targets,
        groups=(*_groups_beside(readings, groups, targets, contract, known), *beside),
    )


def _readings(headings: list[Heading]) -> list[str]:
    """The ways of reading the parts of a heading: all of them together, then without the upper ones."""
    return ["".join(part.text for part in headings[start:]) for start in range(len(headings))]


def _groups_beside(
    readings: list[str], groups: list[Heading], targets: tuple[Target, ...], contract: Contract, known: Known
) -> tuple[str, ...]:
    """The groups above a column that the reading by which it is known does not take in; of a class, whose name may be
    anything, all and its own name.
    """
    names = tuple(group.text for group in groups)
    if any(target.role == "class" for target in targets):
        return (*names, readings[-1])
    taken = (start for start, one in enumerate(readings) if exact_targets([one], contract, known))
    return names[: next(taken, len(names))]


def _odd_unit(headings: list[Heading]) -> str | None:
    return next((heading.odd_unit for heading in reversed(headings) if heading.odd_unit), None)


def take_rows_that_explain(table: TableLayout) -> None:
    """Rows between headings and data: one that holds only units, and one that numbers the columns (甲 乙 1 2 3)."""
    while table.below:
        row = table.below[0]
        texts = {column: heading_key(value) for column, value in enumerate(row.values, start=1) if value is not None}
        named = {
            column: unit_named(text.strip("()"))
            for column, text in texts.items()
            if text not in NULL_TOKENS and text not in UNIT_LABELS
        }
        if named and all(named.values()):
            table.unit_row = {column: measure_unit for column, measure_unit in named.items() if measure_unit}
            table.take_texts([row])
        elif not numbers_columns(texts):
            return
        table.heading_rows.append(row)
        del table.below[0]
