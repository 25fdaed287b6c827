"""Tables beside each other under the same headings. Called by `sheet_tables`."""

from collections import defaultdict
from dataclasses import replace

from ingestion.normalize.headers import Target
from ingestion.normalize.layout import LEAST_MATCHES, HeaderCell, TableLayout, take_rows_that_explain
from ingestion.readers.cells import RawRow


def beside_each_other(table: TableLayout) -> list[TableLayout]:
    """The parts of a table whose headings all stand several times side by side; else the table itself."""
    width, times = _repetition(table)
    if times == 1:
        return [table]
    at = {head.column: head.text for head in table.header}
    left = min(head.column for head in table.header if head.targets)
    while left - 1 in at and at[left - 1] == at.get(
        left - 1 + width
    ):  # a column of the office's own that is repeated with the others
        left -= 1
    starts = [1, *(left + width * number for number in range(1, times))]
    ends = [
        *(start - 1 for start in starts[1:]),
        max(len(row.values) for row in (*table.below, *table.above)) if table.below else 0,
    ]
    ranges = list(zip(starts, ends, strict=True))
    return [_part(table, start, end, _lines_of(table.above, ranges, start, end)) for start, end in ranges]


def _lines_of(lines: list[RawRow], ranges: list[tuple[int, int]], left: int, right: int) -> list[RawRow]:
    """The lines above a part of a table: of a line that says something above each of the parts (第一季度 | 第二季度), its own."""
    own = []
    for row in lines:
        filled = [column for column, value in enumerate(row.values, start=1) if value is not None]
        is_each = all(any(start <= column <= end for column in filled) for start, end in ranges)
        own.append(_between(row, left, right) if is_each else row)
    return own


def _between(row: RawRow, left: int, right: int) -> RawRow:
    return RawRow(row.no, (*(None,) * (left - 1), *row.values[left - 1 : right]))


def _repetition(table: TableLayout) -> tuple[int, int]:
    """After how many columns the headings stand again, and how often they stand altogether."""
    headings = sorted((head for head in table.header if head.targets), key=lambda head: head.column)
    first, *others = headings
    width = next((head.column - first.column for head in others if _says(head) == _says(first)), None)
    if width is None:
        return 0, 1
    blocks: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for head in headings:
        number, place = divmod(head.column - first.column, width)
        blocks[number].append((place, *_says(head)))
    is_repeated = all(block == blocks[0] for block in blocks.values()) and set(blocks) == set(range(len(blocks)))
    return (width, len(blocks)) if is_repeated and len({head.targets for head in headings}) >= LEAST_MATCHES else (0, 1)


def _says(head: HeaderCell) -> tuple[tuple[Target, ...], str | None]:
    return head.targets, head.group


def _part(table: TableLayout, left: int, right: int, above: list[RawRow]) -> TableLayout:
    """What stands in some columns of a table. above: the lines above these."""
    rows = [_between(row, left, right) for row in table.below]
    part = replace(
        table,
        above=above,
        header=[head for head in table.header if left <= head.column <= right],
        below=[row for row in rows if row.values.count(None) != len(row.values)],
        heading_rows=list(table.heading_rows),
    )
    take_rows_that_explain(part)
    return part
