"""What is taken back, and what is in force instead, on both databases."""

from datetime import timedelta

import pytest

from contracts import finding
from tests.support.arrivals import decide, ecology, receive, stage
from warehouse.home import Home
from warehouse.ledger import InvalidOutcomes, Ledger, UnitOutcome

YINCHENG, SUDIAN = "140404103", "140404101"
WHY = {"because": "报错了表", "decided_by": "李科长"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def sent(home: Home, ledger: Ledger, forest: dict[str, float], **more: object) -> str:
    name = stage(home, ledger, "ecology", ecology(forest))
    decide(ledger, name, **more)  # type: ignore[arg-type]
    return name


def in_force(ledger: Ledger) -> dict[str, str]:
    return {one.reporting_unit: one.submission_id for one in ledger.current_units("ecology")}


def test_what_a_withdrawn_submission_had_replaced_is_in_force_again(home: Home, ledger: Ledger) -> None:
    first = sent(home, ledger, {YINCHENG: 1.0, SUDIAN: 2.0})
    before = ledger.snapshot()
    second = sent(home, ledger, {YINCHENG: 3.0})
    between = ledger.events()[-1].at
    assert in_force(ledger) == {YINCHENG: second, SUDIAN: first}
    done = ledger.withdraw(second, **WHY)
    assert (done.state, done.rows_accepted, done.rows_held, done.is_new) == ("withdrawn", 0, 1, True)
    assert in_force(ledger) == {YINCHENG: first, SUDIAN: first}
    assert ledger.snapshot().fingerprint == before.fingerprint
    assert not ledger.withdraw(second, **WHY).is_new
    (made,) = ledger.decisions()
    assert (made.kind, made.reporting_unit, made.because, made.decided_by) == ("withdrawn", YINCHENG, *WHY.values())
    assert ledger.confirmations() == []
    assert all(one.is_balanced for one in ledger.balance())
    then = ledger.snapshot(between)
    assert {one.reporting_unit: one.submission_id for one in then.in_force} == {YINCHENG: second, SUDIAN: first}
    assert [one.state for one in then.submissions] == ["accepted", "accepted"]
    assert then.decisions == ()


def test_withdrawing_in_the_middle_changes_nothing_until_the_newer_one_goes(home: Home, ledger: Ledger) -> None:
    first, second, third = (sent(home, ledger, {YINCHENG: area}) for area in (1.0, 2.0, 3.0))
    ledger.withdraw(second, **WHY)
    assert in_force(ledger) == {YINCHENG: third}
    ledger.withdraw(third, **WHY)
    assert in_force(ledger) == {YINCHENG: first}
    ledger.withdraw(first, **WHY)
    assert in_force(ledger) == {}
    assert ledger.snapshot(ledger.get(third).settled_at).in_force[0].submission_id == third


def test_the_same_content_sent_again_stands_in_for_what_is_withdrawn(home: Home, ledger: Ledger) -> None:
    first = sent(home, ledger, {YINCHENG: 1.0})
    again = sent(home, ledger, {YINCHENG: 1.0})
    assert ledger.reporting_units(again)[0].state == "unchanged"
    ledger.withdraw(first, **WHY)
    assert in_force(ledger) == {YINCHENG: again}
    assert ledger.reporting_units(again)[0].state == "accepted"


def test_one_unit_is_withdrawn_and_its_file_is_partly_held(home: Home, ledger: Ledger) -> None:
    name = sent(home, ledger, {YINCHENG: 1.0, SUDIAN: 2.0})
    assert ledger.withdraw(name, [(YINCHENG, "2024")], **WHY).state == "partly_held"
    assert in_force(ledger) == {SUDIAN: name}
    assert {one.reporting_unit: one.state for one in ledger.reporting_units(name)} == {
        YINCHENG: "withdrawn",
        SUDIAN: "accepted",
    }
    with pytest.raises(InvalidOutcomes, match="140404104"):
        ledger.withdraw(name, [("140404104", "2024")], **WHY)
    with pytest.raises(InvalidOutcomes, match="not decided"):
        ledger.withdraw(stage(home, ledger, "ecology", ecology({YINCHENG: 5.0})), **WHY)


def outcomes(ledger: Ledger, name: str, states: dict[str, str]) -> list[UnitOutcome]:
    return [
        UnitOutcome(one.reporting_unit, one.period, states[one.reporting_unit], one.rows, one.facts, one.content_hash)  # type: ignore[arg-type]
        for one in ledger.reporting_units(name)
    ]


def test_judged_again_held_units_come_in_and_accepted_ones_go_back(home: Home, ledger: Ledger) -> None:
    first = sent(home, ledger, {YINCHENG: 1.0, SUDIAN: 2.0})
    name = sent(home, ledger, {YINCHENG: 3.0, SUDIAN: 4.0}, states={SUDIAN: "held"})
    found = [finding("reading.hidden_sheet", reporting_unit=YINCHENG, found="草稿")]
    swapped = outcomes(ledger, name, {YINCHENG: "held", SUDIAN: "accepted"})
    done = ledger.judge_again(name, swapped, found, reason="规则改了")
    assert (done.state, in_force(ledger)) == ("partly_held", {YINCHENG: first, SUDIAN: name})
    assert ledger.findings(name) == found
    assert not ledger.judge_again(name, swapped, found, reason="规则改了").is_new
    assert all(one.is_balanced for one in ledger.balance())
    before = ledger.snapshot(ledger.events(actions=["judged_again"])[0].at - timedelta(microseconds=1))
    assert {one.reporting_unit: one.submission_id for one in before.in_force} == {YINCHENG: name, SUDIAN: first}
    assert {(one.submission_id, one.reporting_unit): one.state for one in before.reporting_units}[
        name, SUDIAN
    ] == "held"


def test_a_follow_up_is_due_until_it_is_done(home: Home, ledger: Ledger) -> None:
    first = sent(home, ledger, {YINCHENG: 1.0})
    held = sent(home, ledger, {SUDIAN: 1.0}, states={SUDIAN: "held"})
    assert held not in ledger.follow_ups_due() and list(ledger.follow_ups_due()) == [first]
    ledger.follow_up_done(first)
    assert list(ledger.follow_ups_due()) == []
    ledger.withdraw(sent(home, ledger, {YINCHENG: 2.0}), **WHY)
    assert first in ledger.follow_ups_due()


def test_a_waiver_is_ended_and_was_in_force_before(home: Home, ledger: Ledger) -> None:
    name = receive(ledger)
    waiver = ledger.grant_waiver(
        "ecology.forest_area_drop",
        YINCHENG,
        approver="王局长",
        because="火灾",
        until_on=ledger.get(name).received_at.date() + timedelta(days=30),
    )
    on = waiver.granted_at.date()
    assert waiver.covers("ecology.forest_area_drop", "ecology", YINCHENG, "2024", on)
    ended = ledger.end_waiver(waiver.waiver_id, ended_by="李科长", because="不再需要")
    assert not ended.covers("ecology.forest_area_drop", "ecology", YINCHENG, "2024", on)
    assert ledger.end_waiver(waiver.waiver_id, ended_by="x", because="x") == ended
    assert ledger.snapshot(waiver.granted_at).waivers == (waiver,)
    assert ledger.snapshot().waivers == (ended,)


def test_what_was_withdrawn_while_it_waited_does_not_come_in_with_what_it_waited_for(
    home: Home, ledger: Ledger
) -> None:
    name = stage(home, ledger, "ecology", ecology({YINCHENG: 1.0, SUDIAN: 2.0}))
    waits = {YINCHENG: "waiting", SUDIAN: "waiting"}
    assert decide(ledger, name, waits, ("admin_boundary",)).state == "waiting"  # type: ignore[arg-type]
    assert ledger.withdraw(name, [(YINCHENG, "2024")], **WHY).state == "waiting"
    ledger.restage(name, "the boundaries are there")
    assert decide(ledger, name).state == "partly_held"
    assert {one.reporting_unit: one.state for one in ledger.reporting_units(name)} == {
        YINCHENG: "withdrawn",
        SUDIAN: "accepted",
    }
    assert in_force(ledger) == {SUDIAN: name}
    assert all(one.is_balanced for one in ledger.balance())


def test_what_is_held_waits_where_what_it_needs_is_gone_when_it_is_judged_again(home: Home, ledger: Ledger) -> None:
    name = sent(home, ledger, {YINCHENG: 1.0, SUDIAN: 2.0}, states={SUDIAN: "held"})
    outcomes = [
        UnitOutcome(
            one.reporting_unit,
            one.period,
            "accepted" if one.state == "accepted" else "waiting",
            one.rows,
            one.facts,
            one.content_hash,
            () if one.state == "accepted" else ("admin_boundary",),
        )
        for one in ledger.reporting_units(name)
    ]
    assert ledger.judge_again(name, outcomes, [], reason="重审").state == "waiting"
    assert in_force(ledger) == {YINCHENG: name}
    assert [one.submission_id for one in ledger.waiting_for("admin_boundary")] == [name]
    ledger.restage(name, "the boundaries are there")
    assert decide(ledger, name).state == "accepted"
    assert in_force(ledger) == {YINCHENG: name, SUDIAN: name}
