"""The tables of samples/2026, dataset by dataset, made of what dev.samples_2026.projects says."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dev.samples_2026.projects import (
    ACCEPTANCES,
    ADDED_AREA,
    ADDED_INVESTMENT,
    FINISH,
    LEVELS,
    MONTHS,
    OUTPUTS,
    PLACES,
    Acceptance,
    course_of,
    june_2025,
    ledger_of_2025,
    number,
)
from dev.samples_2026.writing import Cell, Table

FUND_COLUMNS = (
    "中央累计到位资金（万元）",
    "省级累计到位资金（万元）",
    "市县累计到位资金（万元）",
    "社会累计到位资金（万元）",
)
AREA, CROPLAND, HSF, RECLAIMED = (
    "累计整治面积（公顷）",
    "累计新增耕地（公顷）",
    "累计建成高标准农田（亩）",
    "累计复垦面积（公顷）",
)
INVESTED = "累计完成投资（万元）"
# A2 had nothing in 2025: what arrived in January 2026 for a project whose tender came in March, and what its courses cost
A2_ARRIVED = {"韩店街道": (180.0, 90.0, 60.0, 0.0), "荫城镇": (150.0, 70.0, 50.0, 0.0)}
A2_PLAN_WAN = 3000.55
A2_FINISHED = {"韩店街道": 0.5, "荫城镇": 0.5}  # shares of the plan
LEAST_PAYMENT = 1.0  # 万元: less is what rounding leaves
PAID_SHARE = {"A2": 0.9, "C1": 0.85, "D1": 0.9, "D2": 0.97, "E1": 0.92, "F2": 0.88}  # of what is invested
INSTRUMENTS = {  # of the project's money from 中央, 省, 县, 社会
    "A2": ("专项资金", "以奖代补", "债券", "社会资本"),
    "C1": ("专项资金", "补偿", "债券", "社会资本"),
    "D1": ("专项资金", "基金", "债券", "社会资本"),
    "D2": ("专项资金", "以奖代补", "贴息", "绿色金融"),
    "E1": ("专项资金", "补偿", "债券", "社会资本"),
    "F2": ("专项资金", "专项资金", "债券", "社会资本"),
}
MISTYPED_PROJECT, MISTYPED_MONTH, MISTYPED_BY = "F2", 3, 100.0  # 万元 too little paid, put right by the correction


class Month(NamedTuple):
    """A project in a township at a month's end."""

    project: str
    township: str
    month: int
    stage: str
    progress: float
    invested: float
    funds: tuple[float, ...]
    area: float
    cropland: float
    hsf: float
    reclaimed: float
    output: float | None


def accepted_until(project: str, township: str, month: int) -> list[Acceptance]:
    """Acceptances (合格) of a project in a township from January to the month."""
    return [
        one
        for one in ACCEPTANCES
        if (one.project[:2], one.township) == (project, township) and one.on.month <= month and one.conclusion == "合格"
    ]


def _stage(project: str, township: str, month: int) -> str:
    course, before = course_of(project, township), june_2025()[project, township]
    if before["阶段"] in ("验收", "管护"):
        return str(before["阶段"])
    if course.progress[month - 1] == 0:
        return "招标" if month > 2 else "前期"
    if course.progress[month - 1] < 100:
        return "在建"
    return "验收" if course.accepted is not None and month >= course.accepted else "完工"


def _money(project: str, township: str, progress: float) -> tuple[float, tuple[float, ...]]:
    """Invested and arrived by level, 万元: the money of June 2025 grows with what is built."""
    if project == "A2":
        return round(A2_PLAN_WAN * A2_FINISHED[township] * progress / 100, 2), A2_ARRIVED[township]
    before = june_2025()[project, township]
    reached, invested = number(before["形象进度（%）"]), number(before[INVESTED])
    funds = tuple(number(before[column]) for column in FUND_COLUMNS)
    invested = round(invested * progress / reached, 2)
    growth = max(1.0, invested / sum(funds))
    return invested, tuple(round(fund * growth, 2) for fund in funds)


def _output_share(project: str, township: str) -> float:
    """A township's share of its project's planned output: as the project's money in June 2025."""
    parts = {place: number(june_2025()[project, place][INVESTED]) for name, place in june_2025() if name == project}
    return parts[township] / sum(parts.values())


def _output(project: str, township: str, month: int, progress: float) -> float | None:
    if project not in OUTPUTS:
        return None
    accepted = [one.output for one in ACCEPTANCES if (one.project, one.township) == (project, township) and one.output]
    whole = accepted[0] if accepted else OUTPUTS[project].planned * _output_share(project, township)
    digits = 0 if OUTPUTS[project].measure_unit in ("个", "座") else 2
    return round(whole * progress / 100, digits)


@cache
def course(month: int) -> tuple[Month, ...]:
    """All projects that report a month."""
    found = []
    for (project, township), before in june_2025().items():
        accepted = accepted_until(project, township, month)
        progress = course_of(project, township).progress[month - 1]
        invested, funds = _money(project, township, progress)
        found.append(
            Month(
                project, township, month, _stage(project, township, month), progress, invested, funds,
                round(number(before[AREA]) + sum(item.area for item in accepted), 2),
                round(number(before[CROPLAND]) + sum(item.reserve + item.linked for item in accepted), 2),
                round(number(before[HSF]) + sum(item.hsf for item in accepted), 1),
                round(number(before[RECLAIMED]) + sum(item.linked for item in accepted), 2),
                _output(project, township, month, progress),
            )
        )  # fmt: skip
    return tuple(found)


def ledger() -> Table:
    """The ledger of January 2026: outputs planned, terms prolonged, places named."""
    header = list(ledger_of_2025()["A1"])
    added = ["坐落村", "所在重点区", "产出类型", "产出计量单位", "计划产出量"]
    rows: list[list[Cell]] = []
    for project in sorted({*FINISH, *OUTPUTS, "C1-03"}):
        row = dict(ledger_of_2025().get(project, {}))
        if project == "C1":
            row["建设规模（公顷）"] = round(number(row["建设规模（公顷）"]) + ADDED_AREA, 2)
            row["计划总投资（万元）"] = round(number(row["计划总投资（万元）"]) + ADDED_INVESTMENT, 2)
        if project == "C1-03":
            row = {
                **ledger_of_2025()["C1-02"], "项目编号": project, "项目名称": "韩店街道全域土地综合整治03号项目", "计划开工": "2026年3月",
                "计划完工": "2027年6月", "建设规模（公顷）": ADDED_AREA, "计划总投资（万元）": ADDED_INVESTMENT,
            }  # fmt: skip
        row["序号"], row["年度计划投资（万元）"] = len(rows) + 1, None
        row["计划完工"] = FINISH.get(project, row["计划完工"])
        village, key_area = PLACES.get(project, (None, None))
        output = OUTPUTS.get(project)
        planned = (output.kind, output.measure_unit, output.planned) if output else (None, None, None)
        rows.append([*(row[name] for name in header), village, key_area, *planned])
    title = "上党区国土综合整治和生态修复重点工程台账（2026年1月更新）"
    return Table("台账", title, "填报单位：区自然资源局", [*header, *added], rows)


def progress() -> Iterator[Table]:
    """The monthly reports of January to July, a sheet a month."""
    header = [
        "项目编号", "项目名称", "乡镇", "阶段", "形象进度（%）", INVESTED, *FUND_COLUMNS, AREA, CROPLAND, HSF, RECLAIMED, "产出类型",
        "产出计量单位", "累计产出量", "存在问题", "下步打算",
    ]  # fmt: skip
    for month in MONTHS:
        rows = []
        for one in course(month):
            output = OUTPUTS.get(one.project)
            made = (output.kind, output.measure_unit, one.output) if output else (None, None, None)
            issue = course_of(one.project, one.township).issue
            rows.append([
                one.project, ledger_of_2025()[one.project]["项目名称"], one.township, one.stage, one.progress, one.invested, *one.funds,
                one.area, one.cropland, one.hsf, one.reclaimed, *made, issue, "倒排工期" if issue != "无" else "按计划实施",
            ])  # fmt: skip
        title = f"上党区国土综合整治和生态修复重点工程进度月报（2026年{month}月）"
        yield Table(f"2026年{month}月", title, "填报单位：区重点工程办", header, rows)


def acceptances() -> Table:
    """The acceptance ledger of the first half year."""
    header = [
        "验收文号", "项目编号", "乡镇", "验收日期", "验收规模（公顷）", "新增耕地(后备开发、土地整理)（公顷）",
        "新增耕地(挂钩复垦)（公顷）",
        "高标准农田（亩）", "低效用地整治（公顷）", "验收结论", "坐落村", "所在重点区", "产出类型", "产出计量单位", "验收产出量",
        "复垦前用地",
        "低效用地类型", "提质前耕地质量等级", "提质后耕地质量等级",
    ]  # fmt: skip
    rows = []
    for one in ACCEPTANCES:
        output = OUTPUTS.get(one.project)
        made = (output.kind, output.measure_unit, one.output) if output else (None, None, None)
        rows.append([
            one.number, one.project, one.township, one.on, one.area, one.reserve, one.linked, one.hsf, one.renewed, one.conclusion,
            *PLACES.get(one.project, (None, None)), *made, one.origin, one.renewed_kind, *(one.grades or (None, None)),
        ])  # fmt: skip
    return Table("验收台账", "上党区2026年上半年验收台账", "填报单位：区自然资源局、区农业农村局", header, rows)


class FundLine(NamedTuple):
    """A line of the funds ledger, 万元 to date."""

    project: str
    level: str
    instrument: str
    allocated: float
    arrived: float
    paid: float


def fund_lines(month: int, corrected: bool = True) -> list[FundLine]:
    """The funds ledger at a month's end; the money of a project is paid in the order of its levels."""
    found = []
    for project, instruments in INSTRUMENTS.items():
        parts = [one for one in course(month) if one.project == project]
        left = sum(one.invested for one in parts) * PAID_SHARE[project]
        for position, (level, instrument) in enumerate(zip(LEVELS, instruments, strict=True)):
            arrived = round(sum(one.funds[position] for one in parts), 2)
            paid = round(min(arrived, left), 2) if left >= LEAST_PAYMENT else 0.0
            left -= paid
            if arrived:
                found.append(FundLine(project, level, instrument, round(arrived * 1.1, 2), arrived, paid))
    if corrected or month != MISTYPED_MONTH:
        return found
    first = next(one for one in found if one.project == MISTYPED_PROJECT)
    return [one._replace(paid=round(one.paid - MISTYPED_BY, 2)) if one is first else one for one in found]


def _fund_table(month: int, lines: list[FundLine], what: str = "") -> Table:
    header = [
        "项目编号",
        "资金级次",
        "资金方式",
        "累计下达资金（万元）",
        "累计到位资金（万元）",
        "累计支付资金（万元）",
    ]
    title = f"上党区重点工程资金台账（2026年{month}月）{what}"
    sums = [[line.allocated, line.arrived, line.paid] for line in lines]
    total = ["合计", None, None, *(round(sum(column), 2) for column in zip(*sums, strict=True))]
    return Table(f"2026年{month}月", title, "填报单位：区财政局", header, lines, [total])


def funds() -> Iterator[Table]:
    """The funds ledger of January to July, a sheet a month; March holds a figure that is mistyped."""
    for month in MONTHS:
        yield _fund_table(month, fund_lines(month, corrected=False))


def correction() -> Table:
    """March again, of the project whose figure was mistyped."""
    lines = [line for line in fund_lines(MISTYPED_MONTH) if line.project == MISTYPED_PROJECT]
    return _fund_table(MISTYPED_MONTH, lines, "更正")
