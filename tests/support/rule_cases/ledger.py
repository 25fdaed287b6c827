"""For each rule on the project ledger: the one change that breaks it."""

from tests.support.rule_cases.cases import Case, acceptance, ledger


def _part(number, project="A1", **changed):
    """What makes a row of the ledger a sub-project that agrees with its project."""
    name = f"{project}-{number:02d}"
    return {
        "project_id": name,
        "reporting_unit": name,
        "project_name": f"高标准农田建设{number:02d}号项目",
        "phase": "近期",
        "township_codes": ["140404202"],
        "planned_area_ha": 10.0,
        "planned_cropland_ha": 0.0,
        "planned_hsf_mu": 10.0,
        "planned_investment_wan": 50.0,
        "year_plan_investment_wan": 0.0,
    } | changed


CASES = [
    Case(
        "project_ledger.finish_before_start",
        {"plan_finish": "2022-12"},
        "plan_finish",
        row=1,
        found="2022-12",
        expected="2023-01",
    ),
    Case(
        "project_ledger.project_township_mismatch",
        {"project_id": "A1-05", "township_codes": ["140404202", "140404104"]},
        "township_codes",
        found="八义镇",
        expected="北呈乡、东和乡、苏店镇",
        words="八义镇不在A1工程范围内",
    ),
    Case(
        "project_ledger.township_not_listed",
        {
            "project_id": "D1",
            "reporting_unit": "D1",
            "project_name": "司马采煤沉陷区综合治理工程",
            "category": "矿山生态修复",
            "planned_hsf_mu": 0.0,
            "township_codes": ["140404103"],
        },
        "township_codes",
        found="西火镇",
        words="不在规划列明的D1工程乡镇之内",
    ),
    Case(
        "project_ledger.project_missing",
        _part(5, "B2", category="建设用地整治", planned_hsf_mu=0.0),
        "project_id",
        row=2,
        found="B2-05",
        expected="B2",
    ),
    Case(
        "project_ledger.parts_exceed_project",
        {},
        "planned_area_ha",
        found="120",
        expected="100",
        words="A1各子项目建设规模合计 120",
        also={1: _part(1, planned_area_ha=80.0), 2: _part(2, planned_area_ha=40.0)},
    ),
    Case(
        "project_ledger.year_plan_exceeds_total",
        {"year_plan_investment_wan": 501.0},
        "year_plan_investment_wan",
        row=1,
        found="501",
        expected="500",
    ),
    Case(
        "project_ledger.cropland_exceeds_area",
        {"planned_cropland_ha": 100.2},
        "planned_cropland_ha",
        found="100.2",
        expected="100",
    ),
    Case(
        "project_ledger.hsf_exceeds_area", {"planned_hsf_mu": 1516.0}, "planned_hsf_mu", found="1516", expected="1500"
    ),
    Case(
        "project_ledger.hsf_outside_farmland",
        {
            "project_id": "B2",
            "reporting_unit": "B2",
            "project_name": "挂钩类建设用地复垦近期工程",
            "category": "建设用地整治",
        },
        "planned_hsf_mu",
        row=2,
        found="1000",
        words="B2不属于农用地整治",
    ),
    Case(
        "project_ledger.name_differs_from_plan",
        {"project_name": "河道清淤"},
        "project_name",
        row=2,
        found="河道清淤",
        expected="农用地整治工程",
    ),
    Case(
        "project_ledger.category_differs_from_plan",
        {"category": "水环境治理和水生态修复"},
        "category",
        found="水环境治理和水生态修复",
        expected="农用地整治",
    ),
    Case(
        "project_ledger.phase_differs_from_plan",
        {"phase": "远期"},
        "phase",
        found="远期",
        expected="近期",
        words="A1填报为“远期”",
    ),
    Case(
        "project_ledger.outside_project_window",
        _part(1, plan_start="2022-11"),
        "plan_start",
        row=1,
        found="2022-11—2025-12",
        expected="2023-01—2025-12",
    ),
    Case(
        "project_ledger.outside_project_townships",
        _part(1, township_codes=["140404202", "140404203"]),
        "township_codes",
        row=1,
        found="东和乡",
        expected="北呈乡",
    ),
    Case(
        "project_ledger.investment_per_ha_high",
        {"planned_investment_wan": 20100.0},
        "planned_investment_wan",
        found="20100",
        words="每公顷计划投资 201 万元，高于 200",
    ),
    Case(
        "project_ledger.investment_per_ha_low",
        {"planned_investment_wan": 40.0},
        "planned_investment_wan",
        found="40",
        words="每公顷计划投资 0.4 万元，低于 0.5",
    ),
    Case(
        "project_ledger.duration_too_long",
        {"plan_finish": "2034-01"},
        "plan_finish",
        found="2023-01",
        expected="2034-01",
        words="共 132 个月",
    ),
    Case(
        "project_ledger.beyond_plan",
        {"plan_start": "2030-01", "plan_finish": "2036-01"},
        "plan_finish",
        row=1,
        found="2036-01",
        expected="2035",
    ),
    Case(
        "project_ledger.plan_changed",
        {},
        "planned_investment_wan",
        found="500",
        expected="400",
        words="变化 25%，超过 20%",
        accepted={"project_ledger": [ledger()[0] | {"planned_investment_wan": 400.0}]},
    ),
    Case(
        "project_ledger.plan_below_accepted",
        {
            "planned_area_ha": 9.0,
            "planned_cropland_ha": 9.0,
            "planned_hsf_mu": 90.0,
            "planned_investment_wan": 45.0,
            "year_plan_investment_wan": 1.0,
        },
        "planned_cropland_ha",
        found="9",
        expected="10.01",
        accepted={
            "project_acceptance": [acceptance()[0] | {"project_id": "A1", "accepted_area_ha": 9.0}],
        },
    ),
]
