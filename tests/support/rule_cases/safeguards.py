"""For each rule on tasks, funds and feedback: the one change that breaks it."""

from datetime import date

from tests.support.rule_cases.cases import Case, feedback, funds, progress, tasks

MAY = {"period": "2024-05"}


def _progress(**changed):
    return {"project_progress": [progress()[0] | {"funds_central_wan": 190.0, "cum_investment_wan": 150.0} | changed]}


CASES = [
    Case(
        "annual_task.unit_of_other_kind",
        {"task_unit": "pct", "task_value": 60.0},
        "task_unit",
        found="pct",
        expected="ha",
        without=(1, 2),
    ),
    Case(
        "annual_task.percent_over_100",
        {"indicator_code": "forest_coverage_rate", "task_unit": "pct", "task_value": 100.5},
        "task_value",
        found="100.5",
        expected="100",
        without=(1, 2),
    ),
    Case("annual_task.parts_differ_from_district", {"task_value": 102.0}, "task_value", found="100", expected="102"),
    Case(
        "annual_task.falls",
        {},
        "task_value",
        row=1,
        found="60",
        expected="61",
        accepted={
            "annual_task": [
                tasks()[1]
                | {
                    "period": "2023",
                    "task_value": 61.0,
                }
            ]
        },
    ),
    Case(
        "annual_task.below_target",
        {"period": "2025", "task_value": 424.0},
        "task_value",
        found="424",
        expected="424.69",
        words="低于规划 2025 年目标",
        without=(1, 2),
    ),
    Case("annual_task.units_differ", {"task_unit": "mu"}, "task_unit", row=2, found="mu", expected="ha"),
    Case(
        "annual_task.document_year", {"document_no": "上政发〔2021〕3号"}, "document_no", found="2021", expected="2024"
    ),
    Case("project_funds.arrived_exceeds_allocated", {"allocated_wan": 79.0}, "arrived_wan", found="80", expected="79"),
    Case("project_funds.paid_exceeds_arrived", {"paid_wan": 81.0}, "paid_wan", row=1, found="81", expected="80"),
    Case(
        "project_funds.cumulative_falls",
        {},
        "paid_wan",
        found="50",
        expected="51",
        words="累计支付资金由上月 51 降为 50",
        accepted={"project_funds": [row | MAY | {"paid_wan": 51.0 if row["row_id"] == 0 else 50.0} for row in funds()]},
    ),
    Case(
        "project_funds.line_disappears",
        {},
        "level",
        expected="县 债券",
        accepted={
            "project_funds": [funds()[0] | MAY | {"level": "县", "instrument": "债券"}],
        },
    ),
    Case(
        "project_funds.social_capital_of_other_level",
        {"level": "社会"},
        "instrument",
        found="专项资金",
        expected="社会",
    ),
    Case(
        "project_funds.exceeds_plan",
        {"allocated_wan": 450.0, "arrived_wan": 450.0},
        "arrived_wan",
        row=1,
        found="610",
        expected="500",
    ),
    Case(
        "project_funds.crosscheck_progress",
        {},
        "arrived_wan",
        found="240",
        expected="220",
        words="相差 9.09%",
        accepted=_progress(funds_central_wan=170.0),
    ),
    Case(
        "project_funds.paid_exceeds_investment",
        {},
        "paid_wan",
        found="150",
        expected="100",
        accepted=_progress(cum_investment_wan=100.0),
    ),
    Case(
        "project_funds.project_not_in_ledger",
        {"project_id": "A4", "reporting_unit": "A4"},
        "project_id",
        row=2,
        found="A4",
    ),
    Case(
        "project_funds.name_of_other_project",
        {"project_name": "韩店街道全域土地综合整治"},
        "project_name",
        found="韩店街道全域土地综合整治",
        words="编号 A3 的名称写成了 C1 的名称",
    ),
    Case(
        "public_feedback.replied_before_received",
        {"replied_on": date(2024, 6, 9)},
        "replied_on",
        found="2024-06-09",
        expected="2024-06-10",
    ),
    Case(
        "public_feedback.personal_data",
        {"summary": "请回电13912345678"},
        "summary",
        found="电话号码",
        words="内容摘要含有电话号码",
    ),
    Case(
        "public_feedback.replied_late",
        {"replied_on": date(2024, 8, 10)},
        "replied_on",
        found="2024-08-10",
        words="收到 61 天后",
    ),
    Case(
        "public_feedback.unanswered",
        {"replied_on": None, "satisfied": None},
        "replied_on",
        expected="2024-06-10",
        words="已 62 天没有答复",
        also={1: dict.fromkeys(("received_on", "replied_on"), date(2024, 8, 11))},
    ),
    Case("public_feedback.satisfied_without_reply", {"replied_on": None}, "satisfied", row=1, found="True"),
    Case("public_feedback.number_year", {"feedback_no": "YJ2023-004"}, "feedback_no", found="2023", expected="2024"),
    Case(
        "public_feedback.project_township_mismatch",
        {"project_id": "C1", "township_code": "140404203"},
        "township_code",
        found="东和乡",
        expected="韩店街道",
    ),
    Case(
        "public_feedback.recorded_twice",
        {},
        "feedback_no",
        row=1,
        found="意见编号2",
        expected="意见编号1",
        also={1: {name: feedback()[0][name] for name in ("received_on", "township_code", "summary", "replied_on")}},
    ),
    Case(
        "public_feedback.event_of_other_kind",
        {"event_kind": "专家咨询"},
        "kind",
        found="群众",
        expected="专家",
        words="参与方式是“专家咨询”，意见类别应为“专家”",
    ),
    Case(
        "public_feedback.participants_missing",
        {"event_kind": "专家评审", "participants": None},
        "participants",
        row=1,
        expected="专家评审",
    ),
]
