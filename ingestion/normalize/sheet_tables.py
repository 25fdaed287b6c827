"""The tables of a contract on one sheet: below each other, each under headings of its own, and beside each other under
the same ones. Called by `table` for each sheet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts import Contract
from ingestion.normalize.columns import is_table_of
from ingestion.normalize.declared_units import Declared
from ingestion.normalize.evidence import headings_by_content, known_by_content
from ingestion.normalize.headers import is_heading, known_headings
from ingestion.normalize.layout import (
    HEADER_DEPTH,
    LEAST_MATCHES,
    HeaderCell,
    TableLayout,
    find_headings,
    table_under,
)
from ingestion.normalize.long_sheet import widened
from ingestion.normalize.named_period import part_in
from ingestion.normalize.other_tables import FIGURE, is_of_texts, without_other_tables
from ingestion.normalize.period_blocks import by_periods
from ingestion.normalize.period_captions import by_captions, caption_among, caption_of
from ingestion.normalize.report_period import sheet_period
from ingestion.normalize.row_labels import names_a_unit
from ingestion.normalize.sheet_metadata import KEY_VALUE, read_metadata, township_keys
from ingestion.normalize.side_by_side import beside_each_other
from ingestion.normalize.turned_sheet import turned
from ingestion.readers.cells import RawRow, RawSheet

SEARCHED_ROWS = 40  # for the first headings: titles, instructions and lines about the sender take fewer
MOST_HEADINGS = 200  # rows of texts that are tried as headings of a further table: bounds the time of a sheet of texts
YEAR_LETTERS = 4  # of a period, before its quarter or month
MOST_LINES = 8  # between a table's rows and the headings of the next one


@dataclass(frozen=True)
class LineFacts:
    """What lines say for the rows below them; None or empty where they say nothing."""

    period: str | None
    measure_units: tuple[Declared, ...]
    township: str | None
    part: str | None = None
    """The quarter or month that a line without a year names."""

    def differs(self, other: "LineFacts") -> bool:
        return any(own and own != others for own, others in self._pairs(other))

    def overlaps(self, other: "LineFacts") -> bool:
        return any(own and others for own, others in self._pairs(other))

    def _pairs(self, other: "LineFacts") -> tuple[tuple[object, object], ...]:
        return (
            (self.period, other.period),
            (self.measure_units, other.measure_units),
            (self.township, other.township),
            (self.part, other.part or (other.period and other.period[YEAR_LETTERS:])),
        )


def find_tables(sheet: RawSheet, contract: Contract) -> list[TableLayout]:
    """The tables of a sheet by their rows, then by their columns, each with its own rows only; those of other tables
    are in none of them.

    Headings that are only repeated, as on the top of a page, begin no table. Where none has enough of the contract's
    columns, there is the one that comes nearest, if any.
    """
    found = [
        part
        for one in _below_each_other(sheet, list(sheet.rows), contract)
        for rows in by_captions(one, contract)
        for block in beside_each_other(rows)
        for part in by_periods(block, contract)
    ]
    for part in found:
        part.header = known_by_content(part, contract)
    if not any(is_table_of(part, contract) for part in found):
        if across := _across(sheet, contract) or _long(sheet, contract):
            return across
        by_content = headings_by_content(sheet, list(sheet.rows), contract, SEARCHED_ROWS)
        if by_content and by_content.matches > max((part.matches for part in found), default=0):
            found = [by_content]
    for part in found:
        own = without_other_tables(part, contract)
        kept = {row.no for row in own}
        part.others, part.below = [row for row in part.below if row.no not in kept], own
        _take_back_figures(part, contract)
    return found


def _take_back_figures(table: TableLayout, contract: Contract) -> None:
    """Where the only row below the headings was taken for the columns' numbers, and the rows need name no unit, it may be the
    figures of the one unit that stands above: 1, 2, 3 then are data, and asked about.
    """
    last = table.heading_rows[-1]
    named = {target.field for head in table.header for target in head.targets}
    is_plain = all(value is None or FIGURE.fullmatch(str(value)) for value in last.values)
    if (
        len(table.heading_rows) > 1
        and is_plain
        and not table.below
        and named.isdisjoint(contract.reporting_unit.fields)
    ):
        table.heading_rows.remove(last)
        table.below, table.may_be_numbers = [last], True


def _across(sheet: RawSheet, contract: Contract) -> list[TableLayout]:
    """The tables of a sheet that stands on its side; empty where it does not."""
    side = turned(sheet, contract)
    if side is None:
        return []
    found = _below_each_other(side.sheet, list(side.sheet.rows), contract)
    for part in found:
        part.header = known_by_content(part, contract)
        part.lines, part.notes = side.above, side.notes
    return found if all(is_table_of(part, contract) for part in found) else []


def _long(sheet: RawSheet, contract: Contract) -> list[TableLayout]:
    """The tables of a sheet whose rows name what they report; empty where they do not."""
    wide = widened(sheet, contract)
    found = _below_each_other(wide, list(wide.rows), contract) if wide else []
    for part in found:
        part.header = known_by_content(part, contract)
    return found if all(is_table_of(part, contract) for part in found) else []


def _below_each_other(sheet: RawSheet, rows: list[RawRow], contract: Contract) -> list[TableLayout]:
    """The tables of some rows: the one whose headings match best among the first rows, those above it, and those below
    it.
    """
    found = find_headings(sheet, rows[:SEARCHED_ROWS], contract)
    if found is None:
        return []
    start, depth, header = found
    above, block, below = rows[:start], rows[start : start + depth], rows[start + depth :]
    before = [one for one in _below_each_other(sheet, above, contract) if one.below and is_table_of(one, contract)]
    if before:
        lines = _lines_above(above, contract)
        before[-1].below = [row for row in before[-1].below if row not in lines]
        above = _with_what_still_holds(before[-1], lines, contract)
    return [*before, *_cut(table_under(sheet, header, above, block, below), contract)]


def _cut(table: TableLayout, contract: Contract) -> Iterator[TableLayout]:
    """A table up to where headings begin another, then what stands under these, in the same way.

    They do where they are not the same as before, or where the lines above them name another period, unit or township.
    """
    index = looked_at = 0
    while index < len(table.below) and looked_at < MOST_HEADINGS:
        index += 1
        if not is_of_texts(table.below[index - 1]):
            continue
        looked_at += 1
        block = _headings_at(table, index - 1, contract)
        if block is None:
            continue
        top, index, header = block
        lines = _lines_above(table.below[:top], contract)
        is_alike = _columns(header) == _columns(table.header)
        is_repeated = is_alike or all(table.has_above(row) for row in table.below[top:index])
        if is_repeated and not _line_facts(lines, contract).differs(_line_facts(table.above, contract)):
            continue
        if is_repeated and not is_alike:  # what is repeated may not be merged again
            header = table.header
        caption = caption_among(lines, contract)
        own = caption_among(table.above, contract) if caption else None
        yield replace(table, below=table.below[: top - len(lines)], caption=own or table.caption)
        above = _with_what_still_holds(table, lines, contract)
        table = table_under(table.sheet, header, above, table.below[top:index], table.below[index:])
        table.caption, index = caption, 0
    yield table


def _with_what_still_holds(table: TableLayout, lines: list[RawRow], contract: Contract) -> list[RawRow]:
    """The lines above the next table, below those of the table before it that say what the next one's own lines do not."""
    own = _line_facts(lines, contract)
    return [*(line for line in table.above if not own.overlaps(_line_facts([line], contract))), *lines]


def _headings_at(table: TableLayout, index: int, contract: Contract) -> tuple[int, int, list[HeaderCell]] | None:
    """Headings of the contract that a row of texts is one of: index of their first row and of the row after them, and
    what they say.
    """
    known, rows = known_headings(contract), table.below
    texts = [str(value) for value in rows[index].values if value is not None]
    if sum(is_heading(text, contract, known) for text in texts) < LEAST_MATCHES:
        return None
    first = max(index - HEADER_DEPTH + 1, 0)
    found = find_headings(table.sheet, rows[first : index + HEADER_DEPTH], contract)
    if found is None:
        return None
    start, depth, header = found
    top = first + start
    is_ours = top + depth > index and all(
        isinstance(value, str | None) for row in rows[top : top + depth] for value in row.values
    )
    return (top, top + depth, header) if is_ours and is_table_of(replace(table, header=header), contract) else None


def _lines_above(rows: list[RawRow], contract: Contract) -> list[RawRow]:
    """The last of some rows, as far as they are a title and lines such as 填报单位：…: those that follow each other
    without a gap.
    """
    lines: list[RawRow] = []
    for row in reversed(rows[-MOST_LINES:]):
        texts = [value for value in row.values if value is not None]
        is_title = len(texts) == 1 and isinstance(texts[0], str) and not names_a_unit(texts[0])
        is_line = (
            is_title
            or caption_of(row, contract)
            or any(isinstance(text, str) and KEY_VALUE.match(text) for text in texts)
        )
        if not is_line or (lines and lines[0].no - row.no > 1):
            break
        lines.insert(0, row)
    return lines


def _line_facts(lines: list[RawRow], contract: Contract) -> LineFacts:
    metadata = read_metadata(lines, [], "")
    period = sheet_period(metadata, contract, None, "")
    codes, names = (metadata.first(keys) for keys in township_keys(contract))
    said = next((found.found for found in period.findings), None)
    written = said if period.is_asked else period.period or said
    township = "".join(line.text for line in (codes, names) if line) or None
    caption = caption_among(lines, contract)
    part = (part_in(caption.text, contract.period.grain) or caption.text) if caption else None
    return LineFacts(written, tuple(metadata.measure_units), township, part)


def _columns(header: list[HeaderCell]) -> list[tuple[object, ...]]:
    """What headings say that are not of the office's own columns."""
    return [(head.column, head.text, head.group, head.measure_unit, head.odd_unit) for head in header if head.targets]
