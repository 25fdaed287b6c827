"""As of a moment the whole ledger is as it was then: submissions, units, findings, decisions, whatever came after."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from contracts import finding
from contracts.reading_causes import unreadable_because
from tests.support.arrivals import decide, ecology, moment, receive, stage, submission_table
from warehouse.home import Home
from warehouse.ledger import Ledger, Snapshot, UnitOutcome

A, B, C = "140404001", "140404101", "140404102"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def state(snapshot: Snapshot) -> dict[str, Any]:
    """What marts are made of, of a snapshot."""
    return {
        "fingerprints": (snapshot.fingerprint, snapshot.outcomes_fingerprint),
        "submissions": [
            (
                one.submission_id,
                one.state,
                one.rows_read,
                one.rows_accepted,
                one.rows_held,
                one.rows_waiting,
                one.rows_control,
                one.settled_at,
            )
            for one in snapshot.submissions
        ],
        "units": sorted(
            (
                str(reporting_unit.reporting_unit),
                reporting_unit.submission_id,
                reporting_unit.state,
                reporting_unit.accepted_at,
                reporting_unit.ended_at,
                reporting_unit.ended_by,
            )
            for reporting_unit in snapshot.reporting_units
        ),
        "findings": snapshot.findings,
        "decisions": snapshot.decisions,
        "waivers": snapshot.waivers,
        "periods": snapshot.periods,
    }


def outcome(ledger: Ledger, name: str, reporting_unit: str) -> UnitOutcome:
    (record,) = [one for one in ledger.reporting_units(name) if one.reporting_unit == reporting_unit]
    return UnitOutcome(
        record.reporting_unit,
        record.period,
        "accepted",
        record.rows,
        record.facts,
        record.content_hash,
        is_confirmed=True,
    )


def life(home: Home, ledger: Ledger) -> Iterator[None]:
    """What can happen to submissions, a step at a time."""
    held = finding("version.rows_dropped", reporting_unit=B, period="2024", found="x", count=1)
    follow_up = finding("version.superseded_version", reporting_unit=A, period="2024", found="later")
    yield
    first = stage(home, ledger, "ecology", ecology({A: 1.0, B: 2.0, C: 3.0}))
    yield
    decide(ledger, first, {B: "held", C: "waiting"}, waits_for=("admin_boundary",), findings=[held])
    yield
    layer = stage(
        home,
        ledger,
        "admin_boundary",
        submission_table("admin_boundary", [{"reporting_unit": "layer", "period": "2021-10-31"}]),
    )
    decide(ledger, layer)  # wakes the first
    yield
    decide(ledger, first, {B: "held"}, findings=[held])
    yield
    unreadable = receive(ledger)
    nothing = unreadable_because("torn")
    ledger.stage(unreadable, staged_as=None, rows_read=0, rows_control=0, readable=False, findings=[nothing])
    yield
    ledger.add_follow_up(first, [follow_up])
    yield
    ledger.grant_waiver("ecology.forest_area_drop", C, approver="L", because="why", until_on=date(2030, 1, 1))
    yield
    (number,) = ledger.next_confirmation_ids(1)
    ledger.override(
        first,
        [outcome(ledger, first, B)],
        [],
        decision_id=number,
        decided_by="W",
        because="meant",
        rules=(held.rule_id,),
    )
    yield
    decide(ledger, stage(home, ledger, "ecology", ecology({B: 9.0})))  # ends what was decided
    yield
    ledger.withdraw(first, [(A, "2024")], because="误报", decided_by="W")
    yield
    ledger.open_period("ecology", "2024", date(2025, 2, 28))
    yield
    ledger.close_period("ecology", "2024")
    yield
    ledger.remind_period("ecology", "2024")
    yield
    ledger.reopen_period("ecology", "2024", because="更正", decided_by="W")
    yield
    ledger.close_period("ecology", "2024")
    yield


def test_after_any_later_step_the_ledger_shows_each_moment_as_it_was(home: Home, ledger: Ledger) -> None:
    known = []
    for _ in life(home, ledger):
        known.append((moment(), state(ledger.snapshot())))
    assert len(known) == 16
    assert len({str(recorded) for _, recorded in known}) == len(known), "every step changes something"
    for step, (then, recorded) in enumerate(known):
        assert state(ledger.snapshot(then)) == recorded, step


def test_the_moment_of_a_snapshot_is_that_of_its_last_event(home: Home, ledger: Ledger) -> None:
    assert ledger.snapshot().moment is None
    decide(ledger, stage(home, ledger, "ecology", ecology({A: 1.0})))
    now = ledger.snapshot()
    assert now.moment == ledger.events()[-1].at
    decide(ledger, stage(home, ledger, "ecology", ecology({A: 2.0})))
    assert now.moment is not None and state(ledger.snapshot(now.moment)) == state(now)


Step = Callable[[Home, Ledger], object]


@pytest.mark.parametrize(
    ("step", "is_news"),
    [
        (lambda home, ledger: receive(ledger), False),
        (lambda home, ledger: stage(home, ledger, "ecology", ecology({A: 2.0})), False),
        (
            lambda home, ledger: decide(ledger, stage(home, ledger, "ecology", ecology({A: 1.0})), {A: "unchanged"}),
            False,
        ),
        (lambda home, ledger: decide(ledger, stage(home, ledger, "ecology", ecology({A: 2.0})), {A: "held"}), True),
        (
            lambda home, ledger: ledger.grant_waiver("r.x", A, approver="L", because="why", until_on=date(2030, 1, 1)),
            True,
        ),
    ],
)
def test_what_became_of_submissions_changes_only_with_news(
    home: Home, ledger: Ledger, step: Step, is_news: bool
) -> None:
    decide(ledger, stage(home, ledger, "ecology", ecology({A: 1.0})))
    before = ledger.snapshot()
    step(home, ledger)
    after = ledger.snapshot()
    assert after.fingerprint == before.fingerprint
    assert (after.outcomes_fingerprint != before.outcomes_fingerprint) == is_news
