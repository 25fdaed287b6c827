"""Numbers, units and dates as people type them."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import contract, measure_units
from ingestion.normalize.dates import InvalidDate, WrittenDay, parse_date, parse_month
from ingestion.normalize.numbers import NotANumber, Number, convert, decimals, parse_number, unit_named
from ingestion.normalize.periods import UnclearMonth
from ingestion.normalize.values import convert_cell

FULL_WIDTH = str.maketrans("0123456789.,-+%", "０１２３４５６７８９．，－＋％")
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=4)


@given(NUMBERS)
def test_every_way_of_writing_a_number_means_the_same(number):
    expected = Fraction(number)
    plain, grouped = f"{number:f}", f"{number:,f}"
    for text in (plain, grouped, f" {plain} ", f"'{plain}", plain.translate(FULL_WIDTH), grouped.translate(FULL_WIDTH)):
        assert parse_number(text) == Number(expected)
    assert parse_number(f"{plain}%") == Number(expected, measure_units()["pct"])
    assert parse_number(f"{grouped} 亩") == Number(expected, measure_units()["mu"])


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_float_keeps_its_written_value(number):
    assert float(parse_number(number).value) == number


@given(st.text(alphabet="0123456789.,oOlI约元亩 %-+一二三", max_size=12))
def test_no_text_raises_anything_but_not_a_number(text):
    try:
        parsed = parse_number(text)
    except NotANumber:
        return
    assert parsed is None or isinstance(parsed.value, Fraction)


@pytest.mark.parametrize(
    "text",
    ["1O3.5约", "约5", "1,23", "12,34,567", "3。5", "#DIV/0!", "5万", "1.2.3", "--5", "十万", "九" * 50, "1e999", "A1"],
)
def test_texts_that_are_no_numbers(text):
    with pytest.raises(NotANumber):
        parse_number(text)


@pytest.mark.parametrize("text", ["", "  ", "—", "——", "-", "/", "无", "－"])
def test_marks_for_none(text):
    assert parse_number(text) is None


def test_what_had_to_be_guessed_is_marked():
    assert parse_number("一百二十三") == Number(Fraction(123), is_guessed=True)
    assert parse_number("1 234.5") == Number(Fraction("1234.5"), is_guessed=True)
    with pytest.raises(NotANumber):
        parse_number(True)


@given(NUMBERS)
def test_conversion_is_exact(number):
    there = convert(Number(Fraction(number)), measure_units()["mu"], measure_units()["ha"])
    assert there == float(Fraction(number) / 15)
    assert convert(Number(Fraction(number)), measure_units()["ha"], measure_units()["ha"]) == float(Fraction(number))


def test_a_unit_in_the_cell_goes_before_the_columns():
    assert convert(parse_number("3公顷"), measure_units()["mu"], measure_units()["ha"]) == 3.0
    assert convert(parse_number("45"), measure_units()["mu"], measure_units()["ha"]) == 3.0
    assert convert(parse_number("20000元"), measure_units()["wan"], measure_units()["wan"]) == 2.0
    with pytest.raises(NotANumber):
        convert(parse_number("3万元"), measure_units()["ha"], measure_units()["ha"])


def test_units_by_their_spellings():
    assert [unit_named(text).name for text in ("平方千米", "km²", "平方公里", "％", "hm2", "万元", "户")] == [
        "km2",
        "km2",
        "km2",
        "pct",
        "ha",
        "wan",
        "count",
    ]
    assert unit_named("上党区") is None


def test_decimals():
    assert [
        decimals(value) for value in (3448.98, "３４４８．９８", "1,234.5", 12, 12.0, "97.20%", "文", None, 1e-7)
    ] == [
        2,
        2,
        1,
        0,
        1,
        2,
        0,
        0,
        0,
    ]


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_every_way_of_writing_a_date_means_the_same(day):
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH),
        int(f"{day:%Y%m%d}"),
    ):
        assert parse_date(text) == WrittenDay(day)
        assert parse_month(text) == f"{day:%Y-%m}"
    for moment in (f"{day:%Y/%m/%d} 08:30", datetime(day.year, day.month, day.day, 8, 30)):
        assert parse_date(moment) == WrittenDay(day, time="08:30:00")
        assert parse_month(moment) == f"{day:%Y-%m}"
    serial = (day - date(1899, 12, 30)).days
    for written in (serial, float(serial), str(serial), f"{serial}.0"):
        assert parse_date(written) == WrittenDay(day, is_guessed=True)
        assert parse_month(written) == f"{day:%Y-%m}"
    for written in (serial + 0.5, f"{serial}.5"):
        assert parse_date(written) == WrittenDay(day, is_guessed=True, time="12:00:00")


@pytest.mark.parametrize(
    "text", ["2025年2月30日", "2025-13-01", "20250230", "2025年3月", "去年", "19-3-1", "2025年", True]
)
def test_dates_that_are_none(text):
    with pytest.raises(InvalidDate):
        parse_date(text)


@pytest.mark.parametrize(
    ("value", "day", "time", "weekday", "rest"),
    [
        ("2023-05-16T00:00:00.000Z", date(2023, 5, 16), "08:00:00", None, ""),  # in the district's time
        ("2023-07-18T16:00:00Z", date(2023, 7, 19), None, None, ""),
        ("2023-07-19T00:00:00+08:00", date(2023, 7, 19), None, None, ""),
        ("2023-09-05 00:00:00 +0800 CST", date(2023, 9, 5), None, None, ""),
        ("2023/8/14 上午 12:00:00", date(2023, 8, 14), None, None, ""),
        ("2023/8/14 下午 3:05", date(2023, 8, 14), "15:05:00", None, ""),
        ("2023年8月24日 星期四", date(2023, 8, 24), None, True, ""),
        ("2023年09月05日（周三）", date(2023, 9, 5), None, False, ""),
        ("2023年8月24日前", date(2023, 8, 24), None, None, "前"),
        (datetime(2023, 7, 18, 23, 59, 17), date(2023, 7, 19), "23:59:17", None, ""),
        (45108.9996, date(2023, 7, 2), "23:59:25", None, ""),  # 45108 is 2023-07-01
    ],
)
def test_what_stands_behind_a_date_is_read_and_never_lost(value, day, time, weekday, rest):
    found = parse_date(value)
    assert (found.day, found.time, found.weekday, found.rest) == (day, time, weekday, rest)


def test_chinese_dates_and_months():
    assert parse_date("二〇二五年三月二十一日") == WrittenDay(date(2025, 3, 21))
    assert [parse_month(value) for value in ("2022年9月", "2022.9", 202209, 2022.9, "二〇二二年九月")] == [
        "2022-09"
    ] * 5
    for number in (2022.1, "2022.1"):  # January, or October without its zero
        with pytest.raises(UnclearMonth) as caught:
            parse_month(number)
        assert caught.value.periods == ("2022-01", "2022-10")
    for text in ("2025年2月30日", "2025年13月", "待定"):
        with pytest.raises(InvalidDate):
            parse_month(text)


@pytest.mark.parametrize(
    ("text", "day", "other"),
    [
        ("25/9/5", date(2025, 9, 5), None),
        ("25.9.5", date(2025, 9, 5), None),
        ("25年9月5日", date(2025, 9, 5), None),
        ("5-Sep-25", date(2025, 9, 5), None),
        ("5 September 2025", date(2025, 9, 5), None),
        ("2025 9 5", date(2025, 9, 5), None),
        ("25/09/2025", date(2025, 9, 25), None),
        ("9/5/2025", date(2025, 9, 5), date(2025, 5, 9)),
        ("25/09/26", date(2025, 9, 26), date(2026, 9, 25)),
    ],
)
def test_days_in_an_unusual_order_are_those_of_the_plans_years(text, day, other):
    assert parse_date(text) == WrittenDay(day, is_guessed=True, other=other)


@pytest.mark.parametrize("text", ["1/2/3", "19/9/5", "5-Xyz-25", "25/13/32", "2040 9 5", "9/5/1999"])
def test_what_is_no_day_of_the_plans_years(text):
    with pytest.raises(InvalidDate):
        parse_date(text)


def test_a_day_that_may_be_another_is_asked_about():
    field = contract("project_acceptance").fields["acceptance_date"]
    told, asked = convert_cell("25/9/5", field, None), convert_cell("9/5/2025", field, None)
    assert (told.value, [one.rule_id for one in told.problems]) == (date(2025, 9, 5), ["normalize.value_converted"])
    assert asked.value == date(2025, 9, 5)
    assert [(one.rule_id, one.operands["expected"], one.operands["other"]) for one in asked.problems] == [
        ("normalize.date_unclear", "2025-09-05", "2025-05-09")
    ]
