"""Writes the circular. Called by `pipeline.build.documents`."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts.names import period_name
from contracts.reference import COUNTY_NAME
from contracts.text import text_width
from reporting.circular.charts import Chart, add_chart
from reporting.circular.figures import (
    INSPECTIONS,
    INVESTMENT,
    REVISIONS,
    Figures,
    area_table,
    project_table,
    projects,
    records,
    report_table,
    shown,
    target_table,
    targets,
)
from reporting.workbooks.subjects import SYNTHETIC, About

if TYPE_CHECKING:
    from docx.document import Document
    from duckdb import DuckDBPyConnection

CIRCULAR = "circular"
"""The folder of a build that holds it."""
BODY_FONT, HEAD_FONT, LATIN_FONT = "FangSong", "SimHei", "Times New Roman"  # 仿宋, 黑体: as official letters are set
TITLE_SIZE, HEADING_SIZE, BODY_SIZE, TABLE_SIZE = 18, 14, 12, 8  # points
MONTHS_SHOWN = 24  # of the money curve: two years
GRID = "Table Grid"
PAGE_WIDTH, MARGIN = 166, 22  # millimetres of A4 between the margins
LEAST_LINE, LONGEST_LINE = 9, 24  # half-width characters in a line of a column
HEADING_LINES = 3  # over which a heading may run


def write_circular(folder: Path, con: "DuckDBPyConnection", about: About) -> Path:
    """Write the circular of the latest month that projects report (of the build's day, where none does) into a folder; gives
    the file. con: to the published marts.
    """
    from docx import Document

    month = records(con, "select max(period) as month from mart_project_s_curve")[0]["month"]
    month = month or f"{about.as_of_date:%Y-%m}"
    document = Document()
    _styles(document, about)
    _heading(document, f"{COUNTY_NAME}国土综合整治和生态修复进展通报", 0)
    _paragraph(document, f"（{period_name(month)}；数据版本 {about.build_id}）")
    number = 0
    for write in (_targets, _areas, _projects, _inspections, _reports):
        number = write(document, con, number)
    _notes(document, con)
    target = folder / f"{month}通报.docx"
    document.save(str(target))
    return target


def _targets(document: "Document", con: "DuckDBPyConnection", charts: int) -> int:
    _heading(document, "一、规划目标")
    rows = targets(con)
    counts = Counter(row["status_zh"] for row in rows)
    _paragraph(document, f"{len(rows)} 项目标中，{_counted(counts)}。" if rows else "还没有目标数据。")
    judged = [row for row in rows if row["value"] is not None and row["target_value"]]
    if judged:
        names = [f"{row['indicator_name']}（{row['target_year']}）" for row in judged]
        percents = [100 * row["value"] / row["target_value"] for row in judged]
        least = min(range(len(judged)), key=percents.__getitem__)
        _paragraph(document, f"现值占目标值的比例最低的是{names[least]}，为 {shown(percents[least], '%')}%。")
        chart = Chart("bar", "现值占目标值的比例（%）", names, [("现值占目标值", percents)], "0.00")
        add_chart(document, chart, charts + 1, _described(names, percents, "%"))
        charts += 1
    _table(document, target_table(rows))
    return charts


def _areas(document: "Document", con: "DuckDBPyConnection", charts: int) -> int:
    _heading(document, "二、分区和乡镇")
    _paragraph(document, "下列数为累计数或现状数；各部分按印出的小数相加等于全区，整治分区、修复分区各自相加。")
    for level in ("zone", "township"):
        figures = area_table(con, level)
        if len(figures.headings) > 1:
            _table(document, figures)
            _paragraph(document, "")
    return charts


def _projects(document: "Document", con: "DuckDBPyConnection", charts: int) -> int:
    _heading(document, "三、重点工程")
    rows = projects(con)
    late = [row for row in rows if row["delay_months"]]
    if not rows:
        _paragraph(document, "还没有工程进度数据。")
        return charts
    names = "、".join(f"{row['project_name']}（滞后 {row['delay_months']} 个月）" for row in late)
    _paragraph(document, f"{len(rows)} 项重点工程中，{len(late)} 项滞后于计划{f'：{names}' if late else ''}。")
    months = records(con, INVESTMENT)[-MONTHS_SHOWN:]
    last = months[-1]
    _paragraph(
        document,
        f"截至 {period_name(last['period'])}，累计完成投资 {shown(last['invested'], '万元')} 万元，"
        f"同期计划 {shown(last['planned'], '万元')} 万元。",
    )
    periods = [row["period"] for row in months]
    series = [("累计完成投资", [row["invested"] for row in months]), ("计划投资", [row["planned"] for row in months])]
    chart = Chart("line", "全部工程累计投资（万元）", periods, series, "#,##0")
    add_chart(document, chart, charts + 1, _described(periods, series[0][1], "万元"))
    _table(document, project_table(rows))
    return charts + 1


def _inspections(document: "Document", con: "DuckDBPyConnection", charts: int) -> int:
    _heading(document, "四、监督检查")
    counts = Counter(dict(con.execute(INSPECTIONS).fetchall()))
    _paragraph(document, f"共检查 {counts.total()} 次：{_counted(counts)}。" if counts else "还没有检查记录。")
    return charts


def _reports(document: "Document", con: "DuckDBPyConnection", charts: int) -> int:
    _heading(document, "五、数据报送")
    figures = report_table(con)
    overdue = sum(int(row[3]) for row in figures.rows)
    _paragraph(document, f"逾期未报 {overdue} 份。" if figures.rows else "没有应报的报表。")
    if figures.rows:
        _table(document, figures)
    return charts


def _notes(document: "Document", con: "DuckDBPyConnection") -> None:
    _heading(document, "说明")
    changed = Counter(dict(con.execute(REVISIONS).fetchall()))
    _paragraph(
        document,
        f"与上一版相比，{changed['changed']} 个数有变化，{changed['new']} 个新出现，{changed['gone']} 个消失。",
    )
    _paragraph(document, "“暂定”：期间未结束，或应报的没有报齐。“—”：没有数据，不等于零。")
    _paragraph(document, "各数与同版的数据库、工作簿（excel/）一致；逐个单元格的来源用 warehouse explain 查看。")
    _paragraph(document, f"{SYNTHETIC}。")


def _counted(counts: Counter[str]) -> str:
    return "，".join(f"{name} {count} 项" for name, count in counts.items())


def _described(names: Sequence[str], values: Sequence[Any], measure_unit: str) -> str:
    return "；".join(
        f"{name} {shown(value, measure_unit)} {measure_unit}" for name, value in zip(names, values, strict=True)
    )


def _styles(document: "Document", about: About) -> None:
    """A4 with the fonts of official letters; the day of the build as the document's own."""
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN)
    _fonts(document.styles["Normal"], BODY_FONT)
    document.styles["Normal"].font.size = Pt(BODY_SIZE)
    made = datetime(about.as_of_date.year, about.as_of_date.month, about.as_of_date.day)
    properties = document.core_properties
    properties.title, properties.author, properties.language = f"{COUNTY_NAME}进展通报", "", "zh-CN"
    properties.created = properties.modified = made


def _fonts(style: Any, east_asian: str) -> None:
    from docx.oxml.ns import qn

    style.font.name = LATIN_FONT
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)


def _heading(document: "Document", text: str, level: int = 1) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    heading = document.add_heading(text, level)
    style: Any = heading.style
    _fonts(style, HEAD_FONT)
    style.font.size, style.font.color.rgb = Pt(HEADING_SIZE if level else TITLE_SIZE), RGBColor(0, 0, 0)
    if not level:
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(document: "Document", text: str) -> None:
    document.add_paragraph(text)


def _table(document: "Document", figures: Figures) -> None:
    """A grid whose headings come again on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = document.add_table(rows=0, cols=len(figures.headings), style=GRID)
    table.autofit = False
    widths = _widths(figures)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for line, texts in enumerate((figures.headings, *figures.rows)):
        row = table.add_row()
        if line == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths[at])
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(TABLE_SIZE), line == 0
            if line and at in figures.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(figures: Figures) -> list[float]:
    """Millimetres of each column: the page's width shared out by the texts, the longest of which take two or three lines."""
    longest = [
        max(
            text_width(heading) / HEADING_LINES,
            *(min(text_width(row[at]), LONGEST_LINE) for row in figures.rows),
            LEAST_LINE,
        )
        for at, heading in enumerate(figures.headings)
    ]
    return [PAGE_WIDTH * one / sum(longest) for one in longest]
