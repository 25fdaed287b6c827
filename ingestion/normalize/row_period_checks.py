"""Whether the periods of a table's rows are those that title and file name say. Called by `table` once the rows are parsed."""

from collections.abc import Sequence

from contracts import Contract, Finding, finding
from ingestion.normalize.columns import Column
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.named_period import COMPARED_WITH_ROWS, IN_COLUMN
from ingestion.normalize.parsed_row import ParsedRow
from ingestion.normalize.report_period import ReportPeriod, period_conflict
from ingestion.readers.cells import a1


def check_row_periods(
    parsed_rows: list[ParsedRow],
    period: ReportPeriod,
    columns: Sequence[Column],
    contract: Contract,
    sheet: str | None,
) -> list[Finding]:
    """Findings on the period of a table's rows: their own columns against what title and file name say.

    Where these contradict, the column is read and a person asked; where there is no such period, no row keeps one.
    Changes the rows.
    """
    if contract.period.from_date:
        return []
    in_column = {row.period for row in parsed_rows if row.own_period}
    if period.span and all(
        row.own_period and period.span[0] <= str(row.period) <= period.span[1] for row in parsed_rows
    ):
        return []
    if period.is_faulty:
        for row in parsed_rows:
            row.period = None
        return period.findings
    if period.is_asked:
        return period.findings
    if len(in_column) == 1 and period.period and period.period not in in_column:
        (own,) = in_column
        for row in parsed_rows:
            row.period = row.period and own
        cell = parsed_rows[0].cells.get("period")
        return [period_conflict(sheet, cell, (IN_COLUMN, str(own)), (period.source, period.period))]
    if len(in_column) > 1 and period.period and period.source in COMPARED_WITH_ROWS:
        for row in parsed_rows:
            if row.own_period and row.period and row.period != period.period:
                operands = {"found": f"{IN_COLUMN} {row.period}", "expected": f"{period.source} {period.period}"}
                row.problems += (ValueProblem("normalize.period_conflict", "period", operands=operands),)
    without = [
        row for row in parsed_rows if row.period is None and not any(one.field == "period" for one in row.problems)
    ]
    column = next((one for one in columns if one.field.type == "period"), None)
    if without and in_column and column:
        for row in without:
            cell = a1(row.row_no, column.number)
            row.problems += (ValueProblem("normalize.period_missing", "period", cell),)
    elif without:
        rule_id = "normalize.period_only_date" if period.day else "normalize.period_missing"
        return [*period.findings, finding(rule_id, sheet=sheet, cell=period.cell, field="period", found=period.day)]
    return period.findings if len(in_column) != 1 else []
