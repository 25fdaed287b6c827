"""Small workbooks for tests: written with openpyxl, normalized as production does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from contracts import contract
from contracts.places import township_name
from contracts.reference import table
from ingestion.normalize.result import NormalizedFile
from ingestion.normalize.table import normalize_table

TOWNSHIPS = [row["township_code"] for row in table("township")]
ECOLOGY_HEADER = [
    "乡镇代码",
    "乡镇",
    "土地总面积（公顷）",
    "森林面积（公顷）",
    "森林覆盖率（%）",
    "湿地面积（公顷）",
    "受保护湿地面积（公顷）",
    "湿地保护率（%）",
    "生态保护红线面积（平方千米）",
]
PROGRESS_HEADER = ["项目名称", "项目编号", "乡镇", "工程阶段", "形象进度（%）", "累计完成投资（万元）"]
WASTE_HEADER = [
    "乡镇",
    "行政村数（个）",
    "收运处置体系覆盖村数（个）",
    "农户数（户）",
    "产生量（吨）",
    "处理量（吨）",
    "处理率（%）",
]


def ecology_rows() -> list[list[Any]]:
    """Ten townships with figures that agree with each other."""
    return [
        [code, township_name(code), 4000.0 + index, 400.0, round(40000 / (4000 + index), 2), 50.0, 5.0, 10.0, 0.25]
        for index, code in enumerate(TOWNSHIPS)
    ]


def ecology_sheet(
    rows: list[list[Any]] | None = None, title: str | None = "上党区2024年生态状况年报", header: list[Any] | None = None
) -> list[list[Any]]:
    return [*([[title]] if title else []), header or ECOLOGY_HEADER, *(rows if rows is not None else ecology_rows())]


def write(
    path: Path, rows: list[list[Any]], change: Callable[[Any], None] | None = None, sheet: str = "Sheet1"
) -> Path:
    """A workbook of one sheet. change: what else to do to the worksheet (merge, format, add sheets to its parent)."""
    workbook = openpyxl.Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    worksheet.title = sheet
    for row in rows:
        worksheet.append(row)
    if change:
        change(worksheet)
    workbook.save(path)
    return path


def normalize_rows(
    folder: Path,
    rows: list[list[Any]],
    dataset: str = "ecology",
    name: str = "报表.xlsx",
    change: Callable[[Any], None] | None = None,
) -> NormalizedFile:
    """Rows as the only sheet of a workbook of this name, normalized."""
    return normalize_table(write(folder / name, rows, change), name, contract(dataset), "s1")


def found_places(normalized: NormalizedFile) -> list[tuple[str, str | None, str | None]]:
    """Findings as (rule, cell, unit)."""
    return [(item.rule_id, item.cell, item.reporting_unit) for item in normalized.findings]


def column(normalized: NormalizedFile, name: str) -> list[Any]:
    return normalized.table.column(name).to_pylist()
