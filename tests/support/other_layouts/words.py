"""Values as people write them, and the words around a table."""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contracts import FieldSpec, code_lists, measure_units
from contracts.model import Grain, MeasureUnit
from contracts.places import township_name
from contracts.reference import table
from tests.support.other_layouts.grid import Shown
from tests.support.other_layouts.office import Layout

FULL_WIDTH = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")
CHINESE_YEAR = str.maketrans("0123456789", "〇一二三四五六七八九")
CHINESE = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
CHINESE_BELOW = 100
OTHER_UNITS = {  # into which figures turn without a remainder
    "other": {"ha": "mu", "km2": "ha", "m2": "ha", "wan": "yuan", "t": "kg"},
    "large": {"m2": "wan_mu", "ha": "wan_mu", "km2": "wan_mu", "mu": "wan_mu", "wan": "yi", "yuan": "yi", "t": "wan_t"},
}


def decimal(value: float, factor: Fraction = Fraction(1)) -> Decimal:
    """The exact decimal of a figure times a factor."""
    exact = Fraction(repr(value)) * factor
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).normalize()


def in_chinese(value: int) -> str:
    """A number below 100 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    return f"{CHINESE[tens] if tens > 1 else ''}{'十' if tens else ''}{CHINESE[ones]}"


def other_unit(field: FieldSpec, way: str) -> MeasureUnit | None:
    """Another unit in which a field's figures may be written. way: a key of OTHER_UNITS."""
    return measure_units()[OTHER_UNITS[way][field.measure_unit]] if field.measure_unit in OTHER_UNITS[way] else None


def number(value: float, field: FieldSpec, written_in: MeasureUnit | None, layout: Layout) -> Shown:
    """A figure in a unit, as the office writes numbers."""
    own = measure_units()[field.measure_unit] if field.measure_unit else None
    exact = decimal(value, own.factor / written_in.factor if own and written_in else Fraction(1))
    if field.type == "percent":
        return _percent(exact, layout)
    text = f"{exact:f}"
    way = layout.numbers
    if way == "with a large unit" and own and (large := other_unit(field, "large")):
        return Shown(f"{decimal(value, own.factor / large.factor):f}{large.zh}")
    if way == "Chinese" and field.type == "count" and 0 < exact < CHINESE_BELOW:
        return Shown(in_chinese(int(exact)))
    if way in ("number", "Chinese"):
        return Shown(int(exact) if field.type == "count" else float(exact))
    if way == "two decimals":
        return Shown(float(exact), "#,##0.00_ ")
    if way == "with unit" and written_in:
        return Shown(f"{text}{written_in.zh}")
    texts = {"thousands": f"{exact:,f}", "full width": text.translate(FULL_WIDTH), "trailing blank": f"{text} "}
    return Shown(texts.get(way, text))


def _percent(exact: Decimal, layout: Layout) -> Shown:
    if layout.percents == "sign":
        text = f"{exact:f}%"
        return Shown(text.translate(FULL_WIDTH) if layout.numbers == "full width" else text)
    if layout.percents == "format":
        return Shown(float(exact / 100), "0.00%")
    if layout.percents == "one decimal more":
        return Shown(f"{exact:.3f}") if exact == round(exact, 3) else Shown(float(exact))
    return Shown(float(exact)) if layout.numbers in ("number", "Chinese") else Shown(f"{exact:f}")


def day(value: date, layout: Layout) -> Shown:
    """A date as the office writes it."""
    if layout.dates == "date":
        return Shown(value, "yyyy/m/d")
    if layout.dates == "serial":
        return Shown((value - (date(1904, 1, 1) if layout.is_1904 else date(1899, 12, 30))).days)
    texts = {
        "written": f"{value.year}年{value.month}月{value.day}日",
        "dots": f"{value:%Y.%m.%d}",
        "dashes": f"{value.year}-{value.month}-{value.day}",
        "compact": f"{value:%Y%m%d}",
        "long": f"{value:%Y-%m-%d} 00:00:00",
    }
    return Shown(texts[layout.dates])


def month(value: str, layout: Layout) -> Shown:
    """A month as the office writes it."""
    year, part = int(value[:4]), int(value[5:])
    if layout.dates in ("date", "long"):
        return Shown(date(year, part, 1), 'yyyy"年"m"月"')
    return Shown(
        {"written": f"{year}年{part}月", "dots": f"{year}.{part:02d}", "compact": f"{year}{part:02d}"}.get(
            layout.dates, value
        )
    )


def code(value: str | bool, field: FieldSpec, layout: Layout, rng: random.Random) -> Shown:
    """A listed value, or another way in which the list knows it."""
    values = code_lists()[str(field.list)].values
    if field.type == "boolean":
        value = list(values)[0 if value else 1]
    others = values[value]
    if layout.codes == "other" and others and field.list != "land_class":
        return Shown(rng.choice(others))
    return Shown(
        f" {value[0]} {value[1:]} " if layout.codes == "blanks" and len(value) > 1 and not value.isdigit() else value
    )


def project(value: str, layout: Layout) -> Shown:
    """A project's number."""
    main, dash, sub = value.partition("-")
    texts = {
        "A1-1": f"{main}{dash}{int(sub)}" if sub else main,
        "full width": value.translate(FULL_WIDTH).replace(main[0], chr(ord(main[0]) + 0xFEE0)),
        "dash": value.replace("-", "—"),
        "lower": value.lower(),
    }
    return Shown(texts.get(layout.projects, value))


def townships(codes: list[str], rng: random.Random) -> Shown:
    """Several townships in one cell."""
    return Shown(rng.choice(("、", "，", ",", " ", "；", "\n")).join(map(township_name, codes)))


def township_code(value: str, layout: Layout) -> Shown:
    if layout.places == "code as number":
        return Shown(int(value))
    if layout.places == "old":
        return Shown(_old(value)[0])
    return Shown(f"{value}000" if layout.places == "name and village code" else value)


def township(value: str, layout: Layout) -> Shown:
    """A township's name."""
    name = township_name(value)
    if layout.places == "old":
        return Shown(_old(value)[1])
    if layout.places == "name with district":
        return Shown(f"上党区{name}" if not name.endswith("街道") else f"上党区{name}办事处")
    if layout.places == "short name":
        return Shown(name.removesuffix("街道").removesuffix("镇").removesuffix("乡"))
    return Shown(f"{name[0]}　{name[1:]}" if layout.codes == "blanks" else name)


def _old(value: str) -> tuple[str, str]:
    """The code and the name of a township before it was renamed; its own where it never was."""
    renamed = (
        (row["old_code"], row["old_name"])
        for row in table("township_succession")
        if row["new_code"] == value and row["kind"] != "merged into"
    )
    return next((row for row in renamed if row[0].startswith("140404")), (value, township_name(value)))


def period_text(period: str, grain: Grain, words: int) -> str:
    """A period as a title, a line or a file name says it."""
    year = period[:4]
    if grain == "year":
        return (
            f"{year}年",
            f"{year}年度",
            f"{year.translate(CHINESE_YEAR)}年",
            f"{year} 年度",
            f"{year}",
            f"{year}年1-12月",
            f"（{year}年）",
            f"{year.translate(CHINESE_YEAR)}年度",
        )[words]
    if grain == "quarter":
        part = int(period[5:])
        return (
            f"{year}年第{CHINESE[part]}季度",
            f"{year}年{CHINESE[part]}季度",
            f"{year.translate(CHINESE_YEAR)}年第{CHINESE[part]}季度",
            f"{year}Q{part}",
            f"{year}年{part}季度",
            f"{year}年{3 * part - 2}-{3 * part}月",
            f"{year}年度第{part}季度",
            f"{year}年 第 {part} 季度",
        )[words]
    part = int(period[5:])
    return (
        f"{year}年{part}月",
        f"{year}年{part}月份",
        f"{year.translate(CHINESE_YEAR)}年{CHINESE[part]}月",
        f"{year}-{part:02d}",
        f"{year}.{part:02d}",
        f"{year}{part:02d}",
        f"{year} 年 {part} 月",
        f"{year}年{part:02d}月",
    )[words]


def period_cell(period: str, grain: Grain, words: int) -> Any:
    """A period as a cell of a column says it: sometimes a number, sometimes a date."""
    if grain == "year" and words in (0, 4):
        return Shown(int(period))
    if grain == "month" and words == 5:
        return Shown(int(period.replace("-", "")))
    if grain == "month" and words == 0:
        return Shown(date(int(period[:4]), int(period[5:]), 1), "yyyy-mm")
    return Shown(period_text(period, grain, words))
