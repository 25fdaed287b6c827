"""The workbooks of a build: for each subject (a group of dbt's) a contents sheet, notes, a sheet a mart, what each column means,
and the codes. Called by `pipeline.build.documents`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts.reference import COUNTY_NAME
from reporting.code_lists import code_lists
from reporting.headings import Column, Table, headings, tables
from reporting.mart_models import Balance, Subject, balances, subjects
from reporting.workbooks.balance import printed_values
from reporting.workbooks.book import Book, Sheet, sheet_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXCEL = "excel"
"""The folder of a build that holds them."""
CONTENTS, NOTES, COLUMNS, CODES = "目录", "说明", "列的含义", "代码"
TEXT = "VARCHAR"
BALANCED = "（调平）"
BALANCED_MEANING = (
    "按小数位数取整，各部分之和等于整体；算法见“说明” / Rounded so that the parts add up to the whole; empty for ratios"
)
SYNTHETIC = (
    "用样例（samples/）建的版本，计量数据均为模拟，非官方统计；真实的只有代码、名称和规划目标 "
    "(in a build of the samples every measurement is synthetic; only codes, names and the plan's targets are real)"
)
READING = (
    ("空单元格", "没有数据，不等于零 (an empty cell: no data, which is not zero)"),
    (
        "数",
        "单元格里是完整精度的数，与发布的库完全相同；显示的小数位数随单位 (cells hold the full figures of the database)",
    ),
    (
        "调平",
        "标“（调平）”的列用于印制：整体先四舍五入；各部分先舍去末位以后，余下的末位依次加给舍去最多的部分。各部分与准确数相差不到一个末位，"
        "合计与整体一致 (columns so marked are for print: the last digits left by rounding down go to the parts that lost most)",
    ),
    (
        "不可相加",
        "分区有整治、修复两套，只在同一套内相加；分片与其乡镇不要同时相加；百分数不可相加 "
        "(add zones of one zoning only, never parts and their township, never percentages)",
    ),
    (
        "暂定",
        "“是否暂定”为“是”：期间未结束，或应报的没有报齐 (provisional: the period is open, or reports are missing)",
    ),
    ("分摊", "“是否分摊”为“是”：有按面积分摊的部分，“分摊占比”是它占多少 (allocated: shared out by measured area)"),
    ("样例", SYNTHETIC),
)


@dataclass(frozen=True)
class About:
    """What a workbook says of its build. as_of_date: the day by which reports were expected."""

    build_id: str
    as_of_date: date


def write_workbooks(folder: Path, con: "DuckDBPyConnection", about: About) -> list[Path]:
    """Write a workbook a subject into a folder that is there; gives the files. con: to the published marts."""
    known = tables(con)
    written = []
    for subject in subjects():
        marts = [known[name] for name in subject.marts if name in known]
        if marts:
            written.append(folder / f"{subject.title}.xlsx")
            _write(written[-1], con, about, subject, marts)
    return written


def _write(target: Path, con: "DuckDBPyConnection", about: About, subject: Subject, marts: Sequence[Table]) -> None:
    names: list[str] = [CONTENTS, NOTES, COLUMNS, CODES]
    sheets = []
    for mart in marts:
        names.append(sheet_name(mart.title, names))
        sheets.append(_mart_sheet(con, mart, names[-1]))
    title = f"{COUNTY_NAME}国土综合整治和生态修复监测：{subject.title}"
    with Book(target, title, subject.about, about.as_of_date, CONTENTS) as book:
        book.add(_contents(title, subject, about, sheets))
        book.add(_table(NOTES, "怎样读这些表", (), ("项目 Subject", "说明 Note"), READING, "notes"))
        for sheet in sheets:
            book.add(sheet)
        book.add(_meanings(sheets))
        book.add(_codes())


def _contents(title: str, subject: Subject, about: About, sheets: Sequence[Sheet]) -> Sheet:
    lines = (
        subject.about,
        f"版本 Build：{about.build_id}；应报情况截至 As of：{about.as_of_date.isoformat()}",
        SYNTHETIC,
        f"本表是目录，共 {len(sheets) + 3} 张工作表；点名称跳转 (contents: the names lead to the worksheets)",
    )
    rows: list[tuple[Any, ...]] = [(NOTES, "怎样读这些表 / How to read the tables", None, None)]
    rows += [(one.name, one.lines[1] if len(one.lines) > 1 else one.title, len(one.rows), one.table) for one in sheets]
    rows += [(COLUMNS, "每一列的单位和含义 / Unit and meaning of every column", None, None)]
    rows += [(CODES, "代码和名称 / Codes and their names", None, None)]
    sheet = _table(CONTENTS, title, lines, ("工作表 Worksheet", "内容 Contents"), rows, "contents")
    columns = (*sheet.columns, Column("rows", "BIGINT", "行数 Rows"), Column("mart", TEXT, "库中的表 Table"))
    return replace(sheet, columns=columns, links=tuple(row[0] for row in rows))


def _mart_sheet(con: "DuckDBPyConnection", mart: Table, name: str) -> Sheet:
    """A mart as it is; with the printed values of a column that adds up behind it."""
    rows: list[tuple[Any, ...]] = con.execute(f'from "{mart.name}"').fetchall()
    columns = list(mart.columns)
    if (rule := balances().get(mart.name)) is not None:
        columns, rows = _with_printed(con, rule, columns, rows)
    nothing = "" if rows else "没有记录 (no rows)。"
    lines = (
        f"{nothing}本表一个表格，{len(rows):,} 行，{len(columns)} 列；空单元格是没有数据，不是零 "
        f"(one table of {len(rows):,} rows and {len(columns)} columns; empty cells mean no data)",
        mart.about,
    )
    return Sheet(name, mart.title, lines, columns, rows, mart.name)


def _with_printed(
    con: "DuckDBPyConnection", rule: Balance, columns: list[Column], rows: list[tuple[Any, ...]]
) -> tuple[list[Column], list[tuple[Any, ...]]]:
    names = [one.name for one in columns]
    wholes = con.execute(f'from "{rule.whole}"')
    whole_names = [one[0] for one in wholes.description or ()]
    printed = printed_values(
        rule,
        [dict(zip(names, row, strict=True)) for row in rows],
        [dict(zip(whole_names, row, strict=True)) for row in wholes.fetchall()],
    )
    at = names.index(rule.column) + 1
    of = columns[at - 1]
    added = replace(of, name=f"{of.name}_balanced", title=f"{of.title}{BALANCED}", meaning=BALANCED_MEANING)
    values = [None if value is None else float(value) for value in printed]
    return (
        [*columns[:at], added, *columns[at:]],
        [(*row[:at], value, *row[at:]) for row, value in zip(rows, values, strict=True)],
    )


def _meanings(sheets: Sequence[Sheet]) -> Sheet:
    rows = [
        (sheet.name, heading, column.meaning, column.name)
        for sheet in sheets
        for heading, column in zip(headings(sheet.columns), sheet.columns, strict=True)
    ]
    named = ("工作表 Worksheet", "列 Column", "含义 Meaning", "库中的列 Name")
    return _table(
        COLUMNS, "列的含义", ("每张工作表的每一列 (every column of every worksheet)",), named, rows, "columns"
    )


def _codes() -> Sheet:
    rows = [
        (one.title, code.code, code.name_zh, code.name_en, code.meaning) for one in code_lists() for code in one.codes
    ]
    named = ("代码表 List", "代码 Code", "名称", "Name", "含义")
    return _table(CODES, "代码", ("各列中的代码和名称 (codes in the columns, and their names)",), named, rows, "codes")


def _table(
    name: str, title: str, lines: tuple[str, ...], named: tuple[str, ...], rows: Sequence[tuple[Any, ...]], table: str
) -> Sheet:
    """A sheet of texts."""
    return Sheet(name, title, lines, [Column(heading, TEXT, heading) for heading in named], rows, table)
