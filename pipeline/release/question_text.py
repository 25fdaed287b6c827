"""What an approver reads in Airflow: the subject of a question and, as Markdown, what its build would sign, change and
close. orchestration.approval asks for it.
"""

from collections.abc import Sequence
from typing import Any

from contracts.names import period_name
from contracts.reference import COUNTY_CODE, COUNTY_NAME, lookup
from pipeline.release import approve as approving
from pipeline.release.approve import shown_value
from pipeline.release.published import report_of
from pipeline.release.question import Question
from warehouse.editions import UnknownBuild
from warehouse.home import Home

BOARD = "mart_target_progress"
SHOWN_COLUMNS = {"value": "现值", "status": "状态"}
"""Of the target board, what an approver reads first; `warehouse diff` lists every figure."""
SHOWN_PERIODS = 12
HEADING = ("指标", "内容", "原", "今", "单位")


def text_of(home: Home, asked: Question) -> tuple[str, str]:
    """The subject and the Markdown body of a question. Raises UnknownBuild, where its build is gone."""
    found = approving.preview(home, asked.build_id, period=asked.period)
    subject = f"是否批准{COUNTY_NAME} {period_name(asked.period)} 的数据为版次 {found.edition}？"
    parts = [
        f"构建 `{asked.build_id}`，批准后成为版次 **{found.edition}**，永久保存。",
        *_changed(found),
        *_closing(found),
        *_further(home, asked, found),
        "“批准”即以您的登录名签署这一次构建；“退回”不改变任何东西，请在意见（comment）中写明原因。",
    ]
    return subject, "\n\n".join(parts)


def _changed(found: approving.Preview) -> list[str]:
    """What differs from the last edition: a table of the district's targets, and how many other figures."""
    if found.against is None:
        return ["此前没有版次可比。"]
    rows = list(dict.fromkeys(filter(None, map(_row, found.differing))))
    said = [
        f"与版次 **{found.against}** 相比，全区目标的现值和状态有 {len(rows)} 处不同；数字共 {found.changes} 个不同或新增。"
    ]
    if rows:
        said.append("\n".join([_line(HEADING), _line(["---"] * len(HEADING)), *map(_line, rows)]))
    return said


def _row(row: dict[str, Any]) -> tuple[str, ...] | None:
    """A changed figure as the table shows it; None for what is no value or status of a target of the district, or differs
    beyond what is printed.
    """
    if row["figure"] != BOARD or row["area_code"] != COUNTY_CODE or row["code"] not in SHOWN_COLUMNS:
        return None
    indicator, _, year = row["item"].partition(";")
    values = [shown_value(row, side) for side in ("before", "after")]
    what = SHOWN_COLUMNS[row["code"]]
    if row["code"] == "status":
        words = lookup("target_status", "status", "status_zh")
        values, what = [words.get(one, one) for one in values], f"{year} 年目标的{what}"
    name = lookup("indicator", "indicator_code", "name_zh").get(indicator, indicator)
    return None if values[0] == values[1] else (name, what, *values, row["measure_unit"] or "")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '｜') for cell in cells)} |"


def _closing(found: approving.Preview) -> list[str]:
    """Which reporting periods close, and which stay open."""
    whole = [" ".join(one) for one in found.closing.whole]
    said = [f"将关闭 {len(whole)} 个期次：{_some(whole)}。" if whole else "没有期次将关闭。"]
    if lacking := [" ".join(one) for one in found.closing.incomplete]:
        said.append(f"仍缺报、不关闭的期次 {len(lacking)} 个：{_some(lacking)}。")
    return said


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:SHOWN_PERIODS]) + (f" 等 {len(names)} 个" if len(names) > SHOWN_PERIODS else "")


def _further(home: Home, asked: Question, found: approving.Preview) -> list[str]:
    """Where the report lies, and the command that lists every difference."""
    said = []
    try:
        said.append(f"报告：`{report_of(home, asked.build_id, 'zh')}`")
    except UnknownBuild:
        said.append("这次构建没有报告。")
    if found.against:
        said.append(f"全部差别：`warehouse diff {found.against} {asked.build_id}`")
    return said
