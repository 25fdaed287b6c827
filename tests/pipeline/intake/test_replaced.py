"""One version of a reporting unit takes the place of another: both submitters are told which is in force and what differs."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from contracts import Finding
from pipeline.intake.accept import accept
from pipeline.intake.decide import decide_family
from pipeline.intake.withdraw import withdraw
from tests.support.arrivals import decide, stage
from tests.support.receipt_of import receipt_of
from tests.support.small_home import A, B, new_home, states, waste
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

DRAFT, FINAL, PLAIN = "季报（初稿）", "季报（终稿）", "二季度报表"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home, beside_archive=True) as opened:
        yield opened


def submit(home: Home, ledger: Ledger, named: str, table: pa.Table) -> str:
    name = stage(home, ledger, "rural_waste", table, arrival_key=named)
    decide_family(home, ledger, "statistics")
    return name


def of_versions(ledger: Ledger, name: str) -> list[Finding]:
    return [item for item in ledger.findings(name) if item.rule_id.startswith("version.")]


def receipt(home: Home, name: str) -> str:
    return (receipt_of(home, name) / "receipt.txt").read_text(encoding="utf-8")


def test_two_that_came_together_both_say_which_is_in_force_and_what_differs(home: Home, ledger: Ledger) -> None:
    draft = stage(home, ledger, "rural_waste", waste({A: 90.0, B: 91.0}), arrival_key=DRAFT)
    final = stage(home, ledger, "rural_waste", waste({A: 92.5, B: 91.0}), arrival_key=FINAL)
    decide_family(home, ledger, "statistics")
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [draft, final]
    (replaces,), (replaced,) = of_versions(ledger, final), of_versions(ledger, draft)
    differing = "2 处不同（无害化处理量 90 → 92.5 吨；处理率 90 → 92.5）"
    assert (replaces.rule_id, replaces.severity, replaces.reporting_unit) == ("version.replaces", "info", A)
    assert (
        replaces.message == f"替代了已接收的“{DRAFT}.xlsx”，现行数以本件为准；与其相比，{differing}"
        and replaced.message == f"已由“{FINAL}.xlsx”替代，现行数以该件为准；该件与本件相比，{differing}"
    )
    assert (replaced.rule_id, replaced.severity, replaced.reporting_unit) == ("version.replaced", "info", A)
    assert replaces.message in receipt(home, final) and replaced.message in receipt(home, draft)
    assert "其中 1 个已由后来接收的报送替代" in receipt(home, draft)
    assert "替代" not in receipt(home, final).splitlines()[0]


def test_a_draft_after_the_final_version_is_asked_about(home: Home, ledger: Ledger) -> None:
    final = submit(home, ledger, FINAL, waste({A: 92.5}))
    draft = submit(home, ledger, DRAFT, waste({A: 90.0}))
    assert states(ledger, draft) == {(A, "2025Q1"): "held"}
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [final]
    (asked,) = of_versions(ledger, draft)
    assert (asked.rule_id, asked.severity) == ("version.earlier_by_name", "error")
    assert f"（{DRAFT}.xlsx）" in asked.message and "无害化处理量 92.5 → 90 吨" in asked.message
    assert of_versions(ledger, final) == []
    accept(home, draft, [A], because="以初稿为准")
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [draft]
    assert [item.rule_id for item in of_versions(ledger, final)] == ["version.replaced"]
    assert {item.rule_id for item in of_versions(ledger, draft)} == {"version.earlier_by_name", "version.replaces"}


def test_an_original_after_its_correction_is_told_to_both_where_the_names_say_nothing(
    home: Home, ledger: Ledger
) -> None:
    correction = submit(home, ledger, PLAIN, waste({A: 92.5}))
    original = submit(home, ledger, "报表", waste({A: 90.0}))
    assert [item.rule_id for item in of_versions(ledger, original)] == ["version.replaces"]
    assert [item.rule_id for item in of_versions(ledger, correction)] == ["version.replaced"]


def test_what_is_in_force_again_is_no_longer_said_to_be_replaced(home: Home, ledger: Ledger) -> None:
    draft = submit(home, ledger, DRAFT, waste({A: 90.0}))
    final = submit(home, ledger, FINAL, waste({A: 92.5}))
    assert "替代" in receipt(home, draft)
    withdraw(home, final, because="报错了")
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [draft]
    assert of_versions(ledger, draft) == []
    assert "替代" not in receipt(home, draft)


def test_one_that_came_earlier_and_is_decided_later_says_that_it_is_history(home: Home, ledger: Ledger) -> None:
    early = stage(home, ledger, "rural_waste", waste({A: 90.0}), arrival_key=PLAIN)
    decide(ledger, early, {A: "waiting"}, waits_for=("admin_boundary",))
    late = submit(home, ledger, "报表", waste({A: 92.5}))
    ledger.restage(early, "what it waited for is in force")
    decide_family(home, ledger, "statistics")
    assert [one.submission_id for one in ledger.current_units("rural_waste")] == [late]
    (said,) = of_versions(ledger, early)
    assert said.rule_id == "version.replaced" and "无害化处理量 90 → 92.5 吨" in said.message
    assert of_versions(ledger, late) == []
