"""Printed values: zones and townships add up to the district as it is printed, parts to their township."""

from decimal import Decimal

from reporting.mart_models import Balance, balances
from reporting.workbooks.balance import printed_values

ZONES = Balance("value", "unit", "denominator", "mart_indicator_district", ("indicator_code", "period"), "zoning")
TOWNSHIPS = Balance(
    "value",
    "unit",
    "denominator",
    "mart_indicator_district",
    ("indicator_code", "period"),
    parts="is_part",
    key="area_code",
)


def row(code, value, measure_unit="ha", denominator=None, **more):
    return {
        "indicator_code": "i",
        "period": "2025",
        "area_code": code,
        "value": value,
        "unit": measure_unit,
        "denominator": denominator,
        **more,
    }


def printed(rule, rows, whole):
    found = printed_values(rule, rows, [row("140404", whole, rows[0]["unit"], rows[0]["denominator"])])
    return [None if value is None else str(value) for value in found]


def test_each_zoning_adds_up_to_the_district_as_it_is_printed():
    thirds = [10.0 / 3] * 3
    rows = [row(f"cz{n}", value, zoning="consolidation") for n, value in enumerate(thirds)]
    rows += [row("rz0", 4.996, zoning="restoration"), row("rz1", 5.004, zoning="restoration")]
    assert printed(ZONES, rows, 10.0) == ["3.34", "3.33", "3.33", "5.00", "5.00"]


def test_parts_add_up_to_their_township_and_townships_to_the_district():
    rows = [
        row("140404101", 10.005, is_part=False),
        row("140404102", 10.004, is_part=False),
        row("140404101W", 6.0025, is_part=True),
        row("140404101E", 4.0025, is_part=True),
    ]
    # 20.009 → 20.01; the first township is printed as 10.01, and its parts as 6.01 and 4.00
    assert printed(TOWNSHIPS, rows, 20.009) == ["10.01", "10.00", "6.01", "4.00"]


def test_ratios_and_missing_values_do_not_add_up():
    assert printed(ZONES, [row("cz", 41.234, "%", 100.0, zoning="consolidation")], 41.2) == [None]
    assert printed(ZONES, [row("cz", None, zoning="consolidation")], 10.0) == [None]


def test_where_a_part_is_missing_each_is_rounded_by_itself():
    assert printed(
        ZONES, [row("cz0", 3.336, zoning="consolidation"), row("cz1", 3.336, zoning="consolidation")], 10.0
    ) == [
        "3.34",
        "3.34",
    ]


def test_units_have_their_own_decimals():
    rows = [row("cz0", 1.005, "万亩", zoning="consolidation"), row("cz1", 1.005, "万亩", zoning="consolidation")]
    assert printed(ZONES, rows, 2.01) == ["1.01", "1.00"]
    assert sum(Decimal(value) for value in printed(ZONES, rows, 2.01)) == Decimal("2.01")


def test_the_marts_that_add_up_are_declared_with_their_models():
    assert balances() == {"mart_indicator_zone": ZONES, "mart_indicator_township": TOWNSHIPS}
