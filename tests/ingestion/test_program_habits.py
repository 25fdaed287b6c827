"""Files in the ways that programs write them, and tear them: workbooks, delimited text, containers. Each is read as it is meant,
or a finding says what is in doubt.
"""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from contracts import contract
from ingestion.normalize import normalize
from tests.support.workbooks import (
    PROGRESS_HEADER,
    WASTE_HEADER,
    column,
    ecology_sheet,
    found_places,
    write,
)

# workbooks as programs write them


def with_sheet(folder: Path, old: bytes, new: bytes, rows: list[list[Any]] | None = None) -> Path:
    """A workbook in whose sheet's XML a part is replaced, once."""
    path = write(folder / "plain.xlsx", rows or ecology_sheet())
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count(old) == 1
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(old, new)
    with zipfile.ZipFile(folder / "报表.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return folder / "报表.xlsx"


def read(path: Path, dataset: str = "ecology"):
    return normalize(path, path.name, contract(dataset), "s1")


END = b"</sheetData>"


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="1048576"/>',
        b'<row r="1048576" hidden="1" ht="15"/>',
        b'<row r="240000"><c r="T240000" s="0"/></row>',
        b'<row r="1048576"><c r="XFD1048576" s="0"/></row>',
    ],
)
def test_far_rows_and_cells_that_hold_nothing_are_nothing(tmp_path, row):
    got = read(with_sheet(tmp_path, END, row + END))
    assert (got.rows_read, got.findings) == (10, [])


def test_a_blank_far_away_is_named(tmp_path):
    far = b'<row r="1048576"><c r="H1048576" t="inlineStr"><is><t> </t></is></c></row>'
    (found,) = read(with_sheet(tmp_path, END, far + END)).findings
    assert (found.rule_id, found.severity) == ("reading.stray_cell", "error") and "H1048576" in found.message


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b'<row r="4"', b'<row ht="0" customHeight="1" r="4"', ("reading.hidden_rows", "A4", None)),
        (
            b"<sheetData>",
            b'<cols><col min="4" max="4" width="0" customWidth="1"/></cols><sheetData>',
            ("reading.hidden_columns", "D2", None),
        ),
    ],
)
def test_rows_and_columns_without_a_size_are_hidden(tmp_path, old, new, found):
    assert found_places(read(with_sheet(tmp_path, old, new))) == [found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="E3"', b'<c r="D3"><v>777</v></c><c r="E3"'),
        (END, b'<row r="3"><c r="D3"><v>777</v></c></row>' + END),
    ],
)
def test_two_cells_of_one_address_are_warned_of(tmp_path, old, new):
    got = read(with_sheet(tmp_path, old, new))
    assert ("reading.cell_twice", "D3", None) in found_places(got)
    assert column(got, "forest_area_ha")[0] == 777.0


def test_a_formula_with_an_empty_result_is_nothing_in_a_text_and_held_in_a_number(tmp_path):
    formula = b'<c r="%s" t="str"><f>IF(1,"","")</f><v></v></c>'
    got = read(with_sheet(tmp_path, b'<c r="D3" t="n"><v>400</v></c>', formula % b"D3"))
    assert [(item.rule_id, item.severity, item.cell) for item in got.findings] == [
        ("reading.formula_without_value", "error", "D3")
    ]
    rows = [["上党区2025年6月"], [*PROGRESS_HEADER, "存在问题"], ["甲", "A1-01", "苏店镇", "在建", 40, 12.5]]
    path = write(tmp_path / "p.xlsx", rows)
    assert column(read(path, "project_progress"), "issues") == [None]
    for cell, held in ((formula % b"G3", []), (b'<c r="G3"><f>A1</f></c>', ["reading.formula_without_value"])):
        with_formula = with_sheet(tmp_path, b"</row></sheetData>", cell + b"</row></sheetData>", rows)
        got = read(with_formula, "project_progress")
        assert column(got, "issues") == [None]
        assert [item.rule_id for item in got.findings if item.severity == "error"] == held


# delimited text, strictly


def delimited(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


PLAIN = delimited(ecology_sheet())
LINES = PLAIN.splitlines(keepends=True)


def with_line(number: int, line: str) -> str:
    """The text with another line of this 1-based number."""
    return "".join([*LINES[: number - 1], line, *LINES[number:]])


def of_text(folder: Path, content: str | bytes):
    path = folder / "报表.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def test_a_whole_text_says_nothing(tmp_path):
    got = of_text(tmp_path, PLAIN)
    assert (got.rows_read, got.findings) == (10, [])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PLAIN[:-4], [("reading.csv_last_line", "I12")]),
        (PLAIN[:-9], [("reading.csv_last_line", "H12"), ("reading.csv_record_length", "H12")]),
        (with_line(5, LINES[4].rstrip() + ",7\r\n"), [("reading.columns_not_read", "J2"), ("reading.csv_record_length", "I5")]),
        (with_line(5, LINES[4].rsplit(",", 2)[0] + "\r\n"), [("reading.csv_record_length", "G5")]),
        (with_line(5, LINES[4].replace("4002.0", "4,002.0")), [("reading.columns_not_read", "J2"), ("reading.csv_record_length", "I5")]),
        (with_line(5, LINES[4].replace("荫城镇", '"荫城镇')), [("reading.csv_quote", None)]),
        (with_line(5, LINES[4].replace("荫城镇", '"荫城\\"镇"')), [("reading.csv_quote", None)]),
        (with_line(12, LINES[11].rstrip()[:-4] + '"0.25\n'), [("reading.csv_quote", None)]),
        (PLAIN.replace("荫", "荫\0"), [("reading.control_character", None)]),
        (PLAIN.encode()[:200] + b"\xff" + PLAIN.encode()[200:], [("reading.bad_encoding", None)]),
        (PLAIN.encode() + "苏".encode()[:2], [("reading.cut_text", None)]),
    ],
)  # fmt: skip
def test_a_text_that_is_not_whole_is_held_with_its_line_and_cause(tmp_path, content, found):
    got = of_text(tmp_path, content)
    assert [(item.rule_id, item.cell) for item in got.findings] == found
    assert any(item.severity == "error" for item in got.findings)


# containers


def test_files_that_systems_leave_in_a_zip_are_in_the_record(tmp_path):
    with zipfile.ZipFile(tmp_path / "报表.zip", "w") as archive:
        archive.writestr("生态2024.csv", PLAIN)
        for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "现场照片.jpg"):
            archive.writestr(name, b"x")
    got = read(tmp_path / "报表.zip")
    assert (got.rows_read, [(item.rule_id, item.severity, item.found) for item in got.findings]) == (
        10,
        [("reading.members_not_read", "info", "现场照片.jpg")],
    )
    assert [(one.name, one.ignored) for one in got.record.sheets if one.ignored] == [
        ("Thumbs.db、desktop.ini、.DS_Store", "操作系统的文件 (of the operating system)"),
        ("现场照片.jpg", "附件或其他文件 (an attachment or another file)"),
    ]


def test_an_empty_zip_says_that_it_is_empty(tmp_path):
    zipfile.ZipFile(tmp_path / "报表.zip", "w").close()
    (found,) = read(tmp_path / "报表.zip").findings
    assert (found.rule_id, found.found) == ("reading.unreadable", "压缩包是空的")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.4\n%\xe2\xe3", "PDF 文件"),
        (b"{\\rtf1 abc}", "RTF 文档"),
        (b"<html><table/></html>", "网页（扩展名像表格）"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "单个文件网页（MHTML）"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
    ],
)
def test_another_format_is_named_with_its_remedy(tmp_path, content, what):
    path = tmp_path / "报表.xls"
    path.write_bytes(content)
    (found,) = read(path).findings
    assert (found.rule_id, found.found) == ("reading.other_format", what)
    assert what == "图片" or "xlsx" in found.remedy


@pytest.mark.parametrize(
    "line",
    [
        "荫城镇;31;31;970;50.0;48.5;97.0",
        "荫城镇\t31\t31\t970\t50.0\t48.5\t97.0",
        '"荫城镇,31,31,970,50.0,48.5,97.0"',
        "审核中心,31,31",
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_record_that_is_cut_otherwise_is_held_with_its_line(tmp_path, line, last):
    whole = ["苏店镇,30,30,9700,100.0,97.0,97.0", "西火镇,20,20,700,10.0,9.7,97.0"]
    lines = [*whole, line] if last else [whole[0], line, whole[1]]
    text = "\n".join(["上党区2025年一季度,,,,,,", ",".join(WASTE_HEADER), *lines]) + "\n"
    (tmp_path / "报表.csv").write_text(text, encoding="utf-8")
    got = normalize(tmp_path / "报表.csv", "报表.csv", contract("rural_waste"), "s1")
    number = 2 + len(lines) if last else 4
    (found,) = [item for item in got.findings if item.rule_id == "reading.csv_record_length"]
    assert (found.severity, found.cell.lstrip("ABCDEFG")) == ("error", str(number))


def test_line_ends_of_an_old_macintosh_are_line_ends(tmp_path):
    rows = [
        "上党区2025年一季度,,,,,,",
        ",".join(WASTE_HEADER),
        "苏店镇,30,30,9700,100.0,97.0,97.0",
        "西火镇,20,20,700,10.0,9.7,97.0",
    ]
    (tmp_path / "报表.csv").write_bytes(("\r".join(rows) + "\r").encode())
    got = normalize(tmp_path / "报表.csv", "报表.csv", contract("rural_waste"), "s1")
    assert (got.rows_read, {item.rule_id for item in got.findings}) == (2, {"sheet.missing_unit"})


@pytest.mark.parametrize(
    "line",
    [
        "数据来源于统计局，自然资源局，水利局，农业农村局，林业局，审计局，财政局",
        "联系电话：,03558088123",
        "填报人：张三,2025",
    ],
)
def test_a_line_of_text_below_the_rows_may_be_short(tmp_path, line):
    text = (
        "\n".join(["上党区2025年一季度,,,,,,", ",".join(WASTE_HEADER), "苏店镇,30,30,9700,100.0,97.0,97.0", line])
        + "\n"
    )
    (tmp_path / "报表.csv").write_text(text, encoding="utf-8")
    got = normalize(tmp_path / "报表.csv", "报表.csv", contract("rural_waste"), "s1")
    assert [item for item in got.findings if item.severity == "error"] == []
    assert got.rows_read == 1
