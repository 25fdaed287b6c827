"""Which version of a unit is in force: superseding, retries, waiting, as of a moment."""

import multiprocessing

import pytest

from contracts import finding
from tests.support.arrivals import accept, decide, ecology, moment, stage, submission_table
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitOutcome

A, B = "140404001", "140404101"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def in_force(ledger: Ledger, dataset: str = "ecology", **more) -> dict[tuple[str, str | None], str]:
    return {
        (version.reporting_unit, version.period): version.submission_id
        for version in ledger.current_units(dataset, **more)
    }


def test_a_newer_version_replaces_only_its_own_unit_and_period(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    other_year = accept(home, ledger, "ecology", ecology({A: 1.5}, "2023"))
    second = stage(home, ledger, "ecology", ecology({A: 9.0}))
    decided = decide(ledger, second)
    assert [(version.reporting_unit, version.submission_id, version.ended_by) for version in decided.superseded] == [
        (A, first, second)
    ]
    assert in_force(ledger) == {(A, "2024"): second, (B, "2024"): first, (A, "2023"): other_year}
    assert [(version.submission_id, version.is_current) for version in ledger.versions("ecology", A, "2024")] == [
        (first, False),
        (second, True),
    ]
    assert len(ledger.versions("ecology", A)) == 3
    ended = ledger.events(actions=["superseded"])
    assert [(event.submission_id, event.reporting_unit, event.detail) for event in ended] == [
        (first, A, {"by": second})
    ]


def test_a_ledger_is_versioned_without_period(home: Home, ledger: Ledger) -> None:
    june = accept(
        home,
        ledger,
        "project_ledger",
        submission_table(
            "project_ledger",
            [
                {"reporting_unit": name, "period": "2025-06", "project_id": name, "planned_area_ha": 5.0}
                for name in ("A1", "A2")
            ],
        ),
    )
    july = accept(
        home,
        ledger,
        "project_ledger",
        submission_table(
            "project_ledger",
            [{"reporting_unit": "A1", "period": "2025-07", "project_id": "A1", "planned_area_ha": 6.0}],
        ),
    )
    assert in_force(ledger, "project_ledger") == {("A1", "2025-07"): july, ("A2", "2025-06"): june}
    assert [version.ended_by for version in ledger.versions("project_ledger", "A1", "2025-06")] == [july]


def test_a_unit_without_a_period_has_versions_too(home: Home, ledger: Ledger) -> None:
    rows = [{"reporting_unit": A, "period": None, "township_code": A, "forest_area_ha": 1.0}]
    first = accept(home, ledger, "ecology", submission_table("ecology", rows))
    second = accept(home, ledger, "ecology", submission_table("ecology", [rows[0] | {"forest_area_ha": 2.0}]))
    assert in_force(ledger) == {(A, None): second}
    assert [version.submission_id for version in ledger.versions("ecology", A, None)] == [first, second]
    assert ledger.versions("ecology", A, "2024") == []


def test_the_same_content_is_no_new_version(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    before = ledger.accepted_fingerprint()
    copy = stage(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    decided = decide(ledger, copy)
    assert (
        decided.state,
        decided.rows_accepted,
        [reporting_unit.state for reporting_unit in decided.reporting_units],
    ) == (
        "accepted",
        2,
        ["unchanged", "unchanged"],
    )
    assert set(in_force(ledger).values()) == {first}
    assert ledger.accepted_fingerprint() == before


def test_a_held_unit_leaves_the_old_version_in_force(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    second = stage(home, ledger, "ecology", ecology({A: 3.0, B: 4.0}))
    assert decide(ledger, second, {B: "held"}).state == "partly_held"
    assert in_force(ledger) == {(A, "2024"): second, (B, "2024"): first}


def test_deciding_again_changes_nothing_and_gives_the_same(home: Home, ledger: Ledger) -> None:
    accept(home, ledger, "ecology", ecology({A: 1.0}))
    name = stage(home, ledger, "ecology", ecology({A: 2.0, B: 3.0}))
    reporting_units = ledger.reporting_units(name)
    outcomes = [
        UnitOutcome(u.reporting_unit, u.period, "accepted", u.rows, u.facts, u.content_hash) for u in reporting_units
    ]
    first = ledger.decide(
        name, outcomes, [finding("version.identical_content")], checked_against={"admin_boundary": "S1"}, receipt_as="r"
    )
    events, fingerprint = ledger.events(), ledger.accepted_fingerprint()
    again = ledger.decide(name, [], [])
    assert again == first
    assert (first.is_new, again.is_new, len(again.superseded)) == (True, False, 1)
    assert ledger.events() == events
    assert ledger.accepted_fingerprint() == fingerprint
    assert ledger.get(name).checked_against == {"admin_boundary": "S1"}
    assert [item.rule_id for item in ledger.findings(name)] == ["version.identical_content"]
    ledger.stage(name, staged_as=None, rows_read=0, rows_control=0, findings=[])
    assert (ledger.get(name).rows_read, len(ledger.findings(name))) == (2, 1)


def test_an_older_submission_decided_late_does_not_replace_a_newer_one(home: Home, ledger: Ledger) -> None:
    older = stage(home, ledger, "ecology", ecology({A: 1.0}))
    newer = accept(home, ledger, "ecology", ecology({A: 2.0}))
    decided = decide(ledger, older)
    assert (decided.state, decided.superseded) == ("accepted", ())
    assert in_force(ledger) == {(A, "2024"): newer}
    assert [(v.submission_id, v.ended_by) for v in ledger.versions("ecology", A, "2024")] == [
        (newer, None),
        (older, newer),
    ]
    assert decide(ledger, older) == decided


def test_a_unit_waits_for_its_need_and_is_taken_up_when_it_arrives(home: Home, ledger: Ledger) -> None:
    name = stage(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    waiting = decide(ledger, name, {A: "waiting", B: "held"}, waits_for=("admin_boundary",))
    assert (waiting.state, waiting.rows_accepted, waiting.rows_held, ledger.get(name).rows_waiting) == (
        "waiting",
        0,
        2,
        1,
    )
    assert [item.submission_id for item in ledger.waiting_for("admin_boundary")] == [name]
    events = ledger.events()
    assert decide(ledger, name, {A: "waiting", B: "held"}, waits_for=("admin_boundary",)) == waiting
    assert ledger.events() == events
    layer = stage(
        home,
        ledger,
        "admin_boundary",
        submission_table("admin_boundary", [{"reporting_unit": "layer", "period": "2021-10-31"}]),
    )
    arrived = decide(ledger, layer)
    assert arrived.woken == (name,)
    assert decide(ledger, layer).woken == (name,)
    assert [item.submission_id for item in ledger.queue("statistics", states=("staged",))] == [name]
    done = decide(ledger, name, {B: "held"})
    assert (done.state, done.rows_accepted, done.rows_held) == ("partly_held", 1, 1)
    assert ledger.waiting_for("admin_boundary") == []
    moves = [event.to_state for event in ledger.events(name) if event.to_state]
    assert moves == ["received", "staged", "waiting", "staged", "partly_held"]
    assert all(line.is_balanced for line in ledger.balance())


def test_what_was_accepted_stays_with_its_findings_when_the_rest_is_checked_again(home: Home, ledger: Ledger) -> None:
    name = stage(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    follow_up = finding("version.superseded_version", reporting_unit=A, period="2024", found="then")
    decide(ledger, name, {B: "waiting"}, waits_for=("admin_boundary",), findings=[follow_up])
    newer = accept(home, ledger, "ecology", ecology({A: 5.0}))
    ledger.restage(name, "by hand")
    later = [
        finding("version.superseded_version", reporting_unit=reporting_unit, period="2024", found="now")
        for reporting_unit in (A, B)
    ]
    decide(ledger, name, {A: "held"}, findings=later)
    assert {reporting_unit.reporting_unit: reporting_unit.state for reporting_unit in ledger.reporting_units(name)} == {
        A: "accepted",
        B: "accepted",
    }
    assert [(item.reporting_unit, item.found) for item in ledger.findings(name)] == [(A, "then"), (B, "now")]
    assert in_force(ledger) == {(A, "2024"): newer, (B, "2024"): name}


def test_as_of_a_moment_the_ledger_gives_what_it_gave_then(home: Home, ledger: Ledger) -> None:
    nothing = moment()
    first = accept(home, ledger, "ecology", ecology({A: 1.0, B: 2.0}))
    then, fingerprint = moment(), ledger.accepted_fingerprint()
    second = accept(home, ledger, "ecology", ecology({A: 3.0}))
    assert in_force(ledger, as_of=nothing) == {}
    assert in_force(ledger, as_of=then) == {(A, "2024"): first, (B, "2024"): first}
    assert in_force(ledger) == {(A, "2024"): second, (B, "2024"): first}
    assert ledger.accepted_fingerprint(as_of=then) == fingerprint != ledger.accepted_fingerprint()
    past = ledger.snapshot(then)
    assert (past.fingerprint, [item.submission_id for item in past.submissions]) == (fingerprint, [first])
    assert {record.ended_at for record in past.reporting_units} == {None}


def _settle_once(home: Home, name: str, results: "multiprocessing.Queue[bool]") -> None:
    with Ledger.open(home) as ledger:
        results.put(decide(ledger, name).is_new)


def test_six_processes_decide_one_submission_once(home: Home, ledger: Ledger) -> None:
    first = accept(home, ledger, "ecology", ecology({A: 1.0}))
    name = stage(home, ledger, "ecology", ecology({A: 2.0}))
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[bool] = context.Queue()
    workers = [context.Process(target=_settle_once, args=(home, name, results)) for _ in range(6)]
    for worker in workers:
        worker.start()
    assert sorted(results.get(timeout=60) for _ in workers) == [False] * 5 + [True]
    for worker in workers:
        worker.join()
    assert [(v.submission_id, v.is_current) for v in ledger.versions("ecology", A)] == [(first, False), (name, True)]
