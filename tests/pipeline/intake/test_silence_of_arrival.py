"""Nothing silently wrong, whatever comes first: of reports that arrive in another order than they follow each other, none ends
with another figure in force, or without a word that the right order gives, and no finding that says so. `pytest -s` shows
what became of each kind.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts import catalogue, contract, contracts
from ingestion.normalize.layer import normalize_layer
from ingestion.normalize.table import normalize_table
from pipeline.intake import decide, follow_up, replaced
from tests.ingestion.test_silence import FILES, Ending, table
from tests.support.answers import SAMPLES
from tests.support.arrival_orders import LEDGER, Arrival, OtherOrder, other_orders
from tests.support.arrivals import units_of
from tests.support.cheap_intake import cheapen
from tests.support.copies import copy_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.staged import write_staged

pytestmark = pytest.mark.slow  # decides some hundreds of submissions

BOUNDARY = "admin_boundary/上党区行政区XZQ_2021.gpkg"
Words = Counter[tuple[int, str, str]]
"""Findings by the file's place among those that follow each other, rule and severity."""


@pytest.fixture(autouse=True)
def _without_receipts(monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch, has_receipts=False)
    for module in (decide, follow_up, replaced):
        monkeypatch.setattr(module, "give_receipt", lambda home, ledger, name: ledger.attach_receipt(name, "receipts"))


def read(file: str, group: str = "clean") -> Arrival:
    rules, path = contract(file.split("/")[0]), SAMPLES / group / file
    if rules.is_layer:
        return Arrival(rules.dataset, path.name, normalize_layer(path, path.name, rules).table)
    return Arrival(rules.dataset, path.name, normalize_table(path, path.name, rules, "s1").table)


def of_2026() -> dict[str, str]:
    """A report of each dataset of tables that no other clean sample is of."""
    there = {path.parent.name: path for path in sorted((SAMPLES / "2026").glob("*/*"), reverse=True)}
    return {
        name: f"{name}/{there[name].name}"
        for name, rules in contracts().items()
        if name in there and name not in FILES and not rules.is_layer
    }


class Homes:
    """Homes after files have come one after the other; what two orders begin with is submitted once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[Arrival, ...], Home] = {}

    def after(self, arrivals: tuple[Arrival, ...]) -> Home:
        """A home that nobody may change."""
        if arrivals not in self._made:
            before = self.after(arrivals[:-1]) if arrivals else None
            root = self._folder / str(len(self._made))
            self._made[arrivals] = copy_of(before, root) if before else Home(root).ensure()
            for last in arrivals[-1:]:
                submit(self._made[arrivals], last)
        return self._made[arrivals]


def submit(home: Home, arrival: Arrival) -> None:
    """Submit a file as if it had just been read, and decide all that can be decided."""
    rules = contract(arrival.dataset)
    with Ledger.open(home, beside_archive=True) as ledger:
        number = len(ledger.submissions())
        submission, _ = ledger.receive(
            arrival_key=str(number),
            sha256=f"{number:064x}",
            file_name=arrival.file_name,
            dataset=rules.dataset,
            family=rules.family,
            size=7,
            archived_as="archive/somewhere",
        )
        name = submission.submission_id
        ledger.stage(
            name,
            staged_as=write_staged(home, name, rules.dataset, arrival.table),
            rows_read=arrival.table.num_rows,
            rows_control=0,
            findings=(),
            reporting_units=units_of(arrival.table),
            periods=sorted({period for period in arrival.table.column("period").to_pylist() if period}),
        )
        due = [rules.family]
        while due:
            due += decide.decide_family(home, ledger, due.pop(0))["requeued"]


def told(home: Home, places: Sequence[int]) -> tuple[Counter[Any], Words]:
    """What is in force, and what was found of each file, by the places of those that came one after the other."""
    with Ledger.open(home, beside_archive=True) as ledger:
        in_force = Counter(
            (one.dataset, one.reporting_unit, one.period, one.content_hash) for one in ledger.current_units()
        )
        words = Counter(
            (place, item.rule_id, item.severity)
            for place, one in zip(places, ledger.submissions(), strict=True)
            for item in ledger.findings(one.submission_id)
        )
    return in_force, words


def ending(homes: Homes, order: OtherOrder) -> Ending:
    """What became of an order: the gravest word that the right order does not have."""
    in_force, words = told(homes.after(order.natural), range(len(order.natural)))
    in_force_then, words_then = told(homes.after(order.other), order.places)
    new = {(rule, severity) for _, rule, severity in words_then - words}
    is_heard = {(place, rule) for place, rule, _ in words} <= {(place, rule) for place, rule, _ in words_then}
    if in_force == in_force_then and is_heard:
        return "the same"
    severities = {severity for _, severity in new}
    if "error" in severities:
        return "asked" if all(catalogue()[rule].asks for rule, severity in new if severity == "error") else "held"
    return "warned" if "warning" in severities else "told" if severities and in_force != in_force_then else "SILENT"


def endings(folder: Path, fields: int) -> Iterator[tuple[OtherOrder, Ending]]:
    tables = {dataset: read(file).table for dataset, file in FILES.items()}
    tables |= {dataset: read(file, "2026").table for dataset, file in of_2026().items()}
    references = (read(BOUNDARY), read(FILES[LEDGER]))
    homes = Homes(folder)
    for order in other_orders(tables, references, fields):
        yield order, ending(homes, order)


@pytest.mark.parametrize(("fields", "least"), [(1, 50), pytest.param(3, 110, marks=pytest.mark.thorough)])
def test_no_order_of_arrival_changes_a_figure_without_a_word(tmp_path: Path, fields: int, least: int) -> None:
    counted: dict[str, Counter[Any]] = {}
    silent = []
    for order, became in endings(tmp_path, fields):
        counted.setdefault(order.kind, Counter())[became] += 1
        if became == "SILENT":
            silent.append(f"{order.kind}: {order.name}")
    print(f"\n{table(counted)}")
    assert sum(counts.total() for counts in counted.values()) >= least
    assert silent == []
