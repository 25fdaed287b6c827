"""Identity numbers of persons are told, never stored and never repeated."""

import pytest

from contracts import contract, finding
from contracts.personal_numbers import has_personal_number, without_personal_numbers
from tests.support.workbooks import ECOLOGY_HEADER, column, ecology_rows, ecology_sheet, normalize_rows

NUMBER = "140421198001011234"
FEEDBACK = [field.zh for field in contract("public_feedback").fields.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"张某，{NUMBER}，已核", "张某，［身份证号］，已核"),
        ("14042119800101123X", "［身份证号］"),
        ("１４０４２１１９８００１０１１２３４", "［身份证号］"),
        ("140421 19800101 1234", "［身份证号］"),
        ("1404042022000000000", "1404042022000000000"),  # a location code of 19 digits
        ("140404202203000001", "140404202203000001"),  # no day 00
        ("电话 13935512345", "电话 13935512345"),
        ("", ""),
    ],
)
def test_which_numbers_are_of_persons(text, expected):
    assert (without_personal_numbers(text), has_personal_number(text)) == (expected, text != expected)


@pytest.mark.parametrize("heading", ["备注", "联系人", "身份证号"])
def test_a_column_that_is_not_read_is_told(tmp_path, heading):
    rows = [[*row, None] for row in ecology_rows()]
    rows[3][-1] = f"张某{NUMBER}"
    got = normalize_rows(tmp_path, ecology_sheet(rows, header=[*ECOLOGY_HEADER, heading]))
    (told,) = [item for item in got.findings if item.rule_id == "normalize.personal_number"]
    assert (told.severity, told.cell, told.message) == ("info", "J6", f"{heading}含有身份证号，号码没有入库")


def test_a_text_that_is_read_is_stored_without_the_number(tmp_path):
    row = ["YJ-2025-001", "2025-03-01", "来信", "群众", "140404001", "A1", f"张某{NUMBER}反映", "2025-03-05", "是"]
    got = normalize_rows(tmp_path, [["2025年群众与专家意见台账"], FEEDBACK, row], "public_feedback")
    assert column(got, "summary") == ["张某［身份证号］反映"]
    assert [(item.rule_id, item.cell) for item in got.findings] == [("normalize.personal_number", "G3")]
    assert NUMBER not in repr(got.conversions.to_pylist())


def test_notes_and_messages_do_not_repeat_it(tmp_path):
    sheet = [["上党区2024年生态状况年报"], [f"填报人：张某{NUMBER}"], ECOLOGY_HEADER, *ecology_rows()]
    assert normalize_rows(tmp_path, sheet).notes["reporter"] == "张某［身份证号］"
    made = finding("normalize.unknown_township", found=f"张某{NUMBER}")
    assert (made.found, NUMBER in made.message + made.message_en) == ("张某［身份证号］", False)
