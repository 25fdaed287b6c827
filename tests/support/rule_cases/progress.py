"""For each rule on monthly progress: the one change that breaks it."""

from datetime import date

from tests.support.rule_cases.cases import Case, acceptance, plan_of_progress, progress

LAST = 2  # row: C1, which the plan has in one township only


def _may(**changed):
    return {"project_progress": [progress()[0] | {"period": "2024-05"} | changed]}


def _plan(**changed):
    farmland, whole = plan_of_progress()
    return {"project_ledger": [farmland | changed, whole]}


CASES = [
    Case(
        "project_progress.cumulative_falls",
        {},
        "cum_cropland_ha",
        found="20",
        expected="21.2",
        words="由上月 21.2 降为 20，减少 1.2",
        accepted={
            "project_progress": [
                progress()[0] | {"period": "2024-05", "cum_cropland_ha": 21.2},
                progress()[0] | {"period": "2024-04", "cum_cropland_ha": 30.0},
            ]
        },
    ),
    Case(
        "project_progress.cumulative_falls_with_reason",
        {"issues": "核减：复测面积减少"},
        "cum_hsf_mu",
        found="300",
        expected="310",
        accepted={"project_progress": [progress()[0] | {"period": "2024-05", "cum_hsf_mu": 310.0}]},
    ),
    Case(
        "project_progress.progress_100_before_completion",
        {"physical_progress_pct": 100.0},
        "physical_progress_pct",
        row=2,
        found="100",
        expected="100",
        words="阶段为“在建”",
    ),
    Case(
        "project_progress.investment_exceeds_funds",
        {"cum_investment_wan": 111.0},
        "cum_investment_wan",
        row=2,
        found="111",
        expected="100",
        words="1.1 倍",
    ),
    Case(
        "project_progress.exceeds_plan",
        {"cum_consolidated_area_ha": 105.1},
        "cum_consolidated_area_ha",
        found="105.1",
        expected="100",
    ),
    Case(
        "project_progress.total_exceeds_plan",
        {"cum_cropland_ha": 33.0},
        "cum_cropland_ha",
        found="53",
        expected="50",
        words="A3各乡镇累计新增耕地合计 53",
    ),
    Case(
        "project_progress.project_township_mismatch",
        {"township_code": "140404201"},
        "township_code",
        row=2,
        found="西池乡",
        expected="韩店街道",
        words="C1只涉及韩店街道，不含西池乡",
    ),
    Case(
        "project_progress.township_not_listed",
        {"project_id": "D1", "township_code": "140404103"},
        "township_code",
        row=2,
        found="西火镇",
    ),
    Case("project_progress.stage_goes_back", {}, "stage", found="在建", expected="完工", accepted=_may(stage="完工")),
    Case(
        "project_progress.progress_falls",
        {},
        "physical_progress_pct",
        found="60",
        expected="61",
        accepted=_may(physical_progress_pct=61.0),
    ),
    Case(
        "project_progress.progress_jumps",
        {"physical_progress_pct": 85.0},
        "physical_progress_pct",
        found="85",
        expected="20",
        words="超过 60 个百分点",
        accepted=_may(physical_progress_pct=20.0),
    ),
    Case(
        "project_progress.progress_before_construction",
        {"stage": "招标", "cum_consolidated_area_ha": 0.0, "cum_cropland_ha": 0.0},
        "physical_progress_pct",
        row=LAST,
        found="60",
        words="阶段为“招标”",
    ),
    Case(
        "project_progress.result_before_construction",
        {"stage": "前期", "physical_progress_pct": 0.0, "cum_cropland_ha": 0.0},
        "cum_consolidated_area_ha",
        row=LAST,
        found="40",
        words="累计整治面积已填 40",
    ),
    Case(
        "project_progress.complete_below_100",
        {"stage": "完工", "physical_progress_pct": 98.0},
        "physical_progress_pct",
        found="98",
        expected="100",
    ),
    Case(
        "project_progress.progress_without_investment",
        {"cum_investment_wan": 0.0},
        "cum_investment_wan",
        found="60",
        expected="0",
    ),
    Case(
        "project_progress.complete_with_low_investment",
        {"stage": "验收", "physical_progress_pct": 100.0},
        "cum_investment_wan",
        row=LAST,
        found="100",
        expected="500",
        words="不足计划 500 万元的 0.5 倍",
    ),
    Case(
        "project_progress.cropland_exceeds_area",
        {"cum_cropland_ha": 40.1},
        "cum_cropland_ha",
        row=LAST,
        found="40.1",
        expected="40",
    ),
    Case(
        "project_progress.reclaimed_exceeds_cropland",
        {"project_id": "B2", "reporting_unit": "B2|140404001", "cum_reclaimed_ha": 20.1},
        "cum_reclaimed_ha",
        row=LAST,
        found="20.1",
        expected="20",
    ),
    Case(
        "project_progress.reclaimed_outside_construction_land",
        {"cum_reclaimed_ha": 5.0},
        "cum_reclaimed_ha",
        found="5",
        words="A3不属于建设用地整治",
    ),
    Case(
        "project_progress.hsf_outside_farmland",
        {"cum_hsf_mu": 5.0},
        "cum_hsf_mu",
        row=LAST,
        found="5",
        words="C1不属于农用地整治",
    ),
    Case(
        "project_progress.started_before_plan",
        {},
        "stage",
        found="2024-06",
        expected="2024-11",
        without=(1,),
        words="早 5 个月",
        accepted=_plan(plan_start="2024-11"),
    ),
    Case(
        "project_progress.late",
        {},
        "stage",
        found="2024-06",
        expected="2024-02",
        without=(1,),
        words="已超过台账计划完工（2024-02）4 个月",
        accepted=_plan(plan_finish="2024-02"),
    ),
    Case(
        "project_progress.funds_exceed_plan",
        {"funds_central_wan": 600.0},
        "funds_central_wan",
        row=LAST,
        found="650",
        expected="500",
        words="C1各乡镇到位资金合计 650",
    ),
    Case(
        "project_progress.below_accepted",
        {"cum_cropland_ha": 9.0},
        "cum_cropland_ha",
        found="9",
        expected="10.01",
        accepted={
            "project_acceptance": [acceptance()[0] | {"acceptance_date": date(2024, 6, 30)}],
        },
    ),
    Case(
        "project_progress.stalled",
        {"cum_consolidated_area_ha": 0.0, "cum_cropland_ha": 0.0, "cum_hsf_mu": 0.0},
        "physical_progress_pct",
        found="60",
        expected="2023-11",
        words="已 7 个月没有变化",
        accepted={
            "project_progress": [
                progress()[0]
                | {"period": period, "cum_consolidated_area_ha": 0.0, "cum_cropland_ha": 0.0, "cum_hsf_mu": 0.0}
                for period in ("2023-11", "2024-03", "2024-05")
            ]
        },
    ),
    Case(
        "project_progress.name_of_other_project",
        {"project_name": "韩店街道全域土地综合整治"},
        "project_name",
        found="韩店街道全域土地综合整治",
        words="编号 A3 的名称写成了 C1 的名称",
    ),
]
