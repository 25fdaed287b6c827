"""How submissions enter the ledger, and the ways between their states."""

import multiprocessing
import re

import pytest

from contracts import finding
from contracts.reading_causes import unreadable_because
from tests.support.arrivals import decide, ecology, receive, stage
from warehouse.home import Home
from warehouse.ledger import (
    FINAL,
    TRANSITIONS,
    IllegalTransition,
    InvalidOutcomes,
    Ledger,
    Unbalanced,
    UnitOutcome,
    UnknownSubmission,
)
from warehouse.ledger.states import check_transition, state_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def _receive_ten(home: Home, results: "multiprocessing.Queue[list[tuple[str, bool]]]") -> None:
    with Ledger.open(home) as ledger:
        got = [
            ledger.receive(
                arrival_key=f"file {n}", sha256="0" * 64, file_name="a.xlsx", size=1, archived_as="archive/a"
            )
            for n in range(10)
        ]
    results.put([(submission.submission_id, is_new) for submission, is_new in got])


def test_eight_processes_open_a_new_ledger_and_receive_the_same_files_once(home: Home) -> None:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[list[tuple[str, bool]]] = context.Queue()
    workers = [context.Process(target=_receive_ten, args=(home, results)) for _ in range(8)]
    for worker in workers:
        worker.start()
    answers = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len({tuple(name for name, _ in answer) for answer in answers}) == 1
    assert sum(is_new for answer in answers for _, is_new in answer) == 10
    with Ledger.open(home) as ledger:
        assert [item.submission_id[-6:] for item in ledger.submissions()] == [f"{n:06d}" for n in range(1, 11)]
        assert [event.action for event in ledger.events()] == ["received"] * 10


def test_an_id_holds_the_date_and_sorts_by_arrival(ledger: Ledger) -> None:
    names = [receive(ledger) for _ in range(3)]
    assert all(re.fullmatch(r"S\d{8}-\d{6}", name) for name in names)
    assert names == sorted(names)
    assert [item.submission_id for item in ledger.queue("statistics")] == names
    assert ledger.queue("spatial") == []


def test_the_same_arrival_again_gives_the_first_submission_even_under_another_dataset(ledger: Ledger) -> None:
    first = receive(ledger, arrival_key="once")
    again, is_new = ledger.receive(
        arrival_key="once", sha256="1" * 64, file_name="b.csv", size=2, archived_as="archive/b"
    )
    assert (again.submission_id, again.dataset, is_new) == (first, "ecology", False)
    assert len(ledger.events()) == 1


def test_moments_are_utc_and_the_actor_is_recorded(ledger: Ledger) -> None:
    name = receive(ledger)
    assert str(ledger.get(name).received_at.tzinfo) == "UTC"
    assert [(event.actor, event.action, event.from_state, event.to_state) for event in ledger.events(name)] == [
        ("tester", "received", None, "received")
    ]
    with pytest.raises(UnknownSubmission):
        ledger.get("S20260101-999999")


def test_only_the_ways_of_the_state_machine_are_open() -> None:
    assert {"accepted", "partly_held", "held", "unreadable", "withdrawn"} == FINAL
    for before, onward in TRANSITIONS.items():
        for after in TRANSITIONS:
            if after in onward:
                check_transition("S", before, after)
            else:
                with pytest.raises(IllegalTransition, match=f"{before} → {after}"):
                    check_transition("S", before, after)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["accepted", "unchanged"], "accepted"),
        (["held", "held"], "held"),
        (["accepted", "held"], "partly_held"),
        ([], "held"),
        (["unchanged", "held", "waiting"], "waiting"),
    ],
)
def test_the_units_give_the_state_of_a_submission(outcomes: list, state: str) -> None:
    assert state_of(outcomes) == state


def test_settling_what_was_never_staged_is_illegal_and_changes_nothing(ledger: Ledger) -> None:
    name = receive(ledger)
    with pytest.raises(IllegalTransition):
        ledger.decide(name, [], [])
    assert ledger.get(name).state == "received"
    assert len(ledger.events(name)) == 1


def test_an_unreadable_file_ends_with_its_findings_and_its_receipt(ledger: Ledger) -> None:
    name = receive(ledger)
    for _ in range(2):
        found = [unreadable_because("torn")]
        ledger.stage(name, staged_as=None, rows_read=0, rows_control=0, findings=found, readable=False)
        ledger.attach_receipt(name, f"receipts/{name}")
    assert (ledger.get(name).state, ledger.get(name).receipt_as) == ("unreadable", f"receipts/{name}")
    assert [item.rule_id for item in ledger.findings(name)] == ["reading.unreadable"]
    assert [event.action for event in ledger.events(name)] == ["received", "unreadable", "receipt"]
    assert [line.is_balanced for line in ledger.balance()] == [True]


def test_a_finding_comes_back_as_it_was_written_and_unstorable_text_is_replaced(home: Home, ledger: Ledger) -> None:
    table = ecology({"140404001": 1.0})
    full = finding(
        "normalize.text_in_numeric",
        reporting_unit="140404001",
        period="2024",
        sheet="Sheet1",
        cell="C2",
        field="forest_area_ha",
        title="森林面积",
        found="约\x00十\ud800",
        point=(113.0, 36.1),
    )
    name = stage(home, ledger, "ecology", table, findings=(full,))
    kept = ledger.findings(name)[0]
    assert kept.found == "约\ufffd十?"
    assert (kept.sheet, kept.cell, kept.point, kept.severity) == ("Sheet1", "C2", (113.0, 36.1), "error")


def test_rows_that_do_not_add_up_are_refused(home: Home, ledger: Ledger) -> None:
    name = stage(home, ledger, "ecology", ecology({"140404001": 1.0, "140404101": 2.0}), control=1)
    good = [
        UnitOutcome(reporting_unit.reporting_unit, reporting_unit.period, "accepted", 1, 1, reporting_unit.content_hash)
        for reporting_unit in ledger.reporting_units(name)
    ]
    with pytest.raises(Unbalanced, match="3 rows read, 3 in units, 1 control"):
        ledger.decide(name, [good[0], UnitOutcome("140404101", "2024", "accepted", 2, 1, "x")], [])
    with pytest.raises(InvalidOutcomes, match="no outcome for"):
        ledger.decide(name, good[:1], [])
    with pytest.raises(InvalidOutcomes, match="never staged"):
        ledger.decide(name, [*good, UnitOutcome("140404999", "2024", "held", 0, 0, "x")], [])
    assert ledger.get(name).state == "staged"
    assert {reporting_unit.state for reporting_unit in ledger.reporting_units(name)} == {"staged"}
    decided = decide(ledger, name, {"140404101": "held"})
    assert (decided.state, decided.rows_read, decided.rows_accepted, decided.rows_held, decided.rows_control) == (
        "partly_held",
        3,
        1,
        1,
        1,
    )
    assert [
        (line.rows_read, line.rows_accepted, line.rows_held, line.rows_control, line.is_balanced)
        for line in ledger.balance()
    ] == [(3, 1, 1, 1, True)]


def test_a_submission_whose_rows_name_no_unit_is_held_whole(ledger: Ledger) -> None:
    name = receive(ledger, "forest_land")
    ledger.stage(name, staged_as=None, rows_read=648, rows_control=0, findings=[finding("reading.no_table")])
    assert (ledger.decide(name, [], []).state, ledger.get(name).rows_held) == ("held", 648)
    assert all(line.is_balanced for line in ledger.balance())


def test_a_dataset_recognised_later_is_recorded_once(ledger: Ledger) -> None:
    submission, _ = ledger.receive(
        arrival_key="root", sha256="2" * 64, file_name="c.xlsx", size=1, archived_as="archive/c"
    )
    assert (submission.dataset, submission.family) == (None, None)
    for _ in range(2):
        assert ledger.recognise(submission.submission_id, "wetland", "spatial").family == "spatial"
    assert [event.action for event in ledger.events()] == ["received", "recognised"]
    assert [item.submission_id for item in ledger.by_sha256("2" * 64)] == [submission.submission_id]
