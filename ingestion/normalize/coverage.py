"""What a submission says about the district as a whole: townships that are absent, and rows that reach one township."""

from collections import Counter, defaultdict
from dataclasses import replace

from contracts import Contract, Finding, finding
from contracts.places import township_name
from contracts.reference import table
from ingestion.normalize.row_parser import RESOLVED, ParsedRow
from ingestion.readers.cells import a1

RETIRED = "normalize.township_code_retired"


def missing_townships(
    parsed_rows: list[ParsedRow], contract: Contract, blank_rows: dict[str | None, list[int]]
) -> list[Finding]:
    """Townships without a row, for each period of which several townships have one.

    blank_rows: numbers of the empty rows within each sheet's data; where they are as many as the absent townships, they
    are their places.
    """
    if contract.reporting_unit.kind != "township":
        return []
    field = contract.reporting_unit.fields[0]
    present: dict[str | None, dict[str, ParsedRow]] = defaultdict(dict)
    for draft in parsed_rows:
        if draft.values.get(field):
            present[draft.period].setdefault(draft.values[field], draft)
    found = []
    for period, by_code in present.items():
        absent = [row["township_code"] for row in table("township") if row["township_code"] not in by_code]
        sheet = next(iter(by_code.values())).sheet
        blanks = blank_rows.get(sheet, [])
        cells: list[str | None] = (
            [a1(number, 1) for number in blanks] if len(blanks) == len(absent) else [None] * len(absent)
        )
        if len(by_code) > 1:
            found += [
                finding(
                    "sheet.missing_unit",
                    reporting_unit=code,
                    period=period,
                    sheet=sheet,
                    cell=cell,
                    field=field,
                    found=township_name(code),
                )
                for code, cell in zip(absent, cells, strict=True)
            ]
    return found


def hold_merged_townships(parsed_rows: list[ParsedRow], contract: Contract) -> None:
    """A row of a township that has become part of another is a fault where another row is the same unit; else it is
    only resolved.

    Where the unit is the township, such a row is a fault by itself: it is never the whole of what it is part of.
    Changes the problems.
    """
    rows_of = Counter((draft.reporting_unit, draft.period) for draft in parsed_rows)
    for draft in parsed_rows:
        if draft.merged and (
            contract.reporting_unit.kind == "township" or rows_of[draft.reporting_unit, draft.period] > 1
        ):
            draft.problems = tuple(
                replace(problem, rule_id=RETIRED) if problem.rule_id == RESOLVED else problem
                for problem in draft.problems
            )
