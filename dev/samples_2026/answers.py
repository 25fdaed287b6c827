"""The key of samples/2026: what is accepted, what is found, which figures follow. Made of what the samples are made of, and not
by the warehouse.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dev.samples_2026 import records
from dev.samples_2026.files import LAYERS, LISTS, WORKBOOKS
from dev.samples_2026.layers import extents, subsidences
from dev.samples_2026.projects import (
    ACCEPTANCES,
    FINISH,
    MONTHS,
    OUTPUTS,
    Acceptance,
    course_of,
    ledger_of_2025,
)
from dev.samples_2026.tables import MISTYPED_MONTH, MISTYPED_PROJECT, course, fund_lines
from dev.samples_2026.writing import Cell, write_csv

ANSWERS = "answers"
LAST_MONTH = MONTHS[-1]
REACHED = date(2026, 7, 31)  # up to which the projects' data reach
UNFINISHED = ("前期", "招标", "在建")
# what the rules allow (contracts/catalogue.csv), and how long nothing moves before a project stands still
LATE_MONTHS, STALLED_RULE_MONTHS, OVERDUE_DAYS = 3, 6, 30
MU_A_HECTARE = 15
IDLE_SINCE = 1  # the month six months before the last one
Rows = Iterator[tuple[Cell, ...]]


def _month(text: Cell) -> int:
    """Months since year 0 of a month as the ledger writes it."""
    year, _, month = str(text).removesuffix("月").partition("年")
    return int(year) * 12 + int(month)


def _months_late(project: str, month: int) -> int:
    finish = FINISH.get(project) or ledger_of_2025()[project]["计划完工"]
    return 2026 * 12 + month - _month(finish)


def files() -> Rows:
    """Of each file what is read, accepted, held, and a total."""
    tables = {
        **{file: sheets() for file, sheets in WORKBOOKS.items()},
        **{file: [made()] for file, made in LISTS.items()},
    }
    for file, sheets in tables.items():
        rows, totals = (sum(len(getattr(sheet, name)) for sheet in sheets) for name in ("rows", "totals"))
        yield file, rows + totals, rows, 0, totals
    for file, (_, features) in LAYERS.items():
        yield file, features(), features(), 0, 0


def findings() -> Rows:
    """Of each file the rules that find something, and how often."""
    report, account = "project_progress/重点工程进度月报汇编.xlsx", "project_funds/1_重点工程资金台账汇编.xlsx"
    under_way = [one for month in MONTHS for one in course(month) if one.stage in UNFINISHED]
    late = sum(_months_late(one.project, one.month) > LATE_MONTHS for one in under_way)
    yield report, "project_progress.late", "warning", late
    still = [one for one in under_way if len(set(course_of(one.project, one.township).progress)) == 1]
    yield report, "project_progress.stalled", "info", sum(one.month > STALLED_RULE_MONTHS for one in still)
    yield account, "project_funds.cumulative_falls", "warning", 1
    yield account, "version.replaced", "info", 1  # the mistyped month of one account, by the correction
    yield next(file for file in LISTS if "更正" in file), "version.replaces", "info", 1
    first = next(file for file in WORKBOOKS if "一季度" in file)
    yield first, "sheet.missing_unit", "warning", len(records.ABSENT_IN_FIRST_QUARTER)
    latest = max(one[2] for one in records.INSPECTIONS)
    overdue = sum((latest - due).days > OVERDUE_DAYS and not done for *_, due, done in records.INSPECTIONS)
    yield "supervision/上党区2026年重点工程监督检查记录.xlsx", "supervision.overdue", "warning", overdue


def reports() -> Rows:
    """Reports of 2026 that do not come although others of their round do."""
    for township in records.ABSENT_IN_FIRST_QUARTER:
        yield "rural_waste", "2026Q1", township


def _accepted() -> list[Acceptance]:
    return [one for one in ACCEPTANCES if one.conclusion == "合格"]


def _project_figures() -> Rows:
    july = course(LAST_MONTH)
    for project, output in OUTPUTS.items():
        yield "output_planned", project, output.planned
        yield "output_reported", project, sum(one.output or 0 for one in july if one.project == project)
        accepted = [one.output or 0 for one in _accepted() if one.project == project]
        if accepted:
            yield "output_accepted", project, sum(accepted)
    for name in ("area", "reserve", "linked", "hsf", "renewed"):
        yield "accepted_2026", name, sum(getattr(one, name) for one in _accepted())
    for one in july:
        if one.stage in UNFINISHED and _months_late(one.project, LAST_MONTH) > 0:
            yield (
                "late_project",
                f"{one.project} {one.township} {course_of(one.project, one.township).issue}",
                _months_late(one.project, LAST_MONTH),
            )
        if one.stage == "在建" and len(set(course_of(one.project, one.township).progress)) == 1:
            yield "stalled_project", f"{one.project} {one.township}", LAST_MONTH - MONTHS[0]


def _money_figures() -> Rows:
    by_instrument: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    paid: dict[str, float] = defaultdict(float)
    for line in fund_lines(LAST_MONTH):
        by_instrument[line.instrument][0] += line.arrived
        by_instrument[line.instrument][1] += line.paid
        paid[line.project] += line.paid
    for instrument, (arrived, spent) in sorted(by_instrument.items()):
        yield "instrument_arrived", instrument, arrived
        yield "instrument_paid", instrument, spent
    for project in sorted(paid):
        before = sum(line.arrived for line in fund_lines(IDLE_SINCE) if line.project == project)
        yield "idle", project, max(0.0, before - paid[project])
    corrected = (line.paid for line in fund_lines(MISTYPED_MONTH) if line.project == MISTYPED_PROJECT)
    yield "paid_after_correction", MISTYPED_PROJECT, sum(corrected)


def _ground_figures() -> Rows:
    pieces = subsidences()
    for status in ("已治理", "治理中", "未治理"):
        yield "subsidence", status, sum(one.area for one in pieces if one.status == status)
    for mine in sorted({one.mine for one in pieces}):
        of_mine = [one for one in pieces if one.mine == mine]
        treated = sum(one.area for one in of_mine if one.status == "已治理")
        yield "subsidence_treated_pct", mine, 100 * treated / sum(one.area for one in of_mine)
    for key_area in sorted({one.key_area for one in extents()}):
        yield "key_area_extent", key_area, sum(one.area for one in extents() if one.key_area == key_area)
    for kind in sorted({one.origin for one in ACCEPTANCES if one.origin}):
        yield "reclaimed_from", kind, sum(one.linked for one in _accepted() if one.origin == kind)
    for kind in sorted({one.renewed_kind for one in ACCEPTANCES if one.renewed_kind}):
        yield "renewed_land", kind, sum(one.renewed for one in _accepted() if one.renewed_kind == kind)
    yield "upgraded_quality", "低质量", sum(one.hsf for one in _accepted() if one.grades) / MU_A_HECTARE


def _record_figures() -> Rows:
    for item in ("生产矿山数", "绿色矿山数"):
        yield "ecology_detail", item, sum(row[2] for row in records.DETAILS if row[0] == item)
    for status in sorted({row[4] for row in records.SAFEGUARDS}):
        yield "safeguards", status, sum(row[4] == status for row in records.SAFEGUARDS)
    answerable = [
        one
        for one in records.OPINIONS
        if one.event not in ("公示公告", "专家评审", "听证论证", "宣传培训") or one.replied_on
    ]
    yield "opinions", "答复", sum(one.replied_on is not None for one in answerable)
    yield "opinions", "未答复", sum(one.replied_on is None for one in answerable)
    open_findings = [due for *_, found, _, due, done in records.INSPECTIONS if found != "无" and not done]
    yield "inspections", "逾期", sum(due < REACHED for due in open_findings)
    yield "inspections", "未到期", sum(due >= REACHED for due in open_findings)
    for project, scores, *_ in records.EVALUATIONS:
        yield "evaluation", project, sum(scores)
    for quarter in records.TREATED:
        reported = records.waste(quarter)
        yield "waste_treated_t", f"2026Q{quarter}", sum(one.treated for one in reported)


def figures() -> Rows:
    """Figures that the marts must show: what, of whom, how much."""
    for made in (_project_figures, _money_figures, _ground_figures, _record_figures):
        for figure, of, value in made():
            yield figure, of, round(float(str(value)), 6)


def write_answers(folder: Path) -> None:
    """Write the key's files into a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(
        folder / "expected_files.csv", [("file", "rows_read", "rows_accepted", "rows_held", "rows_control"), *files()]
    )
    write_csv(folder / "expected_findings.csv", [("file", "rule", "severity", "findings"), *findings()])
    write_csv(folder / "expected_figures.csv", [("figure", "of", "value"), *figures()])
    write_csv(folder / "expected_overdue.csv", [("dataset", "period", "township"), *reports()])
