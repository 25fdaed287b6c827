"""Raw cells: every format, true addresses, and every way in which a file cannot be read."""

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from ingestion.readers import workbook_xls
from ingestion.readers.cells import a1, column_letters, position
from ingestion.readers.tabular import UnreadableFile, read_workbook
from ingestion.readers.zip_members import MAX_MEMBERS
from ingestion.sniff import sniff
from tests.support.answers import SAMPLES
from tests.support.other_layouts.grid import Sheet
from tests.support.other_layouts.xls import FORMULA_WITHOUT_VALUE, _compound, _workbook, write_xls
from tests.support.workbooks import write

LINES = "乡镇,森林面积\n苏店镇,12.5\n"


def read_bytes(folder: Path, content: bytes, name: str = "file.xlsx"):
    path = folder / name
    path.write_bytes(content)
    return read_workbook(path)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_an_address_names_its_cell_and_no_other(row, column):
    assert position(a1(row, column)) == (row, column)


def test_column_letters_turn_over():
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_leading_blank_rows_and_columns_do_not_shift_addresses(tmp_path):
    (sheet,) = read_workbook(
        write(tmp_path / "a.xlsx", [[], [], [None, None, "乡镇", 5.0], [], [None, None, None, 6.0]])
    )
    assert [(row.no, row.at(3), row.at(4), row.at(9)) for row in sheet.rows] == [
        (3, "乡镇", 5.0, None),
        (5, None, 6.0, None),
    ]


def test_merged_ranges_formulas_percent_formats_and_errors(tmp_path):
    def change(worksheet):
        worksheet.merge_cells("A1:B1")
        worksheet["B2"] = "=1+1"
        worksheet["C2"] = 0.972
        worksheet["C2"].number_format = "0.00%"
        worksheet["D2"] = "#DIV/0!"
        worksheet["E2"] = 0.5
        worksheet["E2"].number_format = '0.0"%"'  # shows a sign without multiplying
        hidden = worksheet.parent.create_sheet("草稿")
        hidden["A1"] = "x"
        hidden.sheet_state = "hidden"

    sheet, hidden = read_workbook(write(tmp_path / "a.xlsx", [["标题"], ["值"]], change))
    assert [merged.address for merged in sheet.merged] == ["A1:B1"]
    assert sheet.formula_without_value == {(2, 2)}
    assert sheet.shown_as_percent == {(2, 3)}
    assert sheet.rows[1].values == ("值", None, 0.972, "#DIV/0!", 0.5)
    assert (sheet.hidden, hidden.hidden, hidden.name) == (False, True, "草稿")


def test_formulas_percent_formats_and_errors_of_an_xls(tmp_path):
    """A formula that was never computed is found; a text of no letters, which other programs write, is a blank cell."""
    first, second, hidden = Sheet("一"), Sheet("二"), Sheet("草稿", hidden=True)
    first.put(1, 1, "乡镇")
    first.put(2, 1, "")
    first.put(2, 2, 0.972, "0.00%")
    first.put(2, 3, 0.5, '0.0"%"')  # shows a sign without multiplying
    first.put(3, 2, "#DIV/0!")
    first.put(3, 3, True)
    first.merge(1, 1, 1, 3)
    second.put(2, 2, FORMULA_WITHOUT_VALUE)
    second.put(2, 3, 1.5)
    hidden.put(1, 1, "x")
    one, two, three = read_workbook(write_xls(tmp_path / "a.xls", [first, second, hidden]))
    assert [(row.no, row.values) for row in one.rows] == [
        (1, ("乡镇",)),
        (2, (None, 0.972, 0.5)),
        (3, (None, "#DIV/0!", True)),
    ]
    assert [merged.address for merged in one.merged] == ["A1:C1"]
    assert (one.shown_as_percent, one.formula_without_value) == ({(2, 2)}, frozenset())
    assert two.formula_without_value == {(2, 2)}
    assert [(row.no, row.values) for row in two.rows] == [(2, (None, None, 1.5))]
    assert (one.hidden, three.hidden, three.name) == (False, True, "草稿")


DATE_FORMATS = [
    "yyyy-mm-dd",
    "yyyy/m/d h:mm",
    "h:mm:ss",
    "[h]:mm:ss",
    'yyyy"年"m"月"d"日"',
    "yyyy年m月",
    "[$-804]m/d",
    "0.00_ ",
]
DAYS = [45000, 45000.5, 0.25, 0, 59, 60, 61.123456, 1.5, -1, 45000.999999999, 3_000_000]


def by_calamine(path: Path) -> list[list]:
    """Every cell of every sheet as another library reads it."""
    workbook = python_calamine.load_workbook(str(path))
    return [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_of_an_xls_are_those_of_another_library(tmp_path, is_1904):
    sheet = Sheet()
    for row, number_format in enumerate(DATE_FORMATS, start=1):
        for column, days in enumerate(DAYS, start=1):
            sheet.put(row, column, days, number_format)
    path = write_xls(tmp_path / "a.xls", [sheet], is_1904)
    (read,) = read_workbook(path)
    assert read.is_1904 == is_1904
    assert [list(row.values) for row in read.rows] == by_calamine(path)[0]
    assert [type(value) for value in read.rows[0].values] == [type(value) for value in by_calamine(path)[0][0]]


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.xls")), ids=lambda path: path.name)
def test_an_xls_is_read_as_another_library_reads_it(path):
    for sheet, others in zip(read_workbook(path), by_calamine(path), strict=True):
        ours = {row.no: row for row in sheet.rows}
        assert all(
            (ours[number].at(column) if number in ours else None) == (value if value != "" else None)
            for number, row in enumerate(others, start=1)
            for column, value in enumerate(row, start=1)
        )
        assert max(ours) <= len(others)


def hidden_sheet() -> Sheet:
    sheet = Sheet(hidden_rows={2, 3, 5}, hidden_columns={2, 4})
    for row in range(1, 7):
        for column in range(1, 6):
            sheet.put(row, column, 1.5)
    return sheet


def test_hidden_rows_and_columns_are_read_and_reported(tmp_path):
    def change(worksheet):
        for row in hidden_sheet().hidden_rows:
            worksheet.row_dimensions[row].hidden = True
        worksheet.column_dimensions.group("B", "C", hidden=True)

    xlsx, xls = tmp_path / "a.xlsx", write_xls(tmp_path / "a.xls", [hidden_sheet()])
    (new,), (old,) = read_workbook(write(xlsx, [[1.5] * 5] * 6, change)), read_workbook(xls)
    assert (new.hidden_rows, new.hidden_columns) == (((2, 3), (5, 5)), ((2, 3),))
    assert (old.hidden_rows, old.hidden_columns) == (((2, 3), (5, 5)), ((2, 2), (4, 4)))
    assert new.rows == old.rows and len(new.rows) == 6


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ('hidden="1" r="2"', ((2, 2),)),
        ("r='2' ht='0' hidden='true'", ((2, 2),)),
        ('r="2" hidden="false"', ()),
        ('r="2" hidden="0"', ()),
        ('r="2" spans="1:2"', ()),
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_row_is_hidden_however_its_tag_is_written(tmp_path, attributes, hidden, prefix):
    xmlns = f'xmlns{":x" if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row {attributes}><c r="A2"><v>2</v></c></row>'
    columns = '<cols><col min="1" max="1" width="9"/><col hidden="1" max="16384" min="3"/></cols>'
    sheet = f"<worksheet {xmlns}>{columns}<sheetData>{rows}</sheetData></worksheet>"
    if prefix:
        sheet = re.sub(r"<(/?)(?=\w)", r"<\1x:", sheet)
    with zipfile.ZipFile(write(tmp_path / "a.xlsx", [[1.0]])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | {
            "xl/worksheets/sheet1.xml": sheet.encode()
        }
    (read,) = read_bytes(tmp_path, zipped(members))
    assert (read.hidden_rows, read.hidden_columns, len(read.rows)) == (hidden, ((3, 16384),), 2)


def test_a_formula_with_its_value_is_a_value():
    sheets = read_workbook(SAMPLES / "traps/ecology/生态2025（公式无缓存）.xlsx")
    assert sheets[0].formula_without_value == {(6, 4), (6, 5)}
    assert (
        read_workbook(SAMPLES / "clean/ecology/上党区2023年生态状况年报.xlsx")[0].formula_without_value == frozenset()
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_csv_encodings(tmp_path, encoding):
    (sheet,) = read_bytes(tmp_path, LINES.encode(encoding), "a.csv")
    assert (sheet.name, [row.values for row in sheet.rows]) == (None, [("乡镇", "森林面积"), ("苏店镇", "12.5")])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_characters(tmp_path, encoding):
    text = "一、第一季度,二〇二六年\r\n" + LINES  # 一 is U+4E00, one of whose bytes is zero
    (sheet,) = read_bytes(tmp_path, text.encode(encoding), "a.csv")
    assert [row.values for row in sheet.rows] == [
        ("一、第一季度", "二〇二六年"),
        ("乡镇", "森林面积"),
        ("苏店镇", "12.5"),
    ]
    (tmp_path / "b.csv").write_bytes(text.encode(encoding))
    assert {"乡镇", "森林面积"} <= sniff(tmp_path / "b.csv").words


def test_zero_bytes_alone_make_no_utf_16(tmp_path):
    with pytest.raises(UnreadableFile) as error:
        read_bytes(tmp_path, bytes(range(256)) * 8, "a.csv")
    assert error.value.rule_id == "reading.not_text"


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "，"])
def test_csv_delimiters_and_blank_lines_keep_numbers(tmp_path, delimiter):
    text = ("\n" + LINES).replace(",", delimiter)
    (sheet,) = read_bytes(tmp_path, text.encode(), "a.tsv")
    assert [(row.no, len(row.values)) for row in sheet.rows] == [(2, 2), (3, 2)]


def test_what_a_file_is_does_not_depend_on_its_name(tmp_path):
    xls = (SAMPLES / "clean/ecology/2025生态年报-上党.xls").read_bytes()
    assert len(read_bytes(tmp_path, xls, "wrong.csv")[0].rows) == 16
    assert read_bytes(tmp_path, LINES.encode(), "wrong.xlsx")[0].name is None


def moved(content: bytes, moves: dict[str, str]) -> bytes:
    """A workbook with some of its parts under other names, its relationships changed accordingly."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for old, new in moves.items():
        for name in [name for name in members if name.endswith(".rels")]:
            members[name] = members[name].replace(old.encode(), new.encode())
        members = {name.replace(old, new): inside for name, inside in members.items()}
    return zipped(members)


@pytest.mark.parametrize(
    "moves",
    [
        {},
        {"worksheets/sheet1.xml": "data/one.xml"},
        {"xl/": "book/"},
        {"styles.xml": "Shown.xml"},
    ],
)
def test_parts_of_a_workbook_are_found_by_its_relationships(tmp_path, moves):
    def change(worksheet):
        worksheet["B1"] = 0.972
        worksheet["B1"].number_format = "0.00%"
        worksheet["C1"] = "=1+1"

    content = moved(write(tmp_path / "a.xlsx", [["值"]], change).read_bytes(), moves)
    (sheet,) = read_bytes(tmp_path, content)
    assert sheet.rows[0].values[:2] == ("值", 0.972)
    assert (sheet.shown_as_percent, sheet.formula_without_value) == ({(1, 2)}, {(1, 3)})


def test_names_of_parts_differ_by_case_alone(tmp_path):
    """Parts are named without regard to case; two of one name are refused, as parsers would take different ones."""
    content = write(tmp_path / "a.xlsx", [[1.0]]).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members.pop("xl/worksheets/sheet1.xml")
    assert read_bytes(tmp_path, zipped(members | {"XL\\Worksheets\\SHEET1.XML": sheet}))[0].rows[0].values == (1.0,)
    with pytest.raises(UnreadableFile, match="重名"):
        read_bytes(tmp_path, zipped(members | {"xl/worksheets/sheet1.xml": sheet, "xl/worksheets/Sheet1.xml": sheet}))


def test_cells_without_an_address_stand_one_after_the_other(tmp_path):
    rows = "<row><c><v>1</v></c><c t='e'><v>#N/A</v></c></row><row hidden='1'><c><f>A1</f></c><c r='D2'><f>A1</f></c><c><f>A1</f></c></row>"
    xmlns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(write(tmp_path / "a.xlsx", [[1.0]])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = f"<worksheet {xmlns}><sheetData>{rows}</sheetData></worksheet>".encode()
    (sheet,) = read_bytes(tmp_path, zipped(members))
    assert sheet.rows[0].values[:2] == (1.0, "#N/A")
    assert (sheet.formula_without_value, sheet.hidden_rows) == ({(2, 1), (2, 4), (2, 5)}, ((2, 2),))


def test_a_zip_with_one_table_and_attachments(tmp_path):
    content = zipped(
        {
            "台账/附件.csv": LINES.encode("gb18030"),
            "照片/1.jpg": b"\xff\xd8",
            "__MACOSX/._a.csv": b"x",
            "~$a.xlsx": b"x",
        }
    )
    assert read_bytes(tmp_path, content, "a.zip")[0].rows[1].at(1) == "苏店镇"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "空的"),
        (b" \n ", "空的"),
        (b"PK\x03\x04" + b"\0" * 40, "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (zipped({"a.csv": b"x", "b.csv": b"y"}), "2 个"),
        (zipped({"a.jpg": b"x"}), "0 个"),
        (zipped({f"{number}.jpg": b"" for number in range(MAX_MEMBERS)} | {"a.csv": b"x"}), "多于"),
        (zipped({"a.csv": zipped({"b.csv": b"x"})}), "不是 Excel"),
        (
            zipped({"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "xl/_rels/workbook.xml.rels": b"<a/>"}),
            "外部实体",
        ),
        (zipped({"xl/workbook.xml": b"<broken", "xl/_rels/workbook.xml.rels": b"<a/>"}), "损坏"),
    ],
)
def test_unreadable_files_say_why(tmp_path, content, detail):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(tmp_path, content)
    rules = {"密码": "reading.password", "2 个": "reading.not_one_report", "0 个": "reading.not_one_report"}
    assert caught.value.rule_id == rules.get(detail, "reading.unreadable")
    assert detail in caught.value.detail
    assert "Error" not in caught.value.detail


@pytest.mark.parametrize(
    ("content", "rule_id", "detail"),
    [
        (b"<html><body><table><tr><td>1</td></tr></table>", "reading.other_format", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "reading.other_format", "XML"),
        (b"%PDF-1.7 ...", "reading.other_format", "PDF"),
        (b"{\\rtf1\\ansi}", "reading.other_format", "RTF"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "reading.other_format", "图片"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "reading.other_format", "MHTML"),
        (b"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'>", "reading.other_format", "KML"),
        (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "reading.other_format", "Word"),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
            "reading.other_format",
            "ods",
        ),
        (bytes(range(256)) * 8, "reading.not_text", ""),
        ("乡镇,森林".encode()[:-1], "reading.cut_text", "1"),
        ("乡镇,森林\n一,二".encode("gb18030")[:-1], "reading.cut_text", "2"),
        ("乡镇,森林面积\n韩店\0街道,2\n".encode(), "reading.control_character", "第 2 行（U+0000）"),
        ("乡镇,森林面积,湿地面积\n".encode() + b"\xff\xfe,1,2\n", "reading.bad_encoding", "第 2 行"),
        ('乡镇,备注\n韩店街道,"未完\n苏店镇,好\n'.encode(), "reading.csv_quote", "2–3"),
        ('乡镇,备注\n韩店街道,"完"了\n'.encode(), "reading.csv_quote", "2"),
        ('乡镇,备注\n韩店街道,"说 \\"好\\" 了"\n'.encode(), "reading.csv_quote", "2"),
        ('乡镇,面积,备注\n韩店街道,1,"一\n苏店镇,2,二\n荫城镇,3,三"\n'.encode(), "reading.csv_quote", "2–4"),
    ],
)
def test_what_is_no_table_is_named_with_its_cause_and_place(tmp_path, content, rule_id, detail):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(tmp_path, content)
    assert (caught.value.rule_id, detail in caught.value.detail) == (rule_id, True), caught.value.detail


def test_a_text_that_does_not_end_is_read_and_asked_about(tmp_path):
    (whole,) = read_bytes(tmp_path, "乡镇,面积\n韩店街道,14700.50\n".encode(), "a.csv")
    (cut,) = read_bytes(tmp_path, "乡镇,面积\n韩店街道,1470".encode(), "a.csv")
    assert (whole.faults, cut.is_delimited) == ((), True)
    assert [(fault.rule_id, fault.cell, fault.operands) for fault in cut.faults] == [
        ("reading.csv_last_line", "B2", {"found": "1470"})
    ]


def test_the_delimiter_is_what_cuts_the_records_alike(tmp_path):
    """Texts full of another one do not count."""
    text = "编号,问题，整改\n1,渗水，开裂，沉降\n2,无\n3,安全，标志，不全，少，缺\n"
    assert [row.values for row in read_bytes(tmp_path, text.encode(), "a.csv")[0].rows][1] == ("1", "渗水，开裂，沉降")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.98])
@pytest.mark.parametrize(
    "sample", ["clean/ecology/2025生态年报-上党.xls", "clean/ecology/上党区2023年生态状况年报.xlsx"]
)
def test_a_torn_workbook_is_never_read_in_part(tmp_path, sample, share):
    content = (SAMPLES / sample).read_bytes()
    with pytest.raises(UnreadableFile):
        read_bytes(tmp_path, content[: int(len(content) * share)])


def test_a_sheet_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.readers.cells.MAX_CELLS", 21)
    for count in (3, 4):
        write(tmp_path / f"{count}.xlsx", [[1.0] * 7] * count)
        (tmp_path / f"{count}.csv").write_text("1,2,3,4,5,6,7\n" * count)
        (tmp_path / f"{count}.xls").write_bytes(_xls(count, 7))
    for ending in ("xlsx", "csv", "xls"):
        assert len(read_workbook(tmp_path / f"3.{ending}")[0].rows) == 3
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(tmp_path / f"4.{ending}")
        assert caught.value.rule_id == "reading.timeout" and "21 个单元格" in caught.value.detail


def _xls(rows: int, columns: int) -> bytes:
    sheet = Sheet()
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            sheet.put(row, column, 1.5)
    return _compound(_workbook([sheet], False))


@pytest.mark.parametrize(
    ("cells", "is_refused"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="6"><c r="G6"><v>1</v></c></row>', False),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="7"><c r="G7"><v>1</v></c></row>', True),
        ('<row r="2"><c r="AB2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>', True),
        ("<row/>" * 6 + "<row>" + "<c/>" * 5 + "<c><v>1</v></c></row>", False),
        ("<x:row/>" * 6 + "<x:row>" + "<x:c/>" * 5 + '<x:c r="G7"><x:v>1</x:v></x:c></x:row>', True),
    ],
)
def test_cells_that_lie_too_far_apart_are_refused_before_they_are_parsed(tmp_path, monkeypatch, cells, is_refused):
    monkeypatch.setattr("ingestion.readers.cells.MAX_CELLS", 21)
    prefix = "x:" if "x:" in cells else ""
    xmlns = f'xmlns{":x" if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<{prefix}worksheet {xmlns}><{prefix}sheetData>{cells}</{prefix}sheetData></{prefix}worksheet>"
    with zipfile.ZipFile(write(tmp_path / "a.xlsx", [[1.0]])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | {
            "xl/worksheets/sheet1.xml": sheet.encode()
        }
    if not is_refused:
        assert read_bytes(tmp_path, zipped(members))[0].rows
        return
    monkeypatch.setattr("python_calamine.load_workbook", lambda _: pytest.fail("parsed"))
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(tmp_path, zipped(members))
    assert caught.value.rule_id in ("reading.timeout", "reading.stray_cell")


def test_a_workbook_with_a_password_inside_a_zip_entry(tmp_path):
    workbook = openpyxl.Workbook()
    buffer = io.BytesIO()
    workbook.save(buffer)
    content = bytearray(buffer.getvalue())
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # set the encryption bit of every entry
        start = content.find(marker)
        while start >= 0:
            content[start + offset] |= 1
            start = content.find(marker, start + 4)
    with pytest.raises(UnreadableFile, match="密码"):
        read_bytes(tmp_path, bytes(content))


def test_rows_and_columns_of_no_size_are_hidden_in_an_old_workbook() -> None:
    """By xlrd's account of them, whose sizes are those of the file: a twentieth of a point, a part of a character."""
    rows = {0: (0, 255), 3: (0, 0), 4: (0, 19), 5: (0, 20), 8: (1, 255), 9: (0, None)}
    account = {number: SimpleNamespace(hidden=hidden, height=height) for number, (hidden, height) in rows.items()}
    assert workbook_xls._hidden(account, "height", workbook_xls.LEAST_HEIGHT) == ((4, 5), (9, 9))


def test_comments_of_an_old_workbook_are_read() -> None:
    notes = {(2, 5): SimpleNamespace(text="上年数"), (3, 5): SimpleNamespace(text="")}
    assert workbook_xls._comments(SimpleNamespace(cell_note_map=notes)) == {(3, 6): "上年数"}


def test_comments_margins_and_sizes_of_a_workbook_are_read(tmp_path):
    def change(worksheet):
        worksheet["B2"].comment = openpyxl.comments.Comment("单位：千克", "审核")
        worksheet.oddHeader.center.text = "征求意见稿"
        worksheet.oddHeader.center.size = 14
        worksheet.oddFooter.right.text = "第 &P 页"
        worksheet.row_dimensions[2].height = 0.5
        worksheet.column_dimensions["B"].width = 0.5

    (sheet,) = read_workbook(write(tmp_path / "a.xlsx", [["标题", 1], ["值", 2]], change))
    assert sheet.comments == {(2, 2): "单位：千克"}
    assert [text.split() for text in sheet.margins] == [["征求意见稿"], ["第", "页"]]
    assert (sheet.hidden_rows, sheet.hidden_columns) == (((2, 2),), ((2, 2),))
