"""Townships that the lines, the title and the names around a table say, against each other and against its rows."""

import pytest

from contracts import contract
from contracts.places import township
from ingestion.normalize.sheet_metadata import LocatedText, SheetMetadata
from ingestion.normalize.township_conflict import check_townships
from tests.ingestion.normalize.test_left_out import found, normalized
from tests.support.workbooks import column

HEADER = ["行政村数", "收运处置体系覆盖村数", "农户数", "产生量（吨）", "无害化处理量（吨）", "处理率（%）"]
FIGURES = [30, 28, 5000, 1000, 900, 90]
TITLE = "2025年三季度农村生活垃圾处理季报"
YIN, XI = "荫城镇", "西火镇"
CONFLICT = "normalize.township_conflict"


@pytest.mark.parametrize(
    ("file", "sheet", "above", "told"),
    [
        ("垃圾.xlsx", XI, [f"填报单位：{YIN}"], "填报单位 荫城镇 与 工作表名 西火镇"),
        (f"{XI}垃圾.xlsx", "Sheet1", [f"填报单位：{YIN}"], "填报单位 荫城镇 与 文件名 西火镇"),
        ("垃圾.xlsx", XI, [f"{YIN}{TITLE}"], "标题 荫城镇 与 工作表名 西火镇"),
        (f"{YIN}垃圾.xlsx", YIN, [f"填报单位：{YIN}人民政府", f"{YIN}{TITLE}"], None),
        ("垃圾.xlsx", "Sheet1", [f"填报单位：{YIN}"], None),
    ],
)
def test_places_around_a_table_of_one_township(tmp_path, file, sheet, above, told):
    got = normalized(tmp_path, {sheet: [*([line] for line in above), [TITLE], HEADER, FIGURES]}, "rural_waste", file)
    place = township(YIN)
    assert place and set(column(got, "township_code")) == {place.township_code}
    assert found(got) == ([(CONFLICT, sheet, "A1")] if told else [])
    if told:
        assert told in next(item.message for item in got.findings if item.rule_id == CONFLICT)


@pytest.mark.parametrize(
    ("rows", "told"),
    [([XI], "列 西火镇 与 标题 荫城镇"), ([XI, "苏店镇"], "列 的 2 个乡镇"), ([XI, YIN], None), ([YIN], None)],
)
def test_the_title_against_the_rows(tmp_path, rows, told):
    table = [["乡镇", *HEADER], *([name, *FIGURES] for name in rows)]
    got = normalized(tmp_path, {"Sheet1": [[f"{YIN}{TITLE}"], *table]}, "rural_waste", "垃圾.xlsx")
    messages = [item.message for item in got.findings if item.rule_id == CONFLICT]
    assert len(messages) == (told is not None) and all(str(told) in message for message in messages)


def test_reports_of_projects_have_no_township_of_their_own():
    metadata = SheetMetadata(titles=[LocatedText("荫城镇2025年7月资金台账", "A1")])
    assert check_townships([], metadata, contract("project_funds"), "西火镇", "x.xlsx", None) == []
