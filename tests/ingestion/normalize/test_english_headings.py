"""Headings in English are those of the contract's English titles, and are warned of."""

import pytest

from contracts import contract
from ingestion.normalize.english_headings import english_targets
from tests.support.workbooks import TOWNSHIPS, column, normalize_rows

HEADER = ["Code", "Township", "Villages", "Covered villages", "Households", "Waste generated (t)", "Waste treated (kg)"]
ROWS = [[code, None, 10, 9, 1000 + number, 100.5, 90000] for number, code in enumerate(TOWNSHIPS)]
FIELDS = [one for one in contract("rural_waste").fields.values() if one.type not in ("township", "period")]


def test_a_table_in_english_is_read_and_warned_of(tmp_path):
    got = normalize_rows(tmp_path, [["Rural waste 2026Q1"], HEADER, *ROWS], "rural_waste")
    assert column(got, "reporting_unit") == TOWNSHIPS
    assert column(got, "period") == ["2026Q1"] * 10
    assert column(got, "villages_covered") == [9] * 10
    assert column(got, "waste_generated_t") == [100.5] * 10
    assert column(got, "waste_treated_t") == [90.0] * 10
    assert [(item.cell, item.found, item.expected) for item in got.findings if item.severity == "warning"] == [
        ("C2", "Villages", "行政村数"),
        ("D2", "Coveredvillages", "收运处置体系覆盖村数"),
        ("E2", "Households", "农户数"),
        ("F2", "Wastegenerated(t)", "产生量"),
        ("G2", "Wastetreated(kg)", "无害化处理量"),
    ]
    assert [item for item in got.findings if item.severity == "error"] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Villages", "village_count"),
        ("Villagescovered", "villages_covered"),
        ("Totalhouseholds", "households"),
        ("Waste", None),
        ("Plannedvillages", None),
        ("Wasteburnt", None),
        ("产生量", None),
    ],
)
def test_a_heading_has_only_words_of_one_title(heading, field):
    found = english_targets({1: heading}, FIELDS)
    assert (found[1].field if found else None) == field


def test_a_unit_of_another_kind_is_not_the_fields(tmp_path):
    header = [*HEADER[:5], "Waste generated (m3)", HEADER[6]]
    got = normalize_rows(tmp_path, [["Rural waste 2026Q1"], header, *ROWS], "rural_waste")
    assert ("normalize.missing_required_column", "waste_generated_t") in {
        (one.rule_id, one.field) for one in got.findings
    }
