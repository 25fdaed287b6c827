"""For each rule on physical outputs, villages, and what an acceptance says of the ground: the one change that breaks it."""

from tests.support.rule_cases.cases import Case, accepted_project, plan_of_progress

TREATED = {"output_kind": "treated_area", "output_unit": "ha"}
AMOUNTS = {
    "project_ledger": "planned_output",
    "project_progress": "cum_output",
    "project_acceptance": "accepted_output",
}
MINE = {"project_id": "D1", "reporting_unit": "D1"}
IN_SUDIAN = {"project_id": "D1", "township_code": "140404101", "reporting_unit": "D1|140404101", "cum_hsf_mu": 0.0}


def _planned(**output):
    """The ledgers of the clean tables, and one of D1 with this output."""
    mine = accepted_project() | MINE | output
    return {"project_ledger": [*plan_of_progress(), accepted_project(), mine]}


CASES = [
    *(
        Case(f"{dataset}.output_incomplete", {amount: 12.0}, "output_kind", words="缺产出类型")
        for dataset, amount in AMOUNTS.items()
    ),
    *(
        Case(
            f"{dataset}.output_unit_of_other_kind",
            TREATED | {"output_unit": "km", amount: 12.0},
            "output_unit",
            found="km",
            expected="ha",
            words="治理面积以ha计",
        )
        for dataset, amount in AMOUNTS.items()
    ),
    *(
        Case(
            f"{dataset}.output_of_other_category",
            TREATED | {amount: 12.0},
            "output_kind",
            found="治理面积",
            words="的工程类别没有“治理面积”",
        )
        for dataset, amount in AMOUNTS.items()
    ),
    Case(
        "project_progress.output_differs_from_ledger",
        IN_SUDIAN | TREATED | {"cum_output": 12.0},
        "output_kind",
        found="治理面积",
        expected="治理图斑数",
        accepted=_planned(output_kind="plots", output_unit="count", planned_output=3.0),
    ),
    Case(
        "project_acceptance.output_differs_from_ledger",
        {"project_id": "D1"} | TREATED | {"accepted_output": 12.0},
        "output_kind",
        found="治理面积",
        expected="治理图斑数",
        accepted=_planned(output_kind="plots", output_unit="count", planned_output=3.0),
    ),
    Case(
        "project_progress.output_exceeds_plan",
        IN_SUDIAN | TREATED | {"cum_output": 10.6},
        "cum_output",
        found="10.6",
        expected="10",
        words="超过台账计划 10 的 1.05 倍",
        accepted=_planned(**TREATED, planned_output=10.0),
    ),
    Case(
        "project_acceptance.output_exceeds_plan",
        {},
        "accepted_output",
        row=1,
        found="10.6",
        expected="10",
        words="D1验收合格产出累计 10.6",
        also={row: {"project_id": "D1"} | TREATED | {"accepted_output": 5.3} for row in (0, 1)},
        accepted=_planned(**TREATED, planned_output=10.0),
    ),
    Case(
        "project_acceptance.origin_without_reclaimed",
        {"reclaimed_from": "采矿用地"},
        "reclaimed_from",
        found="采矿用地",
        words="填了复垦前用地“采矿用地”",
    ),
    Case("project_acceptance.renewed_kind_without_area", {"renewed_land": "工矿"}, "renewed_land", row=1, found="工矿"),
    Case("project_acceptance.grade_without_hsf", {"grade_after": "5"}, "grade_after", row=2, found="5", expected="0"),
    Case(
        "project_acceptance.grade_not_improved",
        {"hsf_mu": 100.0, "grade_before": "9", "grade_after": "10"},
        "grade_after",
        found="10",
        expected="9",
    ),
    Case(
        "project_acceptance.grade_already_high",
        {"hsf_mu": 100.0, "grade_before": "3", "grade_after": "2"},
        "grade_before",
        found="三等",
    ),
    Case(
        "project_acceptance.village_of_other_township",
        {"village": "西掌"},
        "village",
        found="西掌",
        expected="西火镇",
        words="乡镇代码填的是韩店街道",
    ),
    Case(
        "project_acceptance.key_area_differs_from_village",
        {"village": "鲍村", "key_area_code": "ka_reserve"},
        "key_area_code",
        found="宜耕后备土地资源适度开发整治区",
        expected="农村建设用地综合整治区",
        words="规划把村“鲍村”列在",
    ),
    Case(
        "project_ledger.village_of_other_township",
        {"village": "140404105207、北呈村"},  # 定流村 by its code of 2020, in 苏店镇 today
        "village",
        found="140404105207",
        expected="苏店镇",
    ),
    *(
        Case(
            f"{dataset}.village_code_unknown",
            {"village": "140404"},
            "village",
            found="140404",
            expected="12",
            words="“140404”不是本区的村代码",
        )
        for dataset in ("project_ledger", "project_acceptance")
    ),
]
