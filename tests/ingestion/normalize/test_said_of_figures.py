"""Notes, captions, remarks, comments and margins that say that figures are not what they seem: asked about or told, and read as they
stand.
"""

from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from contracts import contract
from ingestion.normalize import NormalizedFile, normalize
from ingestion.normalize.said_of_figures import ESTIMATED, OTHERWISE, said_in_caption, said_in_note, said_in_remark
from tests.support.layer_files import cell
from tests.support.layer_files import write as write_layer
from tests.support.workbooks import TOWNSHIPS, write

WASTE = contract("rural_waste")
HEADER = ["乡镇代码", "行政村数（个）", "收运处置体系覆盖村数（个）", "产生量（吨）", "无害化处理量（吨）"]
TITLE = "上党区2025年三季度农村生活垃圾处理季报"
FIRST_ROW = 3


def rows() -> list[list[Any]]:
    return [[TITLE], list(HEADER), *([code, 30, 28, 1000.0, 900.0] for code in TOWNSHIPS)]


def read(folder: Path, table: list[list[Any]], change: Any = None, name: str = "表.xlsx") -> NormalizedFile:
    got = normalize(write(folder / name, table, change), name, WASTE, "s1")
    assert set(got.table["waste_generated_t"].to_pylist()) == {1000.0}
    return got


def found(got: NormalizedFile) -> list[tuple[str, str | None]]:
    return [(item.rule_id, item.cell) for item in got.findings if item.severity != "info"]


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("更正：荫城镇产生量应为2880.1吨。", "corrected"),
        ("注：表中产生量、处理量均应乘以10。", "corrected"),
        ("此数有误，应为979.7", "corrected"),
        ("以上数据有误", "corrected"),
        ("注：上述第1项已撤销", "void"),
        ("本表已作废", "void"),
        ("注：韩店街道为上年数。", "time"),
        ("苏店镇未报，暂按上季度数填列", "time"),
        ("注：产生量含城镇生活垃圾。", "object"),
        ("注：数据为全年累计数", "total"),
        ("以上为计划数", "plan"),
        ("处理量为估算值", "estimated"),
    ],
)
def test_a_note_that_speaks_of_the_figures_is_heeded(tmp_path: Path, note: str, kind: str) -> None:
    said = said_in_note(note, WASTE)
    assert said is not None and said.kind == kind
    got = read(tmp_path, [*rows(), [], [note]])
    rule = ESTIMATED if kind == "estimated" else OTHERWISE
    assert found(got) == [(rule, f"A{FIRST_ROW + len(TOWNSHIPS) + 1}")]
    assert note in next(item.message for item in got.findings if item.rule_id == rule)


@pytest.mark.parametrize(
    "note",
    [
        "填报说明：处理率=处理量除以产生量乘以100%，如有错误请更正后重新报送",
        "注：已撤销的乡镇不再填报",
        "合计应为各行之和",
        "注：不含城镇生活垃圾",
        "本表由荫城镇汇总，含荫城镇各村",
        "产生量比上年数增加2%",
        "注：本表按季填报，于季后10日前报送",
        "联系电话：0355-1234567",
        "数据已经审核",
    ],
)
def test_a_note_of_a_form_asks_nothing(tmp_path: Path, note: str) -> None:
    assert said_in_note(note, WASTE) is None
    assert found(read(tmp_path, [*rows(), [], [note]])) == []


def with_remarks(heading: str, remarks: dict[int, str]) -> list[list[Any]]:
    table = rows()
    table[1].append(heading)
    for number, remark in remarks.items():
        table[number - 1].append(remark)
    return table


@pytest.mark.parametrize(
    ("remark", "rule"),
    [
        ("上年数", OTHERWISE),
        ("已撤销", OTHERWISE),
        ("作废", OTHERWISE),
        ("含上年", OTHERWISE),
        ("计划数", OTHERWISE),
        ("应为979.7", OTHERWISE),
        ("数据有误", OTHERWISE),
        ("城镇", OTHERWISE),
        ("估算", ESTIMATED),
        ("未核实", ESTIMATED),
    ],
)
@pytest.mark.parametrize("heading", ["备注", "状态"])
def test_a_remark_holds_or_warns_of_its_own_row(tmp_path: Path, heading: str, remark: str, rule: str) -> None:
    got = read(tmp_path, with_remarks(heading, {5: remark}))
    assert found(got) == [(rule, "F5")]
    (item,) = (item for item in got.findings if item.rule_id == rule)
    assert (item.reporting_unit, item.period) == (TOWNSHIPS[2], "2025Q3")


@pytest.mark.parametrize("remark", ["无", "已核对", "按计划实施", "比上年增加2%", "资金已到位", "荫城镇", "新增两个村"])
def test_other_remarks_ask_nothing(tmp_path: Path, remark: str) -> None:
    assert said_in_remark(remark, WASTE) is None
    assert found(read(tmp_path, with_remarks("备注", {5: remark}))) == []


def test_a_unit_in_remarks_is_asked_about_once(tmp_path: Path) -> None:
    got = read(tmp_path, with_remarks("备注", dict.fromkeys((3, 4, 5), "单位为公斤")))
    assert found(got) == [("normalize.unit_in_note", "F3")]


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("D2", "单位：千克", ("normalize.unit_in_note", "D2")),
        ("D4", "此数有误，应为979.7", (OTHERWISE, "D4")),
        ("D4", "上年数", (OTHERWISE, "D4")),
        ("A1", "本表为上年数", (OTHERWISE, "A1")),
        ("D4", "估算", (ESTIMATED, "D4")),
    ],
)
def test_a_comment_is_heeded(tmp_path: Path, place: str, text: str, expected: tuple[str, str]) -> None:
    def comment(sheet: Any) -> None:
        sheet[place].comment = Comment(text, "审核")

    assert found(read(tmp_path, rows(), comment)) == [expected]


@pytest.mark.parametrize("text", ["请按实填报", "单位：吨", "已与统计部门核对"])
def test_other_comments_ask_nothing(tmp_path: Path, text: str) -> None:
    def comment(sheet: Any) -> None:
        sheet["D2"].comment = Comment(text, "审核")

    assert found(read(tmp_path, rows(), comment)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("单位：千克", ["normalize.unit_in_note"]),
        ("征求意见稿", [OTHERWISE]),
        ("草案", [OTHERWISE]),
        ("&P / &N", []),
        ("上党区农业农村局", []),
        ("单位：吨", []),
    ],
)
@pytest.mark.parametrize("margin", ["oddHeader", "oddFooter"])
def test_what_is_printed_around_the_pages_is_heeded(
    tmp_path: Path, margin: str, text: str, expected: list[str]
) -> None:
    def put(sheet: Any) -> None:
        getattr(sheet, margin).center.text = text
        getattr(sheet, margin).center.size = 12

    assert [rule for rule, _ in found(read(tmp_path, rows(), put))] == expected


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("二、第二季度", "normalize.period_conflict"),
        ("以下为2024年第四季度", "normalize.period_conflict"),
        ("（二）城镇部分", OTHERWISE),
        ("上年同期", OTHERWISE),
        ("二、第三季度", None),
        ("二、农村部分", None),
        ("盆地区", None),
        ("五龙山区各乡镇", None),
    ],
)
def test_a_caption_between_rows_is_asked_about(tmp_path: Path, caption: str, asked: str | None) -> None:
    assert (said_in_caption(caption, WASTE, "2025Q3") is not None) == (asked is not None)
    table = rows()
    table.insert(6, [caption])
    said = found(read(tmp_path, table))
    assert [rule for rule, place in said if place == "A7" and rule != "sheet.period_captions"] == (
        [asked] if asked else []
    )


def test_blocks_below_each_other_under_captions_of_quarters_are_read_by_them(tmp_path: Path) -> None:
    data = rows()[2:]
    table = [["上党区2025年农村生活垃圾处理季报"], ["一、第一季度"], HEADER, *data, ["二、第二季度"], HEADER, *data]
    got = read(tmp_path, table)
    assert found(got) == []
    assert got.table["period"].to_pylist() == ["2025Q1"] * len(data) + ["2025Q2"] * len(data)


@pytest.mark.parametrize("group", ["上年同期", "城镇", "估算", "2024年度"])
def test_a_word_above_one_column_is_asked_about(tmp_path: Path, group: str) -> None:
    table = rows()
    table.insert(1, [None, None, None, group])
    assert found(read(tmp_path, table)) == [("normalize.group_contradicts", "D3")]


@pytest.mark.parametrize("group", ["2025年三季度", "本季度", "单位：吨", "荫城镇", "2025年10月8日"])
def test_other_words_above_one_column_ask_nothing(tmp_path: Path, group: str) -> None:
    table = rows()
    table.insert(1, [None, None, None, group])
    assert found(read(tmp_path, table)) == []


@pytest.mark.parametrize(
    ("note", "is_asked"),
    [
        ("注：本表数据截至2025年6月30日。", True),
        ("以上数据为1-2月", True),
        ("注：本表数据截至2025年9月30日。", False),
        ("注：数据截至2025年10月8日", False),
        ("以上数据为7—9月", False),
    ],
)
def test_a_note_of_days_and_months_outside_the_quarter_is_asked_about(
    tmp_path: Path, note: str, is_asked: bool
) -> None:
    got = read(tmp_path, [*rows(), [], [note]])
    assert found(got) == [("normalize.period_conflict", f"A{FIRST_ROW + len(TOWNSHIPS) + 1}")] * is_asked


@pytest.mark.parametrize("remark", ["作废", "已删除", "上年数"])
def test_remarks_of_a_layer_are_asked_about(tmp_path: Path, remark: str) -> None:
    attributes = {
        "XBBH": ["X1", "X2"],
        "DL": ["乔木林地"] * 2,
        "SFSL": ["是"] * 2,
        "MJ": [100.0] * 2,
        "BZ": [None, remark],
    }
    path = write_layer(tmp_path / "林地2024.gpkg", [cell(0, 0), cell(1, 0)], attributes, layer="LD")
    got = normalize(path, path.name, contract("forest_land"), "s1")
    assert [(item.rule_id, item.feature) for item in got.findings if item.severity != "info"] == [(OTHERWISE, "X2")]


@pytest.mark.parametrize(
    ("file", "layer", "is_asked"),
    [
        ("林地2024", "LD", False),
        ("国土空间规划_林地2024", "LD", False),
        ("荫城镇林地2024", "LD", False),
        ("林地规划2024", "LD", True),
        ("林地2024（征求意见稿）", "LD", True),
        ("城镇林地2024", "LD", True),
        ("01_长子县林地2024", "LD", True),
        ("林地2024", "林地草案", True),
    ],
)
def test_names_of_layers_are_heeded(tmp_path: Path, file: str, layer: str, is_asked: bool) -> None:
    attributes = {"XBBH": ["X1", "X2"], "DL": ["乔木林地"] * 2, "SFSL": ["是"] * 2, "MJ": [100.0] * 2}
    path = write_layer(tmp_path / f"{file}.gpkg", [cell(0, 0), cell(1, 0)], attributes, layer=layer)
    got = normalize(path, path.name, contract("forest_land"), "s1")
    rules = [item.rule_id for item in got.findings if item.severity != "info"]
    assert rules == ["sheet.title_of_another_report"] * is_asked


@pytest.mark.parametrize(
    ("name", "is_warned"),
    [
        ("垃圾季报（征求意见稿）", True),
        ("垃圾处理计划表", True),
        ("城镇垃圾季报", True),
        ("附件2：垃圾季报样表", False),
        ("荫城镇垃圾季报", False),
        ("垃圾季报（终稿）", False),
    ],
)
def test_a_file_name_of_another_report_is_warned_of(tmp_path: Path, name: str, is_warned: bool) -> None:
    got = read(tmp_path, rows(), name=f"{name}.xlsx")
    assert found(got) == [("sheet.file_name_of_another_report", "A2")] * is_warned


def test_figures_of_no_size_are_told_as_hidden(tmp_path: Path) -> None:
    def shrink(sheet: Any) -> None:
        sheet.row_dimensions[4].height = 0.5
        sheet.column_dimensions["D"].width = 0.2
        sheet.column_dimensions["E"].width = 1.5

    assert found(read(tmp_path, rows(), shrink)) == [("reading.hidden_rows", "A4"), ("reading.hidden_columns", "D2")]


def test_a_heading_that_shows_a_unit_or_is_struck_out_is_asked_about(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"].number_format = '@"（千克）"'
        sheet["E2"].font = Font(strike=True)
        sheet["B2"].number_format = '0"个"'  # shows nothing beside a text

    assert found(read(tmp_path, rows(), change)) == [
        ("reading.shown_otherwise", "D2"),
        ("reading.shown_otherwise", "E2"),
    ]


PROGRESS = ["项目编号", "乡镇", "阶段", "形象进度（%）", "累计完成投资（万元）"]


@pytest.mark.parametrize(
    ("heading", "area"), [("累计整治亩数", 1.0), ("累计整治公顷数", 15.0), ("累计整治面积（亩）", 1.0)]
)
def test_a_heading_that_says_its_unit_in_words_is_read_in_it(tmp_path: Path, heading: str, area: float) -> None:
    table = [["重点项目进展2025年7月"], [*PROGRESS, heading], ["A1", "苏店镇", "在建", 50, 100.0, 15.0]]
    got = normalize(write(tmp_path / "表.xlsx", table), "表.xlsx", contract("project_progress"), "s1")
    assert got.table["cum_consolidated_area_ha"].to_pylist() == [area]


@pytest.mark.parametrize("heading", ["待覆盖村数（个）", "尚未覆盖村数（个）", "应覆盖村数（个）", "拟覆盖村数（个）"])
def test_what_is_still_to_be_done_is_not_what_was(tmp_path: Path, heading: str) -> None:
    table = rows()
    table[1][2] = heading
    got = read(tmp_path, table)
    assert set(got.table["villages_covered"].to_pylist()) == {None}
    assert [rule for rule, _ in found(got)] == ["normalize.missing_required_column"]


@pytest.mark.parametrize(
    ("heading", "is_told"),
    [("水田（0101）", False), ("0101水田面积", False), ("其中：水田（0101）", True), ("水机（0101）", True)],
)
def test_a_class_whose_name_is_not_that_of_its_code_is_told(tmp_path: Path, heading: str, is_told: bool) -> None:
    table = [["土地利用现状分类面积汇总表2024年"], ["乡镇代码", f"{heading}（公顷）", "旱地（0103）（公顷）"]]
    table += [[code, 10.0, 20.0] for code in TOWNSHIPS]
    got = normalize(write(tmp_path / "表.xlsx", table), "表.xlsx", contract("land_use"), "s1")
    assert set(got.table["land_class_code"].to_pylist()) == {"0101", "0103"}
    assert found(got) == [("normalize.header_matched", "B2")] * is_told
