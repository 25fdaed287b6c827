"""Histories in which the generated ones (test_state_machine.py) met a fault, step by step: each is as expected now."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.test_state_machine import Warehouse
from tests.support.generated_reports import ECOLOGY, PERIODS, WASTE, A, B
from tests.support.light_builds import light_builds
from tests.support.warehouse_oracle import FAULTY
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow
Step = tuple[str, dict[str, Any]]
BEGUN: Step = ("begins", {"figures": {A: "first", B: "first"}, "has_boundaries": False})
PUBLISHED: Step = ("publishes", {"only_if_due": True})
APPROVED: Step = ("approves", {"is_incomplete_closed": True})
FIRST_PERIOD = {"dataset": WASTE, "period": 0}


@pytest.fixture(scope="module", autouse=True)
def stand_ins(workers_folder: Path) -> Iterator[None]:
    with light_builds(workers_folder / "generated-readings"):
        yield


@pytest.fixture
def history() -> Iterator[Warehouse]:
    """A warehouse without any history; in the end, verified."""
    warehouse = Warehouse()
    yield warehouse
    warehouse.teardown()


def take(history: Warehouse, *steps: Step) -> None:
    """Take steps, and compare with the oracle after each."""
    for name, given in steps:
        getattr(history, name)(**given)
        history.is_as_expected()
        history.is_published_as_expected()


def test_what_lifted_a_withdrawal_from_a_closed_period_is_kept_by_a_rebuild(history: Warehouse) -> None:
    closed: Step = ("closes", FIRST_PERIOD)
    take(history, BEGUN, closed, ("withdraws", {"number": 0, "reporting_units": (A,)}), PUBLISHED, ("is_rebuilt", {}))
    with Ledger.open(history.home) as ledger:
        assert [one.rules for one in ledger.decisions()] == [("version.period_closed",)]


def test_a_revocation_leaves_closed_what_a_person_closed(history: Warehouse) -> None:
    take(
        history,
        BEGUN,
        PUBLISHED,
        APPROVED,
        ("opens", {"number": 0}),
        ("closes", FIRST_PERIOD),
        ("revokes", {"number": 0}),
    )
    with Ledger.open(history.home) as ledger:
        assert [one.period for one in ledger.periods(is_open=False)] == [PERIODS[WASTE][0]]


def test_what_an_edition_alone_closed_opens_with_its_revocation(history: Warehouse) -> None:
    take(history, BEGUN, PUBLISHED, APPROVED, ("revokes", {"number": 0}))
    with Ledger.open(history.home) as ledger:
        assert ledger.periods(is_open=False) == []


def test_a_file_is_judged_again_while_what_it_needs_is_withdrawn(history: Warehouse) -> None:
    """Its faulty unit waits from then on; the boundaries come again, and are confirmed."""
    faulty = {"dataset": ECOLOGY, "figures": {A: FAULTY}, "both": False, "period": 0}
    take(
        history,
        BEGUN,
        ("sends_boundaries", {}),
        ("sends", {**faulty, "figures": {A: FAULTY, B: "first"}}),
        ("withdraws", {"number": 1, "reporting_units": ()}),
        ("judges_again", {"number": 1, "is_all": False}),
    )
    assert history.oracle.sent[2].state == "waiting"
    take(history, ("sends_boundaries", {}), ("confirms", {"number": 0, "place": 0}), ("sends", faulty))
    assert history.oracle.sent[2].state == "partly_held"


def test_what_was_withdrawn_while_it_waited_is_not_published(history: Warehouse) -> None:
    sent = {"dataset": ECOLOGY, "figures": {A: "first", B: "first"}, "both": False, "period": 0}
    take(
        history,
        BEGUN,
        ("sends", sent),
        ("withdraws", {"number": 1, "reporting_units": (A,)}),
        ("sends_boundaries", {}),
        PUBLISHED,
    )
    assert history.oracle.figures()[ECOLOGY] == {(B, PERIODS[ECOLOGY][0]): "first"}


def test_a_build_without_a_figure_is_not_approved(history: Warehouse) -> None:
    take(history, BEGUN, ("withdraws", {"number": 0, "reporting_units": ()}), PUBLISHED, APPROVED)
    assert history.oracle.editions == {}
