"""What follows from another finding stands behind it, and says so."""

import pytest

from contracts import contract, finding
from contracts.consequences import caused_by, with_causes

ECOLOGY = contract("ecology")
A, B = "140404001", "140404101"


def of(rule_id, field=None, cell=None, reporting_unit=A, **operands):
    return finding(
        rule_id,
        reporting_unit=reporting_unit,
        period="2024",
        sheet="Sheet1",
        cell=cell,
        field=field,
        **{"title": "…"} | operands,
    )


PERCENT = of("contract.percent_out_of_range", "wetland_protection_pct", "H3", found=102.29, expected="0–100")
PART = of(
    "ecology.part_exceeds_whole", "protected_wetland_area_ha", "G3", found=51.1, expected=50, against_title="湿地面积"
)
TOTAL = finding(
    "sheet.total_row_mismatch",
    sheet="Sheet1",
    cell="G13",
    field="protected_wetland_area_ha",
    title="受保护湿地面积",
    found=90,
    expected=96.1,
    difference=6.1,
)
UNIT = finding(
    "normalize.units_contradict",
    sheet="Sheet1",
    cell="F2",
    field="wetland_area_ha",
    found="亩",
    expected="公顷",
    title="湿地面积",
)
TEXT = of("normalize.number_with_blanks", "protected_wetland_area_ha", "G3", found="5 1.1", expected=51.1)
STRANGER = of("normalize.unknown_township", "township_code", "A5", reporting_unit="某某镇", found="某某镇")
MISSING = of("sheet.missing_unit", "township_code", reporting_unit="140404102", found="西火镇")
TWICE = of("contract.duplicate_key", "township_code", "A3", key="乡镇", expected="A14")
SEVERAL = finding(
    "normalize.several_periods", sheet="Sheet1", cell="A1", field="period", found="三、四季度", expected="2025Q4"
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([PERCENT, PART], [(PART, None), (PERCENT, PART)]),
        ([TOTAL, PERCENT, PART], [(PART, None), (TOTAL, PART), (PERCENT, PART)]),
        ([PERCENT, UNIT], [(UNIT, None), (PERCENT, UNIT)]),
        ([PERCENT, PART, TEXT], [(TEXT, None), (PERCENT, TEXT), (PART, TEXT)]),  # the cause of a cause
        ([MISSING, STRANGER], [(STRANGER, None), (MISSING, STRANGER)]),
        ([TWICE, SEVERAL], [(SEVERAL, None), (TWICE, SEVERAL)]),
        ([TWICE, STRANGER], [(TWICE, None), (STRANGER, None)]),
    ],
)
def test_the_cause_comes_first(given, expected):
    assert with_causes(given, ECOLOGY) == expected


def test_another_unit_or_period_is_no_cause():
    others = [
        of(
            "ecology.part_exceeds_whole",
            PART.field,
            "G4",
            reporting_unit=B,
            against_title="湿地面积",
            found=2,
            expected=1,
        )
    ]
    assert with_causes([PERCENT, *others], ECOLOGY) == [(PERCENT, None), (others[0], None)]


def test_a_remark_causes_nothing():
    told = of("normalize.value_converted", "protected_wetland_area_ha", "G3", found="五十一", expected=51)
    assert with_causes([PART, told], ECOLOGY) == [(PART, None), (told, None)]


def test_the_public_form_names_rule_and_place():
    assert caused_by(PART) == {"rule_id": "ecology.part_exceeds_whole", "sheet": "Sheet1", "cell": "G3"}
    assert caused_by(None) is None
