"""Each rule: its columns, a clean frame, and a frame with one fault, by the shipped SQL through the function that production uses."""

from dataclasses import dataclass, field
from string import Formatter
from typing import Any

import pytest
import shapely

from contracts import catalogue, contract, contracts, finding
from contracts.hints import difference_hint
from expectations.addresses import Reported
from expectations.check import COLUMNS, HINTS, check, check_following, rules, run_rule
from expectations.relations import RULES, relations
from tests.frames import cell, frame, good_frame, good_rows

ALL = [rule for name in contracts() for rule in rules(name)]
HECTARE = 10000.0


def _square(west: float, side: float = 0.01) -> bytes:
    return shapely.box(west, 36.0, west + side, 36.0 + side).wkb


def boundary(*areas_ha: float) -> list[dict[str, Any]]:
    """A boundary layer with townships of these areas."""
    rows = good_rows(contract("admin_boundary"), len(areas_ha))
    return [
        row | {"area_m2": area * HECTARE, "period": "2021-10-31", "geometry": _square(113 + number / 100)}
        for number, (row, area) in enumerate(zip(rows, areas_ha, strict=True))
    ]


def ecology() -> list[dict[str, Any]]:
    """Three townships whose figures agree with each other and with the context."""
    rows = good_rows(contract("ecology"))
    for row in rows:
        row |= {
            "land_area_ha": 1000.0, "forest_area_ha": 333.33, "forest_coverage_pct": 33.33, "wetland_area_ha": 60.0,
            "protected_wetland_area_ha": 20.0, "wetland_protection_pct": 33.33, "redline_area_km2": 0.0,
        }
    return rows


def waste() -> list[dict[str, Any]]:
    rows = good_rows(contract("rural_waste"))
    for row in rows:
        row |= {"village_count": 16, "villages_covered": 16, "waste_generated_t": 300.0, "waste_treated_t": 200.0, "treatment_pct": 66.67}
    return rows


def land_use() -> list[dict[str, Any]]:
    """One wide row of one township: two classes that add up to its land."""
    first, second = good_rows(contract("land_use"), 2)
    shared = {key: first[key] for key in ("sheet", "row_no", "unit", "township_code")} | {"land_area_ha": 1000.0}
    total = cell(contract("land_use"), "land_area_ha", 0)
    return [
        first | shared | {"land_class_code": "0101", "area_ha": 400.0, "cells": [("land_area_ha", total), ("area_ha", "D4")]},
        second | shared | {"land_class_code": "0103", "area_ha": 600.0, "cells": [("land_area_ha", total), ("area_ha", "E4")]},
    ]


def ledger() -> list[dict[str, Any]]:
    rows = good_rows(contract("project_ledger"))
    for row, codes in zip(rows, (["140404202"], ["140404001"], ["140404107"]), strict=True):
        row |= {
            "township_codes": codes, "planned_area_ha": 100.0, "planned_cropland_ha": 50.0, "planned_hsf_mu": 1000.0,
            "planned_investment_wan": 500.0, "plan_start": "2023-01", "plan_finish": "2025-12",
        }
    return rows


def progress() -> list[dict[str, Any]]:
    """Two townships of A3, one of C1."""
    rows = good_rows(contract("project_progress"))
    for row, (project, township) in zip(rows, (("A3", "140404001"), ("A3", "140404101"), ("C1", "140404001")), strict=True):
        row |= {
            "project_id": project, "township_code": township, "unit": f"{project}|{township}", "stage": "在建", "issues": None,
            "physical_progress_pct": 60.0, "cum_investment_wan": 100.0, "funds_central_wan": 50.0, "funds_province_wan": 20.0,
            "funds_local_wan": 20.0, "funds_social_wan": 10.0, "cum_consolidated_area_ha": 40.0, "cum_cropland_ha": 20.0,
            "cum_hsf_mu": 300.0, "cum_reclaimed_ha": 5.0,
        }
    return rows


def plan_of_progress() -> list[dict[str, Any]]:
    first, second, _ = ledger()
    return [first | {"project_id": "A3", "unit": "A3"}, second | {"project_id": "C1", "unit": "C1"}]


def acceptance() -> list[dict[str, Any]]:
    rows = good_rows(contract("project_acceptance"))
    for row in rows:
        row |= {"project_id": "A1-01", "accepted_area_ha": 10.0, "cropland_reserve_ha": 4.0, "cropland_linked_ha": 6.01}
    return rows


def supervision() -> list[dict[str, Any]]:
    rows = good_rows(contract("supervision"))
    for row in rows:
        row["rectified_on"] = row["inspected_on"]
    return rows


def performance() -> list[dict[str, Any]]:
    """The four dimensions of one project."""
    rows = good_rows(contract("performance"), 4)
    for row, full in zip(rows, (20.0, 20.0, 35.0, 25.0), strict=True):
        row |= {"project_id": "A1", "unit": "A1", "full_score": full, "score": full}
    return rows


def year_before(rows: list[dict[str, Any]], **changed: Any) -> list[dict[str, Any]]:
    return [row | changed | {"period": "2023"} for row in rows]


CLEAN = {
    "land_use": land_use, "ecology": ecology, "rural_waste": waste, "project_ledger": ledger, "project_progress": progress,
    "project_acceptance": acceptance, "supervision": supervision, "performance": performance,
}


@dataclass
class Case:
    """One fault: what is changed in which row of the clean frame, and the finding that it must give."""

    rule_id: str
    change: dict[str, Any]
    at: str  # field whose cell is named
    row: int = 0
    found: str | None = None
    expected: str | None = None
    words: str = ""
    accepted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


CASES = [
    Case("land_use.class_sum_mismatch", {"area_ha": 400.02}, "land_area_ha", found="1000", expected="1000.02", words="相差 0.02 公顷"),
    Case("land_use.land_total_vs_boundary", {}, "land_area_ha", found="1000", expected="1002", words="相差 0.2%",
         accepted={"admin_boundary": boundary(1002, 1000, 1000)}),
    Case("land_use.yoy_class_change", {}, "area_ha", found="400", expected="320", words="水田由 320 变为 400 公顷，变化 25%，超过 20%",
         accepted={"land_use": year_before(land_use()[:1], area_ha=320.0)}),
    Case("ecology.land_total_vs_boundary", {}, "land_area_ha", found="1000", expected="66.6667", words="疑为亩写在公顷栏",
         accepted={"admin_boundary": boundary(1000 / 15, 1000, 1000)}),
    Case("ecology.part_exceeds_whole", {"protected_wetland_area_ha": 60.5}, "protected_wetland_area_ha", row=1, found="60.5", expected="60",
         words="受保护湿地面积 60.5 公顷，大于湿地面积 60 公顷"),
    Case("ecology.declared_pct_mismatch", {"forest_coverage_pct": 33.35}, "forest_coverage_pct", row=2, found="33.35", expected="33.33",
         words="按森林面积/土地总面积应为 33.33%，相差 0.02 个百分点"),
    Case("ecology.forest_area_drop", {}, "forest_area_ha", found="333.33", expected="360", words="减少 7.4%，超过 5%",
         accepted={"ecology": year_before(ecology()[:1], forest_area_ha=360.0)}),
    Case("ecology.crosscheck_redline", {"redline_area_km2": 100.0}, "redline_area_km2", row=1, found="100", words="疑为公顷写在平方千米栏",
         accepted={"ecological_redline": [
             good_rows(contract("ecological_redline"), 1)[0] | {"period": "2024", "geometry": _square(113.01)},
         ]}),
    Case("rural_waste.part_exceeds_whole", {"villages_covered": 17}, "villages_covered", found="17", expected="16",
         words="大于行政村数 16"),
    Case("rural_waste.declared_pct_mismatch", {"treatment_pct": 60.0}, "treatment_pct", row=1, found="60", expected="66.67",
         words="相差 6.67 个百分点"),
    Case("project_ledger.finish_before_start", {"plan_finish": "2022-12"}, "plan_finish", row=1, found="2022-12", expected="2023-01"),
    Case("project_ledger.project_township_mismatch", {"project_id": "A1-05", "township_codes": ["140404202", "140404104"]},
         "township_codes", found="八义镇", expected="北呈乡、东和乡、苏店镇", words="八义镇不在A1工程范围内"),
    Case("project_ledger.township_not_listed", {"project_id": "D1", "township_codes": ["140404103"]}, "township_codes", found="西火镇",
         words="不在规划列明的D1工程乡镇之内"),
    Case("project_progress.cumulative_falls", {}, "cum_cropland_ha", found="20", expected="21.2", words="由上月 21.2 降为 20，减少 1.2",
         accepted={"project_progress": [
             progress()[0] | {"period": "2024-05", "cum_cropland_ha": 21.2}, progress()[0] | {"period": "2024-04", "cum_cropland_ha": 30.0},
         ]}),
    Case("project_progress.cumulative_falls_with_reason", {"issues": "核减：复测面积减少"}, "cum_hsf_mu", found="300", expected="310",
         accepted={"project_progress": [progress()[0] | {"period": "2024-05", "cum_hsf_mu": 310.0}]}),
    Case("project_progress.progress_100_before_completion", {"physical_progress_pct": 100.0}, "physical_progress_pct", row=2, found="100",
         expected="100", words="阶段为“在建”"),
    Case("project_progress.investment_exceeds_funds", {"cum_investment_wan": 111.0}, "cum_investment_wan", row=2, found="111",
         expected="100", words="1.1 倍"),
    Case("project_progress.exceeds_plan", {"cum_consolidated_area_ha": 105.1}, "cum_consolidated_area_ha", found="105.1", expected="100"),
    Case("project_progress.total_exceeds_plan", {"cum_cropland_ha": 33.0}, "cum_cropland_ha", found="53", expected="50",
         words="A3各乡镇累计新增耕地合计 53"),
    Case("project_progress.project_township_mismatch", {"township_code": "140404201"}, "township_code", row=2, found="西池乡",
         expected="韩店街道", words="C1只涉及韩店街道，不含西池乡"),
    Case("project_progress.township_not_listed", {"project_id": "D1", "township_code": "140404103"}, "township_code", row=2,
         found="西火镇"),
    Case("project_acceptance.part_exceeds_whole", {"cropland_linked_ha": 6.02}, "cropland_linked_ha", row=1, found="10.02", expected="10"),
    Case("project_acceptance.project_not_in_ledger", {"project_id": "A1-99"}, "project_id", row=2, found="A1-99"),
    Case("supervision.date_order", {"rectified_on": good_rows(contract("supervision"))[0]["inspected_on"]}, "rectified_on", row=2,
         found="2024-06-10", expected="2024-06-12"),
    Case("performance.full_scores_not_100", {"full_score": 25.0}, "full_score", found="105", expected="100", words="应为 100"),
    Case("performance.score_exceeds_full", {"score": 23.5}, "score", row=1, found="23.5", expected="20"),
]


@pytest.fixture
def context(accept):
    """What is accepted before: boundary and ledgers with which the clean frames agree."""

    def prepare(case: dict[str, list[dict[str, Any]]] | None = None) -> None:
        ledgers = [*plan_of_progress(), ledger()[0] | {"project_id": "A1-01", "unit": "A1-01"}]
        basis = {"admin_boundary": boundary(1000, 1000, 1000), "project_ledger": ledgers}
        for dataset, rows in (basis | (case or {})).items():
            accept(dataset, rows)

    return prepare


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.rule.rule_id)
def test_columns(rule, con, context):
    """The SQL gives row, field, found and expected, and every operand that the message names; the threshold is the catalogue's."""
    context()
    dataset = rule.rule.rule_id.split(".")[0]
    with relations(con, good_frame(contract(dataset)), contract(dataset), [rule.sql], Reported([])):
        columns = [column[0] for column in con.execute(rule.sql, rule.parameters).description]
    given = {*columns, "title", "threshold", *HINTS, *(f"{name}_en" for name in HINTS)}
    given |= {f"{name.removesuffix('_field')}_title" for name in columns if name.endswith("_field")}
    assert set(COLUMNS) <= set(columns)
    for words in (rule.rule.zh, rule.rule.en, rule.rule.remedy_zh, rule.rule.remedy_en):
        assert {name for _, name, _, _ in Formatter().parse(words) if name} <= given


@pytest.mark.parametrize("dataset", CLEAN)
def test_success(dataset, con, context):
    context()
    assert check(frame(contract(dataset), CLEAN[dataset]()), contract(dataset), con) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule_id)
def test_failure(case, con, context):
    """One changed value gives one finding, at its cell, with its operands, and nothing else."""
    context(case.accepted)
    item = contract(case.rule_id.split(".")[0])
    rows = CLEAN[item.dataset]()
    rows[case.row] |= case.change
    (said,) = check(frame(item, rows), item, con)
    assert (said.rule_id, said.severity, said.unit) == (case.rule_id, catalogue()[case.rule_id].severity, rows[case.row]["unit"])
    assert (said.sheet, said.cell) == ("Sheet1", dict(rows[case.row]["cells"])[case.at])
    assert (said.found, said.expected) == (case.found, case.expected or said.expected)
    assert case.words in said.message


def test_every_rule_has_its_case():
    assert sorted(case.rule_id for case in CASES) == sorted(rule.rule.rule_id for rule in ALL)
    assert {path.parent.name for path in RULES.glob("*/*.sql")} == {*CLEAN, "shared"}


def test_an_error_is_not_repeated_at_its_cell_and_a_held_unit_gets_no_warning(con, context):
    context({"ecology": year_before(ecology(), forest_area_ha=360.0)})
    item = contract("ecology")
    rows = ecology()
    rows[0]["forest_coverage_pct"] = 1.0
    first = check(frame(item, rows), item, con)
    assert [(said.rule_id, said.unit) for said in first] == [
        ("ecology.declared_pct_mismatch", "140404001"),
        ("ecology.forest_area_drop", "140404101"),
        ("ecology.forest_area_drop", "140404102"),
    ]
    again = check(frame(item, rows), item, con, already=first[:1])
    assert [said.rule_id for said in again] == ["ecology.forest_area_drop"] * 2


def test_a_long_sheet_is_measured_by_the_sum_of_its_classes(con, context):
    context()
    item = contract("land_use")
    rows = [row | {"land_area_ha": None} for row in land_use()]
    assert check(frame(item, rows), item, con) == []
    rows[1]["area_ha"] = 620.0
    (said,) = check(frame(item, rows), item, con)
    assert (said.rule_id, said.cell, said.found) == ("land_use.land_total_vs_boundary", "D4", "1020")


def test_a_year_is_measured_by_the_boundary_in_force_then(con, accept):
    accept("admin_boundary", boundary(1000, 1000, 1000))
    accept("admin_boundary", [row | {"period": "2025-01-01"} for row in boundary(1100, 1000, 1000)])
    item = contract("ecology")
    assert check(frame(item, ecology()), item, con) == []
    later = [row | {"period": "2025"} for row in ecology()]
    assert [said.unit for said in check(frame(item, later), item, con)] == ["140404001"]


def test_a_treated_amount_over_the_generated_is_that_fault_alone(con):
    item = contract("rural_waste")
    rows = waste()
    rows[0] |= {"waste_treated_t": 310.0, "treatment_pct": 66.67}
    assert [said.rule_id for said in check(frame(item, rows), item, con)] == ["rural_waste.part_exceeds_whole"]


def test_nothing_is_held_against_a_figure_that_is_itself_in_error(con):
    item = contract("rural_waste")
    rows = waste()
    rows[0]["waste_generated_t"] = -5.0
    negative = finding(
        "contract.negative_value", unit=rows[0]["unit"], sheet="Sheet1", cell=cell(item, "waste_generated_t", 0), field="waste_generated_t",
        found=-5.0, title="产生量",
    )
    assert check(frame(item, rows), item, con, already=[negative]) == []


def test_classes_that_could_not_be_read_are_not_summed(con, context):
    context()
    item = contract("land_use")
    unread = finding("conform.unknown_land_class", sheet="Sheet1", cell="L3", field="land_class_code", found="1499")
    rows = land_use()[:1]
    assert [said.rule_id for said in check(frame(item, rows), item, con)] == ["land_use.class_sum_mismatch"]
    assert check(frame(item, rows), item, con, already=[unread]) == []


def test_a_township_that_stands_twice_is_not_measured(con, context):
    context()
    item = contract("ecology")
    rows = [*ecology(), ecology()[0] | {"row_id": 3, "row_no": 7, "land_area_ha": 900.0, "forest_coverage_pct": None}]
    assert check(frame(item, rows), item, con) == []


def test_the_accepted_month_that_follows_is_checked_again(con, accept):
    item = contract("project_progress")
    late = [row | {"period": "2024-05", "cum_cropland_ha": 25.0} for row in progress()[:1]]
    accept("project_progress", late, submission="may")
    accept("project_progress", progress(), submission="june")
    accept("project_progress", [row | {"period": "2024-07", "cum_cropland_ha": 30.0} for row in progress()], submission="july")
    found = check_following(item, con, [row["unit"] for row in late], "2024-05")
    assert {submission: [(said.rule_id, said.unit, said.period) for said in said_of] for submission, said_of in found.items()} == {
        "june": [("project_progress.cumulative_falls", "A3|140404001", "2024-06")],
    }
    assert check_following(item, con, ["A3|140404101"], "2024-05") == {}
    assert check_following(contract("project_ledger"), con, ["A1"], "2024-05") == {}


def test_rules_leave_nothing_behind_on_the_connection(con, context):
    context()
    before = con.execute("select table_name from information_schema.tables order by 1").fetchall()
    check(frame(contract("project_progress"), progress()), contract("project_progress"), con)
    assert con.execute("select table_name from information_schema.tables order by 1").fetchall() == before


def test_a_rule_that_cannot_run_is_never_a_silent_pass(con):
    con.execute("drop table accepted_admin_boundary")
    with pytest.raises(Exception, match="accepted_admin_boundary"):
        check(frame(contract("ecology"), ecology()), contract("ecology"), con)


def test_an_sql_without_a_needed_column_is_refused(con):
    rule = rules("supervision")[0]
    with pytest.raises(ValueError, match="expected, field, found"):
        run_rule(con, type(rule)(rule.rule, "select 1 as row_id"))


def test_a_hint_names_the_unit_or_the_difference():
    assert "疑为亩写在公顷栏" in difference_hint(15.02, 1.0, "ha").zh
    assert difference_hint(1.011, 1.0, "ha").zh == "相差 1.1%"
    assert difference_hint(5.0, 0.0, "km2").zh == "相差 ∞%"
