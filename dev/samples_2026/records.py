"""Records of samples/2026 that follow from no project's course: tasks, opinions, safeguards, inspections, evaluations,
ecological details, rural waste. All invented.
"""

from datetime import date
from typing import NamedTuple

from dev.samples_2026.writing import Cell, Table

TOWNSHIPS = ("韩店街道", "苏店镇", "荫城镇", "西火镇", "八义镇", "郝家庄镇", "南宋镇", "西池乡", "北呈乡", "东和乡")
ABSENT_IN_FIRST_QUARTER = ("八义镇", "西池乡")  # their quarterly reports never come: overdue
DISTRICT = "上党区"
TASK_DOCUMENT = "上政发〔2026〕2号"
TASKS = ( # indicator, who, value, unit
    ("土地整治总规模", DISTRICT, 470, "公顷"),
    ("土地整治总规模", "区农业农村局", 340, "公顷"),
    ("土地整治总规模", "区自然资源局", 95, "公顷"),
    ("补充耕地", DISTRICT, 300, "公顷"),
    *(("补充耕地", township, value, "公顷") for township, value in zip(TOWNSHIPS, (18, 56, 35, 35, 38, 25, 23, 27, 28, 15), strict=True)),
    ("中低质量耕地纳入高标准农田提质改造", DISTRICT, 4.5, "万亩"),
    ("中低质量耕地纳入高标准农田提质改造", "区农业农村局", 4.5, "万亩"),
    ("低效用地整治", DISTRICT, 20, "公顷"),
    ("农村生活垃圾处理率", DISTRICT, 98.5, "%"),
    ("森林覆盖率", DISTRICT, 13.6, "%"),
)  # fmt: skip


class Opinion(NamedTuple):
    """A row of the ledger of opinions: what came, from whom, how, and what became of it."""

    number: str
    on: date
    channel: str
    kind: str
    township: str
    project: str | None
    summary: str
    replied_on: date | None = None
    satisfied: str | None = None
    event: str | None = None
    participants: int | None = None


OPINIONS = (
    Opinion("YJ-2026-001", date(2026, 1, 12), "来信", "群众", "东和乡", "D1", "沉陷区道路修复后排水不畅", date(2026, 2, 2), "是"),
    Opinion("YJ-2026-002", date(2026, 1, 20), "公示", "群众", "韩店街道", "C1", "全域整治实施方案公示", event="公示公告"),
    Opinion("YJ-2026-003", date(2026, 2, 26), "评审会", "专家", "苏店镇", "D3", "复垦方案应补充地下水影响评价",
        event="专家评审", participants=7),
    Opinion("YJ-2026-004", date(2026, 3, 9), "电话", "群众", "郝家庄镇", "A3", "地块权属界线与实际不符", date(2026, 4, 3), "否"),
    Opinion("YJ-2026-005", date(2026, 3, 23), "座谈会", "群众", "苏店镇", "B1", "旧宅基地复垦后希望先安排耕种",
        date(2026, 4, 8), "是", "听证论证", 26),
    Opinion("YJ-2026-006", date(2026, 4, 15), "现场", "群众", "荫城镇", "A2", "高标准农田建设政策宣传", event="宣传培训", participants=84),
    Opinion("YJ-2026-007", date(2026, 5, 11), "网络", "群众", "西池乡", "F2", "河道施工便道扬尘", date(2026, 5, 19), "是"),
    Opinion("YJ-2026-008", date(2026, 6, 4), "咨询会", "专家", "西池乡", "E1", "低效林改造应增加乡土树种",
        date(2026, 6, 25), "是", "专家咨询", 5),
    Opinion("YJ-2026-009", date(2026, 6, 18), "来访", "群众", "郝家庄镇", "A3", "权属争议何时调解"),
    Opinion("YJ-2026-010", date(2026, 7, 8), "来信", "群众", "苏店镇", "D3", "停工地块杂草和积水"),
)  # fmt: skip
SAFEGUARDS = (  # duty as the plan says it, document, day, unit, status, note
    ("重点区域或重点项目的工作领导小组和现场指挥部", "上政办发〔2026〕5号", date(2026, 1, 26), "区政府办", "已落实",
        "领导小组和两个现场指挥部已成立"),
    ("目标责任制", TASK_DOCUMENT, date(2026, 1, 30), "区政府办", "已落实", "年度任务已分解到乡镇和责任单位"),
    ("归并和规范保护修复补偿渠道", "上财发〔2026〕11号", date(2026, 3, 6), "区财政局", "推进中", "补偿清单在征求意见"),
    ("设立基金、财政贴息、以奖代补", "上财发〔2026〕14号", date(2026, 3, 20), "区财政局", "推进中", "贴息和以奖代补已有两项工程"),
    ("环境信息披露制度", "上环发〔2026〕3号", date(2026, 4, 9), "区生态环境局", "未开展", "拟于下半年起草"),
    ("国土空间生态修复考核制度", "上自然资发〔2026〕9号", date(2026, 4, 28), "区自然资源局", "推进中", "考核办法送审"),
    ("监督检查制度，定期监督检查", "上自然资发〔2026〕12号", date(2026, 5, 13), "区自然资源局", "已落实", "每季度检查一次"),
    ("专家咨询机制", "上自然资发〔2026〕15号", date(2026, 6, 2), "区自然资源局", "已落实", "专家库九人"),
)  # fmt: skip
INSPECTIONS = (  # project, township, day, item, finding, severity, rectify by, rectified on
    ("A3", "郝家庄镇", date(2026, 2, 5), "施工进度", "进度滞后计划，权属争议未解决", "较重", date(2026, 4, 5), None),
    ("F2", "西池乡", date(2026, 2, 11), "施工进度", "进度滞后计划，征地未完成", "严重", date(2026, 3, 31), None),
    ("D3", "苏店镇", date(2026, 3, 4), "施工进度", "停工，未设围挡", "较重", date(2026, 3, 25), date(2026, 3, 24)),
    ("D2", "东和乡", date(2026, 3, 17), "工程质量", "无", "一般", date(2026, 4, 17), date(2026, 4, 1)),
    ("D1", "西池乡", date(2026, 4, 9), "工程质量", "回填土压实度不足", "一般", date(2026, 5, 9), date(2026, 5, 6)),
    ("E1", "西池乡", date(2026, 4, 22), "工程质量", "补植苗木规格不足", "一般", date(2026, 5, 30), date(2026, 5, 28)),
    ("A2", "荫城镇", date(2026, 5, 14), "资金使用", "到位资金长期未使用", "较重", date(2026, 6, 30), None),
    ("C1", "韩店街道", date(2026, 5, 27), "工程质量", "田间道路路基未夯实", "一般", date(2026, 6, 26), date(2026, 6, 20)),
    ("E3", "苏店镇", date(2026, 6, 16), "工程质量", "淤地坝排水设施未完工", "一般", date(2026, 7, 16), date(2026, 7, 10)),
    ("F3", "东和乡", date(2026, 7, 14), "施工进度", "验收提出的整改未完成", "一般", date(2026, 8, 31), None),
)  # fmt: skip
DIMENSIONS = (("组织实施", 20), ("资金管理", 20), ("目标任务完成", 35), ("效益及满意度", 25))
EVALUATIONS = (  # project, scores, people asked, satisfied %, use of the result, change of the budget 万元, decided on
    ("A1", (18.6, 17.2, 33.0, 22.5), 88, 90.9, None, None, None),
    ("A2", (15.0, 11.5, 24.0, 18.5), 45, 82.2, "预算调整", -120, date(2026, 7, 20)),
    ("C1", (18.0, 17.5, 30.0, 20.5), 102, 88.2, None, None, None),
    ("D2", (17.5, 18.0, 33.5, 22.0), 96, 93.8, None, None, None),
    ("F1", (18.2, 17.9, 33.0, 22.4), 74, 94.6, None, None, None),
    ("F2", (16.0, 16.5, 26.0, 20.0), 61, 83.6, "整改", None, date(2026, 7, 20)),
)
DETAILS = (  # item, where, value, unit, source
    ("生产矿山数", "苏店镇", 3, "座", "矿山台账"),
    ("生产矿山数", "东和乡", 2, "座", "矿山台账"),
    ("生产矿山数", "荫城镇", 4, "座", "矿山台账"),
    ("绿色矿山数", "苏店镇", 2, "座", "矿山台账"),
    ("绿色矿山数", "东和乡", 1, "座", "矿山台账"),
    ("绿色矿山数", "荫城镇", 1, "座", "矿山台账"),
    ("水土保持率", DISTRICT, 72.4, "%", "水土保持监测"),
    ("断面水质类别", "北张断面", 3, None, "水质监测"),
    ("断面水质目标类别", "北张断面", 3, None, "水质目标"),
    ("地质灾害隐患点数", "西池乡", 9, "处", "隐患点台账"),
    ("累计核销隐患点数", "西池乡", 4, "处", "隐患点台账"),
)
# of a township in a quarter: villages, villages covered, households, waste in t of the first quarter
WASTE = {
    "韩店街道": (16, 16, 3940, 848.2),
    "苏店镇": (30, 30, 9731, 2218.5),
    "荫城镇": (32, 32, 12420, 2844.1),
    "西火镇": (16, 16, 5938, 1290.3),
    "八义镇": (16, 16, 4896, 1003.9),
    "郝家庄镇": (18, 18, 5020, 1014.6),
    "南宋镇": (14, 14, 4905, 1036.2),
    "西池乡": (16, 16, 4112, 921.7),
    "北呈乡": (12, 12, 3969, 908.8),
    "东和乡": (11, 11, 4446, 982.4),
}
TREATED = {1: 0.983, 2: 0.986}  # of what is generated, by quarter
MORE_IN_SPRING = 1.04


class Waste(NamedTuple):
    """A township's waste in a quarter, t."""

    township: str
    villages: int
    covered: int
    households: int
    generated: float
    treated: float


def waste(quarter: int) -> list[Waste]:
    """What the townships report of a quarter of 2026."""
    found = []
    for township, (villages, covered, households, first) in WASTE.items():
        generated = round(first * MORE_IN_SPRING ** (quarter - 1), 1)
        if quarter > 1 or township not in ABSENT_IN_FIRST_QUARTER:
            found.append(
                Waste(township, villages, covered, households, generated, round(generated * TREATED[quarter], 1))
            )
    return found


def waste_table(quarter: int) -> Table:
    """The quarterly report of rural waste; in the first quarter two townships are absent."""
    header = [
        "乡镇",
        "行政村数（个）",
        "收运处置体系覆盖村数（个）",
        "农户数（户）",
        "产生量（吨）",
        "无害化处理量（吨）",
        "处理率（%）",
    ]
    rows: list[list[Cell]] = [[*one, round(one.treated / one.generated * 100, 2)] for one in waste(quarter)]
    total = ["合计", *(round(sum(row[column] for row in waste(quarter)), 1) for column in range(1, 6)), None]  # type: ignore[misc]
    name = "一二"[quarter - 1]
    return Table("季报", f"上党区2026年第{name}季度农村生活垃圾处理季报", "填报单位：区住建局", header, rows, [total])


def tasks() -> Table:
    """The tasks of 2026."""
    rows: list[list[Cell]] = [
        [indicator, who, value, measure_unit, TASK_DOCUMENT] for indicator, who, value, measure_unit in TASKS
    ]
    header = ["指标", "承担单位", "任务数", "计量单位", "下达文号"]
    return Table("任务分解", "上党区2026年度任务分解表", "填报单位：区政府办", header, rows)


def opinions() -> Table:
    """What the public and experts said, January to July."""
    header = [
        "意见编号",
        "收到日期",
        "渠道",
        "意见类别",
        "乡镇",
        "涉及项目编号",
        "内容摘要",
        "答复日期",
        "是否满意",
        "参与方式",
        "参与人数",
    ]
    rows = [
        [one.number, one.on, one.channel, one.kind, one.township, one.project, one.summary,
         one.replied_on, one.satisfied, one.event, one.participants]
        for one in OPINIONS
    ]  # fmt: skip
    return Table("意见", "上党区2026年群众与专家意见", "填报单位：区政府办", header, rows)


def safeguards() -> Table:
    """What was done for the duties of the plan's part on safeguards."""
    header = ["保障事项", "文号", "日期", "责任单位", "落实状态", "说明"]
    return Table("实施保障", "上党区2026年实施保障台账", "填报单位：区政府办", header, SAFEGUARDS)


def inspections() -> Table:
    """The inspections of January to July."""
    header = [
        "检查编号",
        "项目编号",
        "乡镇",
        "检查日期",
        "检查事项",
        "发现问题",
        "严重程度",
        "整改期限",
        "整改完成日期",
    ]
    rows: list[list[Cell]] = [[f"JC2026-{number:03}", *one] for number, one in enumerate(INSPECTIONS, start=1)]
    return Table("监督检查", "上党区2026年重点工程监督检查记录", "填报单位：区政府", header, rows)


def evaluations() -> Table:
    """The evaluations of 2026, made in the middle of the year."""
    header = [
        "项目编号",
        "年度",
        "评价维度",
        "满分（分）",
        "得分（分）",
        "调查人数（人）",
        "满意度（%）",
        "评价单位",
        "结果应用",
        "预算调整金额（万元）",
        "决定日期",
    ]
    rows: list[list[Cell]] = []
    for project, scores, people, satisfied, use, change, decided in EVALUATIONS:
        for (dimension, full), score in zip(DIMENSIONS, scores, strict=True):
            asked = (people, satisfied) if dimension == "效益及满意度" else (None, None)
            rows.append([project, 2026, dimension, full, score, *asked, "某评价机构（虚构）", use, change, decided])
    return Table("绩效评价", "上党区2026年度重点工程绩效评价表", "填报单位：区财政局", header, rows)


def details() -> Table:
    """Ecological details of 2026."""
    header = ["明细指标", "乡镇或断面", "指标值", "计量单位", "数据来源"]
    return Table(
        "明细", "上党区2026年度生态状况明细年报", "填报单位：区林业局、区水利局、区自然资源局", header, DETAILS
    )
