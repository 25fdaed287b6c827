"""What the projects of the samples do in 2026: the ledger's update, the monthly reports, the acceptances.

All of it is invented. It begins with what samples/clean says of June 2025; two projects are late and say why (A3 in 郝家庄镇,
F2), one stands still (D3), the others go on or end.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from dev.samples_2026.writing import Cell
from warehouse.home import CHECKOUT

CLEAN = CHECKOUT / "samples" / "clean"
MONTHS = range(1, 8)
LEVELS = ("中央", "省", "县", "社会")


@dataclass(frozen=True)
class Output:
    """What a restoration project makes: kind and unit as written, planned amount (invented)."""

    kind: str
    measure_unit: str
    planned: float


OUTPUTS = {
    "D1": Output("治理面积", "公顷", 221.75),
    "D2": Output("治理面积", "公顷", 258.38),
    "D3": Output("治理图斑", "个", 24),
    "D4": Output("绿色矿山", "座", 6),
    "E1": Output("低效林改造", "公顷", 92.79),
    "E2": Output("荒山造林", "公顷", 77.12),
    "E3": Output("水土流失治理面积", "公顷", 230.04),
    "E4": Output("森林抚育", "公顷", 131.6),
    "F1": Output("河道治理", "千米", 18.6),
    "F2": Output("河道治理", "千米", 9.4),
    "F3": Output("湿地修复", "公顷", 36.5),
    "F4": Output("小流域治理面积", "公顷", 62.86),
    "F5": Output("小流域治理面积", "公顷", 276.16),
}
# prolonged by decision; A3 and F2 are not, and so are late
FINISH = {
    "A1": "2026年4月", "A1-12": "2026年4月", "A4": "2026年6月", "A4-12": "2026年3月", "A4-13": "2026年4月", "A4-14": "2026年6月",
    "B1": "2026年6月", "B1-05": "2026年5月", "B1-06": "2026年6月", "B2": "2026年3月", "B2-10": "2026年3月", "B2-11": "2026年2月",
    "C1": "2027年6月", "C1-02": "2026年4月", "D1": "2026年12月", "D2": "2026年3月", "D3": "2026年12月", "E1": "2026年12月",
    "E3": "2026年12月", "F1": "2026年3月", "F3": "2026年5月", "F4": "2026年4月",
}  # fmt: skip
RESERVE, RURAL, URBAN = "宜耕后备土地资源适度开发整治区", "农村建设用地综合整治区", "城镇低效建设用地重点整治区"
PLACES = {  # village and key area of a sub-project
    "A4-12": ("贾掌村", RESERVE),
    "A4-14": ("定流村", RESERVE),
    "B1-05": ("小坟上", RURAL),
    "C1-02": (None, URBAN),
    "C1-03": ("鲍村、池里、水泉庄", RURAL),
}
ADDED_AREA, ADDED_INVESTMENT = 4.2, 57.45  # of C1-03, the sub-project that is new in 2026
LATE_A3 = "部分农户权属争议未解决，春季施工期短"
LATE_F2 = "征地协调进度偏慢，汛期河道不能施工"
STALLED_D3 = "复垦方案未批复，暂停施工"


@dataclass(frozen=True)
class Course:
    """A project in a township, January to July: physical progress, the month of its acceptance, what is the matter."""

    progress: tuple[float, ...]
    accepted: int | None = None
    issue: str = "无"


def _steady(first: float, step: float, most: float = 100) -> tuple[float, ...]:
    return tuple(min(most, first + step * (month - 1)) for month in MONTHS)


COURSES = {
    ("A1", "苏店镇"): Course(_steady(92, 3), 4),
    ("A2", "韩店街道"): Course((0, 0, 0, 2, 5, 9, 14)),
    ("A2", "荫城镇"): Course((0, 0, 0, 1, 3, 6, 10)),
    ("A3", "八义镇"): Course(_steady(96, 4), 3),
    ("A3", "郝家庄镇"): Course(_steady(58, 2), issue=LATE_A3),
    ("A4", "苏店镇"): Course((84, 88, 91, 94, 100, 100, 100), 5),
    ("A4", "荫城镇"): Course(_steady(95, 3), 3),
    ("B1", "苏店镇"): Course(_steady(80, 7), 4),
    ("B1", "东和乡"): Course(_steady(85, 4), 5),
    ("B2", "西火镇"): Course(_steady(100, 0), 1),
    ("B2", "北呈乡"): Course(_steady(96, 4), 2),
    ("C1", "韩店街道"): Course(_steady(90, 1)),
    ("D1", "西池乡"): Course(_steady(70, 3)),
    ("D1", "东和乡"): Course(_steady(70, 3)),
    ("D2", "苏店镇"): Course(_steady(100, 0), 3),
    ("D2", "西池乡"): Course(_steady(100, 0), 3),
    ("D2", "东和乡"): Course(_steady(100, 0), 3),
    ("D3", "苏店镇"): Course(_steady(74, 0), issue=STALLED_D3),
    ("D4", "苏店镇"): Course(_steady(50, 3)),
    ("E1", "西池乡"): Course(_steady(72, 3)),
    ("E2", "苏店镇"): Course(_steady(100, 0), 1),
    ("E2", "西池乡"): Course(_steady(100, 0), 1),
    ("E3", "苏店镇"): Course(_steady(77, 3)),
    ("E3", "西池乡"): Course(_steady(77, 3)),
    ("E4", "西池乡"): Course(_steady(62, 4)),
    ("F1", "苏店镇"): Course(_steady(100, 0), 2),
    ("F1", "西池乡"): Course(_steady(100, 0), 2),
    ("F1", "东和乡"): Course(_steady(100, 0), 2),
    ("F2", "苏店镇"): Course(_steady(92, 0.5), issue=LATE_F2),
    ("F2", "西池乡"): Course(_steady(92, 0.5), issue=LATE_F2),
    ("F3", "苏店镇"): Course(_steady(88, 4), 5),
    ("F3", "西池乡"): Course(_steady(88, 4), 5),
    ("F3", "东和乡"): Course(_steady(88, 4), 5),
    ("F4", "苏店镇"): Course(_steady(96, 4), 4),
    ("F4", "东和乡"): Course(_steady(96, 4), 4),
    ("F5", "苏店镇"): Course(_steady(100, 0), 1),
    ("F5", "东和乡"): Course(_steady(100, 0), 1),
}


@dataclass(frozen=True)
class Acceptance:
    """One record of the acceptance ledger; areas in ha, hsf in 亩, output in the project's unit."""

    number: str
    project: str
    township: str
    on: date
    area: float = 0
    reserve: float = 0
    linked: float = 0
    hsf: float = 0
    renewed: float = 0
    conclusion: str = "合格"
    output: float | None = None
    origin: str | None = None
    renewed_kind: str | None = None
    grades: tuple[str, str] | None = None


def _natural(number: int) -> str:
    return f"上自然资验〔2026〕{number}号"


ACCEPTANCES = (
    Acceptance(_natural(1), "B2-11", "西火镇", date(2026, 1, 15), 6.74, linked=6.74, origin="搬迁村"),
    Acceptance(_natural(2), "E2", "苏店镇", date(2026, 1, 20), output=52.11),
    Acceptance(_natural(3), "E2", "西池乡", date(2026, 1, 20), output=25.01),
    Acceptance(_natural(4), "F5", "苏店镇", date(2026, 1, 22), output=125.3),
    Acceptance(_natural(5), "F5", "东和乡", date(2026, 1, 22), output=150.86),
    Acceptance(_natural(6), "A4-12", "苏店镇", date(2026, 2, 10), 9.16, reserve=9.16),
    Acceptance(_natural(7), "B2-10", "北呈乡", date(2026, 2, 12), 7.44, linked=7.44, origin="采矿用地"),
    Acceptance(_natural(8), "F1", "苏店镇", date(2026, 2, 25), output=4.3),
    Acceptance(_natural(9), "F1", "西池乡", date(2026, 2, 25), output=7.5),
    Acceptance(_natural(10), "F1", "东和乡", date(2026, 2, 25), output=6.8),
    Acceptance(_natural(11), "A3-09", "八义镇", date(2026, 3, 12), 28.51, reserve=4.48),
    Acceptance(_natural(12), "A4-13", "荫城镇", date(2026, 3, 13), 10.55, reserve=10.55),
    Acceptance(_natural(13), "C1-02", "韩店街道", date(2026, 3, 18), 15.58, renewed=2.51, renewed_kind="城镇"),
    Acceptance(_natural(14), "D2", "苏店镇", date(2026, 3, 24), output=94.2),
    Acceptance(_natural(15), "D2", "西池乡", date(2026, 3, 24), output=85.1),
    Acceptance(_natural(16), "D2", "东和乡", date(2026, 3, 24), output=79.08),
    Acceptance("上农验〔2026〕1号", "A1-12", "苏店镇", date(2026, 4, 16), hsf=3137.3, grades=("八等", "六等")),
    Acceptance(_natural(17), "B1-05", "苏店镇", date(2026, 4, 21), 5.76, renewed=5.76, renewed_kind="农村"),
    Acceptance(_natural(18), "F4", "苏店镇", date(2026, 4, 27), output=22.0),
    Acceptance(_natural(19), "F4", "东和乡", date(2026, 4, 27), output=40.86),
    Acceptance(_natural(20), "A4-14", "苏店镇", date(2026, 5, 15), 12.84, reserve=8.97),
    Acceptance(_natural(21), "B1-06", "东和乡", date(2026, 5, 19), 2.24, renewed=2.24, renewed_kind="工矿"),
    Acceptance(_natural(22), "F3", "苏店镇", date(2026, 5, 26), output=12.4),
    Acceptance(_natural(23), "F3", "西池乡", date(2026, 5, 26), output=18.3),
    Acceptance(_natural(24), "F3", "东和乡", date(2026, 5, 26), output=5.8, conclusion="整改"),
)


def _rows(file: Path, header: str) -> list[dict[str, Cell]]:
    """Rows of a clean sample below the header that begins with this word, by column."""
    table: list[list[Any]] = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    top = next(no for no, row in enumerate(table) if header in row)
    return [dict(zip(table[top], row, strict=False)) for row in table[top + 1 :] if row[3] != ""]


@cache
def ledger_of_2025() -> dict[str, dict[str, Cell]]:
    """Rows of the ledger of June 2025 by project number."""
    rows = _rows(CLEAN / "project_ledger" / "重点工程台账（2025年6月更新）.xlsx", "项目编号")
    return {str(row["项目编号"]): row for row in rows}


@cache
def june_2025() -> dict[tuple[str, str], dict[str, Cell]]:
    """Rows of the last monthly report of the clean samples by project and township."""
    rows = _rows(CLEAN / "project_progress" / "上党区2025年6月份重点项目进展.xlsx", "项目编号")
    return {(str(row["项目编号"]), str(row["乡镇"])): row for row in rows}


def number(cell: Cell) -> float:
    """A number as the clean samples write it, full-width digits included."""
    return float(str(cell).translate(str.maketrans("０１２３４５６７８９．", "0123456789.")))


def course_of(project: str, township: str) -> Course:
    """What a project does in a township; one that had ended in 2025 stays as it was."""
    return COURSES.get((project, township), Course(_steady(100, 0)))
