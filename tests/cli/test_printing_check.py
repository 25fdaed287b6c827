"""What `warehouse check` says of a folder: each file's verdict, and at the end what to do first."""

from dataclasses import replace

import pytest

from cli.printing_check import print_rules, print_summary, print_verdict
from contracts import finding
from contracts.rule_outcomes import FAILED, NO_EARLIER, PASSED, RuleOutcomes
from pipeline.intake.dry_run import DryRunResult
from warehouse.ledger import UnitOutcome

A, B = "140404102", "140404103"
NEGATIVE = finding(
    "contract.negative_value",
    reporting_unit=B,
    sheet="Sheet1",
    cell="F7",
    field="waste_generated_t",
    found=-5.0,
    title="产生量",
)


def verdict(
    file: str, states: dict[str, str], *findings, dataset: str | None = "rural_waste", readable: bool = True
) -> DryRunResult:
    outcomes = [
        UnitOutcome(reporting_unit, "2025Q3", state, 1, 1, "0" * 64) for reporting_unit, state in states.items()
    ]
    accepted = sum(state in ("accepted", "unchanged") for state in states.values())
    return DryRunResult(
        f"报送/{file}", dataset, readable, len(states), accepted, len(states) - accepted, 0, outcomes, list(findings)
    )


GOOD = verdict("好.xlsx", {A: "accepted", B: "unchanged"})
PART = verdict("有错.xlsx", {A: "accepted", B: "held"}, NEGATIVE)
HELD = verdict(
    "退回.xlsx", {A: "held", B: "held"}, finding("normalize.missing_required_column", title="产生量"), NEGATIVE
)
WAITS = verdict("等.xlsx", {A: "waiting", B: "accepted"})
PHOTO = verdict("照片.jpg", {}, finding("reading.no_report"), dataset=None, readable=False)
ALL = [GOOD, PART, HELD, WAITS, PHOTO]


def test_a_verdict_and_the_exit_status_follow_from_the_units() -> None:
    assert [one.state for one in ALL] == ["accepted", "partly_held", "held", "waiting", "unreadable"]
    assert [one.exit_code for one in ALL] == [0, 1, 1, 1, 2]
    assert verdict("空.xlsx", {}).state == "held", "nothing in it that could be accepted"
    assert [one.as_json()["verdict"] for one in (GOOD, PHOTO)] == ["accepted", "unreadable"]


def test_the_summary_says_what_to_do_in_which_order(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(ALL, "zh")
    said = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert said == [
        "共审核 5 个文件：读不了 1 个，整份退回 1 个，部分退回 1 个，等待前置数据 1 个，可接收 1 个",
        "1. 先处理读不了的文件：不是报表的拿开，是报表的另存或放进报表文件夹",
        "■ 照片.jpg　文件里读不出表格或图层",
        "2. 再改整份退回的：一处改好，整份才能接收",
        "■ 退回.xlsx　缺少“产生量”列（共 2 处）",
        "3. 再改部分退回的：只需补报下列单位",
        "■ 有错.xlsx　西火镇",
        "4. 等待前置数据的无须改动，前置数据到齐后自动审核",
        "■ 等.xlsx",
        "5. 可接收的直接报送",
        "■ 好.xlsx",
    ]


def test_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    print_verdict(PART, "en")
    print_summary([GOOD, PART], "en")
    said = capsys.readouterr().out
    assert (
        "■ held in part 报送/有错.xlsx　Rural domestic waste treatment: 2 rows read, 1 acceptable, 1 held, 0 control"
        in said
    )
    assert "2 files checked: 1 held in part, 1 acceptable" in said
    assert "产生量 is negative (-5)" in said or "is negative" in said


def test_rules_are_listed_the_failed_ones_first_with_units_where_they_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    a, b = (A, "2025Q3"), (B, "2025Q3")
    rules = RuleOutcomes(
        {
            ("contract.negative_value", "waste_generated_t"): {a: PASSED, b: FAILED},
            ("rural_waste.coverage_falls", None): {a: NO_EARLIER, b: NO_EARLIER},
        }
    )
    print_rules(replace(PART, rules=rules), "zh")
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "未通过 1",
        "contract.negative_value waste_generated_t　西火镇",
        "不适用 2",
        "rural_waste.coverage_falls　没有更早的已接收数据可比",
        "通过 1",
        "contract.negative_value waste_generated_t　荫城镇",
    ]
    print_rules(replace(PART, rules=rules), "en")
    assert "nothing of an earlier period is in force to compare with" in capsys.readouterr().out
