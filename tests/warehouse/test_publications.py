"""Leases, verdicts of the gate and the states of a publication, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from warehouse.ledger import Leased, Ledger, UnknownPublication

TTL = timedelta(minutes=5)
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external("postgresql"))])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


def prepared(ledger: Ledger, *names: str) -> None:
    for name in names:
        ledger.prepare_publication(name, inputs_fingerprint=f"f-{name}", path=f"published/builds/{name}")


def states(ledger: Ledger) -> dict[str, str]:
    return {one.build_id: one.state for one in ledger.publications()}


def test_a_publication_is_prepared_current_superseded(ledger: Ledger) -> None:
    prepared(ledger, "b1")
    assert (ledger.publications(), [one.build_id for one in ledger.publications("prepared")]) == ([], ["b1"])
    first = ledger.make_current("b1")
    assert (first.state, ledger.make_current("b1")) == ("current", first)
    prepared(ledger, "b1", "b2")
    ledger.make_current("b2")
    assert states(ledger) == {"b1": "superseded", "b2": "current"}
    before = ledger.publications()[0]
    assert before.superseded_at is not None and before.superseded_at > first.published_at  # type: ignore[operator]
    assert [event.detail["build_id"] for event in ledger.events(actions=["published"])] == ["b1", "b2"]
    with pytest.raises(UnknownPublication, match="b9"):
        ledger.make_current("b9")


def test_a_prepared_build_can_be_forgotten_and_no_other(ledger: Ledger) -> None:
    prepared(ledger, "b1", "b2")
    ledger.make_current("b1")
    for name in ("b1", "b2"):
        ledger.forget_prepared(name)
    assert states(ledger) == {"b1": "current"} and ledger.publications("prepared") == []


def test_a_rolled_back_build_and_the_pinned_one_before_it(ledger: Ledger) -> None:
    prepared(ledger, "b1", "b2")
    ledger.make_current("b1")
    ledger.make_current("b2")
    ledger.make_current("b1", former="rolled_back")
    pinned = ledger.pin("b1", because="数据有误", decided_by="王局长")
    assert states(ledger) == {"b1": "current", "b2": "rolled_back"}
    assert (pinned.pinned_by, pinned.pinned_because, pinned.superseded_at) == ("王局长", "数据有误", None)
    released = ledger.release_pin("b1", because="已更正", decided_by="王局长")
    assert released.pinned_at is None
    assert [event.action for event in ledger.events(actions=["pinned", "released"])] == ["pinned", "released"]


def test_the_build_that_was_current_at_a_moment(ledger: Ledger) -> None:
    ledger.clock = lambda: START
    prepared(ledger, "b1", "b2")
    ledger.make_current("b1")
    ledger.clock = lambda: START + timedelta(hours=1)
    ledger.make_current("b2")
    ledger.clock = lambda: START + timedelta(hours=2)
    ledger.make_current("b1", former="rolled_back")
    found = [ledger.published_at(START + timedelta(hours=hours)) for hours in (-1, 0.5, 1.5, 2.5)]
    assert [one and one.build_id for one in found] == [None, "b1", "b2", "b1"]


def test_a_lease_is_one_run_s_until_it_is_given_back_or_its_holder_is_silent(ledger: Ledger) -> None:
    ledger.clock = lambda: START
    ledger.acquire_lease("build", "run 1", TTL, holder="airflow")
    with pytest.raises(Leased, match="airflow") as refused:
        ledger.acquire_lease("build", "run 2", TTL)
    assert refused.value.lease.run == "run 1"
    ledger.clock = lambda: START + TTL - timedelta(seconds=1)
    assert ledger.heartbeat("build", "run 1") and not ledger.heartbeat("build", "run 2")
    ledger.clock = lambda: START + TTL + timedelta(minutes=1)
    with pytest.raises(Leased):
        ledger.acquire_lease("build", "run 2", TTL)
    ledger.clock = lambda: START + TTL + TTL
    assert ledger.acquire_lease("build", "run 2", TTL).holder == "tester"
    assert not ledger.heartbeat("build", "run 1")
    ledger.release_lease("build", "run 1")
    assert ledger.lease("build").run == "run 2"  # type: ignore[union-attr]
    ledger.release_lease("build", "run 2")
    assert ledger.lease("build") is None
    assert [event.detail["from"] for event in ledger.events(actions=["lease_taken_over"])] == ["run 1"]


def test_the_newest_verdict_and_its_overrides(ledger: Ledger) -> None:
    assert ledger.verdict("b1") is None
    failure = {"name": "forest_change", "detail": "+60 %"}
    ledger.record_verdict("b1", "h1", failures=[failure], passed=False)
    ledger.override_gate("b1", "h1", ["forest_change"], because="补测", decided_by="王局长")
    ledger.record_verdict("b1", "h2", failures=[], warnings=[failure], passed=True)
    found = ledger.verdict("b1")
    assert found is not None and (found.content_hash, found.passed, found.warnings) == ("h2", True, (failure,))
    (made,) = ledger.gate_overrides("b1")
    assert (made.override_id, made.content_hash, made.checks) == ("G000001", "h1", ("forest_change",))
    assert ledger.gate_overrides("b2") == []
    assert [event.action for event in ledger.events()] == ["gate_refused", "gate_overridden", "gate_passed"]


def test_the_same_thing_is_told_once(ledger: Ledger) -> None:
    first = ledger.notify("gate_refused", "gate b1", "未通过发布审核", "forest_change", {"build_id": "b1"})
    assert first is not None and ledger.notify("gate_refused", "gate b1", "again", "again") is None
    assert [one.subject for one in ledger.notices(is_sent=False)] == ["未通过发布审核"]
    ledger.notice_sent(first.notice_id)
    assert ledger.notices(is_sent=False) == [] and len(ledger.notices(is_sent=True)) == 1
