"""Text as it is compared, and values as text."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.characters import TRADITIONAL, odd_characters
from contracts.text import (
    NULL_TOKENS,
    TEXT_NULL_TOKENS,
    half_width,
    heading_key,
    is_null_token,
    search_key,
    value_text,
    without_blanks,
)


@given(st.text(max_size=40))
def test_a_text_in_its_compared_form_stays_as_it_is(text):
    for form in (half_width, without_blanks, heading_key):
        assert form(form(form(text))) == form(form(text))
    assert not any(map(str.isspace, without_blanks(text)))
    assert search_key(text) == without_blanks(text).lower()


def test_headings_are_compared_without_width_blanks_brackets_and_stars():
    assert {
        heading_key(text)
        for text in ("森林面积(公顷)", "森林面积（公顷）", " 森林 面积〔公顷〕*", "*森林面积\n（公顷）：")
    } == {"森林面积(公顷)"}
    assert heading_key(2025) == "2025"


@pytest.mark.parametrize("text", ["", "  ", "—", "——", "-", "－", "/", "／", "无", " 无 ", "N/A"])
def test_null_tokens(text):
    assert is_null_token(text)


def test_in_free_text_a_word_may_be_the_answer():
    assert TEXT_NULL_TOKENS < NULL_TOKENS
    assert "无" not in TEXT_NULL_TOKENS and not is_null_token("无变化")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (" 旱地 ", "cell", "旱地"),
        (" 旱地 ", "typed", " 旱地 "),
        (12.0, "cell", "12"),
        (12.5, "typed", "12.5"),
        (2.0**60, "cell", "1.152921504606847e+18"),  # beyond what a double holds exactly
        (0.1 + 0.2, "cell", "0.30000000000000004"),
        (0.1 + 0.2, "message", "0.3"),
        (12.0, "message", "12"),
        (1234567.891249, "computed", "1234567.891"),
        (3.14159265, "computed", "3.1416"),
        (date(2025, 3, 14), "computed", "2025-03-14"),
        (12, "computed", "12"),
        (2025.1, "month", "2025.10"),
        (202503.0, "month", "202503"),
        (date(2025, 3, 14), "cell", "2025-03-14"),
        (datetime(2025, 3, 14, 9), "cell", "2025-03-14 09:00:00"),
        (True, "cell", "True"),
    ],
)
def test_a_value_as_text(value, form, text):
    assert value_text(value, form) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("蘇店鎮", "苏店镇"),
        ("蔭城鎭", "荫城镇"),
        ("八義鎮", "八义镇"),
        ("東和鄉", "东和乡"),
        ("無害化處理量（噸）", "无害化处理量(吨)"),
        ("項目編號", "项目编号"),
    ],
)
def test_traditional_characters_are_read_as_simplified_ones(written, read):
    assert without_blanks(written) == read


def test_no_traditional_character_is_in_use_by_itself():
    assert len(TRADITIONAL) > 200
    for code, simplified in TRADITIONAL.items():
        assert isinstance(simplified, int) and chr(simplified).encode("gb2312")
        with pytest.raises(UnicodeEncodeError):
            chr(code).encode("gb2312")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\u04101", ["U+0410（西里尔字母，不是“A”）"]),
        ("\u03911", ["U+0391（希腊字母，不是“A”）"]),
        ("A1、μ、Σ、℃、㎡", []),
    ],
)
def test_letters_that_look_like_latin_ones_are_named(text, named):
    assert odd_characters(text) == named
