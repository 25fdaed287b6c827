"""Columns of several periods side by side under the same headings (第一季度 | 第二季度): a table for each period. Called by
`sheet_tables`.
"""

from collections import defaultdict
from dataclasses import replace

from contracts import Contract
from contracts.model import Grain
from ingestion.normalize.layout import HeaderCell, TableLayout
from ingestion.normalize.named_period import ANY_YEAR
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.normalize.report_period import sheet_period
from ingestion.normalize.sheet_metadata import read_metadata
from ingestion.readers.cells import RawRow


def by_periods(table: TableLayout, contract: Contract) -> list[TableLayout]:
    """The table itself, or a table for each period that the groups of its columns name, where the same field stands under
    several and the lines above name no one period. What stands under none belongs to each; figures under other groups
    (全年) stay with the first, unread.
    """
    grain = contract.period.grain
    named = {head.column: _period_of(head.group, grain) for head in table.header if head.group and head.targets}
    periods = list(dict.fromkeys(period for period in named.values() if period))
    fields: dict[object, set[str | None]] = defaultdict(set)
    for head in table.header:
        if named.get(head.column):
            fields[head.targets[0]].add(named[head.column])
    if len(periods) < 2 or max(map(len, fields.values())) < 2 or _names_one(table, contract):
        return [table]
    others = {
        head.column
        for head in table.header
        if head.targets and head.targets[0] in fields and not named.get(head.column)
    }
    return [_of_period(table, period, named, others, number == 0) for number, period in enumerate(periods)]


def _names_one(table: TableLayout, contract: Contract) -> bool:
    """Whether the lines above a table name its one period."""
    period = sheet_period(read_metadata(table.above, [], ""), contract, None, "")
    return period.period is not None and not period.is_asked


def _period_of(group: str | None, grain: Grain) -> str | None:
    """The period that a group of columns names, as it is written there: with its year where it has one."""
    if not group:
        return None
    for text in (group, f"{ANY_YEAR}年{group}"):
        try:
            if find_period(text, grain):
                return group
        except InvalidPeriod:
            return None
    return None


def _of_period(
    table: TableLayout, period: str, named: dict[int, str | None], others: set[int], is_first: bool
) -> TableLayout:
    """The columns of one period, and those of none."""
    left_out = {column for column, of in named.items() if of and of != period} | (set() if is_first else others)
    header = [_unread(head) if head.column in others else head for head in table.header if head.column not in left_out]
    rows = [
        RawRow(
            row.no,
            tuple(None if number in left_out else value for number, value in enumerate(row.values, start=1)),
            turned=row.turned,
        )
        for row in table.below
    ]
    return replace(
        table,
        header=header,
        below=[row for row in rows if row.values.count(None) != len(row.values)],
        heading_rows=list(table.heading_rows),
        period_words=period,
    )


def _unread(head: HeaderCell) -> HeaderCell:
    return replace(head, targets=())
