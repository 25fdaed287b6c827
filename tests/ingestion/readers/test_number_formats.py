"""Number formats that show another number than the cell holds, and those that show the same."""

from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from ingestion.normalize import normalize
from ingestion.readers.cells import shown_by_format
from tests.support.workbooks import TOWNSHIPS, write

HEADER = [
    "乡镇代码",
    "行政村数（个）",
    "收运处置体系覆盖村数（个）",
    "产生量（吨）",
    "无害化处理量（吨）",
    "处理率（%）",
]


def shown_otherwise(folder: Path, column: str, number_format: str) -> set[str]:
    rows: list[list[Any]] = [["上党区2025年三季度农村生活垃圾处理季报"], HEADER]
    rows += [[code, 30, 28, 1000.0, 900.0, 90.0] for code in TOWNSHIPS]
    path = write(folder / "表.xlsx", rows, lambda sheet: setattr(sheet[f"{column}4"], "number_format", number_format))
    got = normalize(path, path.name, contract("rural_waste"), "s1")
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}
    assert {item.rule_id for item in got.findings if item.severity == "error"} <= {"reading.shown_otherwise"}
    return {str(item.cell) for item in got.findings if item.rule_id == "reading.shown_otherwise"}


@pytest.mark.parametrize(
    "number_format",
    ['"-"0.0', "-0.0", "(0.0)", '"("0.0")"', r"\-0.0", "0.0-", "0.0%", "0%", '0.0"吨/日"', '0.0"千克"', '"约"0', '0"余吨"',
     '[>=1000]0.0,"千吨";0.0"吨"', '0.0,"千吨"', '"计划"0.0'],
)  # fmt: skip
def test_another_number_is_asked_about(tmp_path: Path, number_format: str) -> None:
    assert shown_otherwise(tmp_path, "D", number_format) == {"D4"}


@pytest.mark.parametrize(
    ("column", "number_format"),
    [
        ("D", '0.0"吨"'),
        ("D", '0.0" 吨"'),
        ("D", "#,##0.00_);(#,##0.00)"),
        ("D", "#,##0.00;-#,##0.00"),
        ("D", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '),
        ("D", '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'),
        ("D", "[Red]0.0"),
        ("D", '0.0;[红色]"-"0.0'),
        ("B", '0"个"'),
        ("B", '0"个村"'),
        ("A", '0"号"'),
    ],
)
def test_the_same_number_is_read(tmp_path: Path, column: str, number_format: str) -> None:
    assert shown_otherwise(tmp_path, column, number_format) == set()


@pytest.mark.parametrize(
    "code", ['yyyy"年"m"月"', "yyyy-mm-dd", "General", "@", "0.00E+00", "[$-804]yyyy年m月d日", "h:mm"]
)
def test_formats_of_dates_and_texts_show_what_is_held(code: str) -> None:
    assert shown_by_format(code) is None
