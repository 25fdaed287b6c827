"""Periods in titles, file names and cells."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import period_of_date
from ingestion.normalize import InvalidPeriod, find_period
from ingestion.normalize.periods import OtherCalendar, SeveralPeriods, UnclearMonth, period_of_cell, without_days

YEARS = st.integers(1990, 2099)
CHINESE = "一二三四五六七八九十"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("湿地_2025", "2025"),
        ("上党区湿地2024", "2024"),
        ("红线202412", "2024"),
        ("2025年6月项目红线", "2025"),
        ("DLTB2024西火镇", "2024"),
        ("2023年土地利用现状面积汇总表（亩）定稿", "2023"),
        ("土地利用现状分类面积汇总表2025（最终版2）", "2025"),
        ("上党区２０２５年", "2025"),
        ("二〇二五年生态", "2025"),
        ("生态2024（20250118报送）", "2024"),
        ("2025年1月报送的2024年度生态", "2024"),
        ("规划（2021—2035年）", None),
        ("2021-2035年规划", None),
        ("八义镇140404104", None),
        ("生态状况年报（新）", None),
        ("26年度生态状况", "2026"),
        ("工期25年", None),
    ],
)
def test_years(text, period):
    assert find_period(text, "year") == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("农村垃圾季报2024-1", "2024Q1"),
        ("2025年第一季度", "2025Q1"),
        ("2025Q4垃圾（混入外区乡镇）", "2025Q4"),
        ("2025三季度垃圾", "2025Q3"),
        ("上党区2024年1季度农村", "2024Q1"),
        ("二季度 2025年", "2025Q2"),
        ("2023年（4个季度） 第一季度", "2023Q1"),
        ("２０２５年４季度", "2025Q4"),
        ("上党区26年一季度农村", "2026Q1"),
        ("26年Q2", "2026Q2"),
        ("上党区2026年首季农村", "2026Q1"),
        ("2025年末季", "2025Q4"),
        ("25年末季度", "2025Q4"),
        ("民国115年一季度", None),
        ("第26年一季度", None),
        ("农村首季", None),
        ("2026年冬季", None),
        ("2022年农村生活垃圾四个季度汇总", None),
        ("2023年汇总（4个季度）", None),
        ("2025年", None),
        ("第一季度", None),
        ("2025年7月", None),
    ],
)
def test_quarters(text, period):
    assert find_period(text, "quarter") == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("项目红线202412", "2024-12"),
        ("2025年6月项目红线", "2025-06"),
        ("7月月报2025（阶段与进度）", "2025-07"),
        ("2025.07月报", "2025-07"),
        ("进度月报_2024-04", "2024-04"),
        ("二〇二五年十二月", "2025-12"),
        ("上党区2024年6月份重点项目进展", "2024-06"),
        ("2025年6月30日", "2025-06"),
        ("重点工程台账（2025年6月更新）", "2025-06"),
        ("7月重点工程月报（单位元）", None),
        ("2025年三季度", None),
        ("2025-26年度", None),
        ("通知2025-15号", None),
        ("2025年", None),
    ],
)
def test_months(text, period):
    assert find_period(text, "month") == period


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("垃圾季报2025第五季度", "quarter"),
        ("2025Q5", "quarter"),
        ("2025-5", "quarter"),
        ("2025年0季度", "quarter"),
        ("重点工程月报2025-13", "month"),
        ("2025年13月", "month"),
        ("202513", "month"),
        ("2025-00", "month"),
        ("2021-02-30", "day"),
        ("20211301", "day"),
    ],
)
def test_periods_that_do_not_exist(text, grain):
    with pytest.raises(InvalidPeriod):
        find_period(text, grain)


def test_days():
    assert [
        find_period(text, "day") for text in ("行政区2021年10月31日", "XZQ20211031", "2021.10.31版", "XZQ_2021")
    ] == ["2021-10-31"] * 3 + [None]


@given(
    YEARS,
    st.integers(1, 12),
    st.sampled_from(["", "上党区", "填报_", "报表（"]),
    st.sampled_from(["", "月报", "（终稿）", "号文"]),
)
def test_a_month_is_found_however_written(year, month, before, after):
    numeral = CHINESE[month - 1] if month <= 10 else f"十{CHINESE[month - 11]}"
    for text in (
        f"{year}年{month}月",
        f"{year}.{month:02d}",
        f"{year}-{month:02d}",
        f"{year}{month:02d}",
        f"{year}年{numeral}月份",
    ):
        if text == f"{year}{month:02d}" or not after.startswith("号"):
            assert find_period(before + text + after, "month") == f"{year}-{month:02d}"


@given(YEARS, st.integers(1, 4))
def test_a_quarter_is_found_however_written(year, quarter):
    for text in (
        f"{year}年第{CHINESE[quarter - 1]}季度",
        f"{year}年{quarter}季度",
        f"{year}Q{quarter}",
        f"{year}-{quarter}",
        f"{quarter}季度 {year}年",
    ):
        assert find_period(f"上党区{text}报表", "quarter") == f"{year}Q{quarter}"


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_a_periods_text_names_itself(day):
    for grain in ("year", "quarter", "month", "day"):
        period = period_of_date(day, grain)
        assert find_period(period, grain) == period
        assert period_of_cell(day, grain) == period


@given(st.text(max_size=30), st.sampled_from(["year", "quarter", "month", "day"]))
def test_no_text_raises_anything_but_invalid_period(text, grain):
    try:
        period = find_period(text, grain)
    except InvalidPeriod:
        return
    assert period is None or find_period(period, grain) == period


def test_cells():
    assert [period_of_cell(value, "year") for value in (2025.0, 2025, "2025年", date(2025, 3, 1))] == ["2025"] * 4
    assert [period_of_cell(value, "month") for value in (202503.0, 2025.03, "2025.03", 2025.3)] == ["2025-03"] * 4
    for value in (2024.1, "2024.1"):
        with pytest.raises(UnclearMonth) as caught:
            period_of_cell(value, "month")
        assert caught.value.periods == ("2024-01", "2024-10")


@pytest.mark.parametrize(
    ("text", "grain", "first", "last", "is_span"),
    [
        ("重点工程进度月报2025年1月-6月", "month", "2025-01", "2025-06", True),
        ("2025年1-6月", "month", "2025-01", "2025-06", True),
        ("2024年12月-2025年6月", "month", "2024-12", "2025-06", True),
        ("2025年上半年", "month", "2025-01", "2025-06", True),
        ("2025年前三季度", "quarter", "2025Q1", "2025Q3", True),
        ("2025年第一季度—第三季度", "quarter", "2025Q1", "2025Q3", True),
        ("2025年三、四季度", "quarter", "2025Q3", "2025Q4", True),
        ("2025Q1-Q3", "quarter", "2025Q1", "2025Q3", True),
        ("2023年和2024年生态年报", "year", "2023", "2024", False),
        ("7月、8月月报2025", "month", "2025-07", "2025-08", False),
        ("2024年、2025年12月重点工程月报", "month", "2024-01", "2025-12", False),
    ],
)
def test_several_periods_are_none(text, grain, first, last, is_span):
    with pytest.raises(SeveralPeriods) as caught:
        find_period(text, grain)
    assert (caught.value.first, caught.value.last, caught.value.is_span) == (first, last, is_span)


@pytest.mark.parametrize(
    "text",
    [
        "采空塌陷区_2000坐标系_2023",
        "CGCS2000 2023年",
        "1985国家高程基准_2023",
        "三调2019 图斑2023",
        "按GB/T 21010-2017 2023年度",
        "TD/T 1055-2019_2023",
        "1:2000 2023年",
        "覆盖2000户（2023年）",
        "上农验〔2021〕12号 2023年",
        "国家2000坐标系 2023年",
        "1954北京坐标 2023",
    ],
)
def test_a_number_that_is_no_year_is_none(text):
    assert find_period(text, "year") == "2023"


def test_a_year_before_the_word_for_coordinates_is_one():
    assert find_period("北呈2024坐标颠倒", "year") == "2024"


@pytest.mark.parametrize(
    ("text", "grain", "first", "last"),
    [
        ("上党区2025年第三季度农村生活垃圾季报（补报二季度）", "quarter", "2025Q2", "2025Q3"),
        ("2025年度农村生活垃圾（3季度，2024年四季度同口径）", "quarter", "2024Q4", "2025Q3"),
        ("2025年度上报2024年生态状况年报", "year", "2024", "2025"),
        ("2025年生态状况年报（2024年底数据，2025年度填）", "year", "2024", "2025"),
        ("生态2024（2025年报送）", "year", "2024", "2025"),
        ("2025年7月资金台账（6月底数）", "month", "2025-06", "2025-07"),
        ("2025年7月资金台账2025.06", "month", "2025-06", "2025-07"),
        ("2025年1-9月（三季度累计）", "quarter", "2025Q1", "2025Q3"),
        ("2025年三季度垃圾（4-6月）", "quarter", "2025Q2", "2025Q3"),
        ("2025年5-8月", "quarter", "2025Q2", "2025Q3"),
    ],
)
def test_different_periods_are_compared_however_sure_their_writing(text, grain, first, last):
    with pytest.raises(SeveralPeriods) as caught:
        find_period(text, grain)
    assert (caught.value.first, caught.value.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "grain", "period"),
    [
        ("2025年三季度（7-9月）", "quarter", "2025Q3"),
        ("2025年7-9月（三季度）", "quarter", "2025Q3"),
        ("2025年7月资金台账（7月底数）", "month", "2025-07"),
        ("2025年7月资金台账（20250805报送）", "month", "2025-07"),
        ("2025年7月（6月26日至7月25日）", "month", "2025-07"),
        ("2025.1月资金台账", "month", "2025-01"),
        ("2025年1月（2025.1）", "month", "2025-01"),
        ("2025年度生态状况年报2025", "year", "2025"),
    ],
)
def test_the_same_period_twice_is_one(text, grain, period):
    assert find_period(text, grain) == period


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("农历二〇二五年三季度", "quarter"),
        ("2025年农历六月", "month"),
        ("2025年资金台账（农历六月）", "month"),
        ("2025财年生态", "year"),
        ("阴历2025年", "year"),
    ],
)
def test_periods_of_other_calendars_are_refused(text, grain):
    with pytest.raises(OtherCalendar):
        find_period(text, grain)


def test_a_month_that_may_have_lost_a_zero_is_unclear_in_a_title_too():
    with pytest.raises(UnclearMonth) as caught:
        find_period("2025.1资金台账", "month")
    assert caught.value.periods == ("2025-01", "2025-10")


@pytest.mark.parametrize(
    ("text", "grain", "period"),
    [
        ("2025年7月1日-2025年9月30日", "quarter", "2025Q3"),
        ("2025年7月1日至9月30日垃圾", "quarter", "2025Q3"),
        ("2025.7.1-2025.7.31", "month", "2025-07"),
        ("2025年1月1日—12月31日", "year", "2025"),
        ("2025年7、8、9月", "quarter", "2025Q3"),
    ],
)
def test_a_span_of_days_or_months_is_the_period_that_it_fills(text, grain, period):
    assert find_period(text, grain) == find_period(without_days(text), grain) == period


def test_a_list_of_months_is_not_its_last():
    with pytest.raises(SeveralPeriods) as caught:
        find_period("2025年7、8、9月", "month")
    assert (caught.value.first, caught.value.last) == ("2025-07", "2025-09")
