"""Generated histories of a warehouse: what people send, correct, withdraw, confirm, waive, close, publish, approve, roll
back and restore, in any order, against a plain-Python oracle (tests/support/warehouse_oracle.py). After every step both
say the same of what is in force, of the state of every file and reporting unit, of what is published and what each
edition shows.

Dbt, the gate's checks, maps and the sandbox's process are replaced by stand-ins: tests/support/light_builds.py says
which. `make test` runs a few histories, `make test-all` LONG_RUN; more with HISTORIES=2000 and, for others than those
that are derived from the code, FUZZ=1.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline.build import run as build
from pipeline.calendar import periods
from pipeline.intake.accept import accept
from pipeline.intake.record_override import NotOverridable
from pipeline.intake.rejudge import rejudge
from pipeline.intake.waive import end_waiver, waive
from pipeline.intake.withdraw import withdraw
from pipeline.release.approve import approve, revoke
from pipeline.release.as_of import as_of
from pipeline.release.backup import backup
from pipeline.release.rebuild import rebuild
from pipeline.release.restore import is_clean, restore
from pipeline.release.rollback import release, roll_back
from pipeline.release.verify import verify
from pipeline.run import build_if_due, load, read_and_decide
from tests.support.generated_reports import (
    BOUNDARIES,
    BOUNDARY,
    KINDS,
    NEEDS,
    PERIODS,
    REPORTS,
    SHOWN,
    WAIVABLE,
    WASTE,
    A,
    B,
    file_name,
    name_of,
    report,
)
from tests.support.light_builds import FIGURES, light_builds
from tests.support.warehouse_oracle import FAULTY, Figures, Oracle, Refused
from warehouse import builds
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE

pytestmark = pytest.mark.slow

SHORT_RUN, LONG_RUN = 2, int(os.environ.get("HISTORIES", "6"))
PARTS = 2  # of the long run, for several workers
STEPS = 16  # of a history; as many as there are kinds of steps
UNTIL_ON, TODAY = date(2099, 1, 1), date(2026, 1, 1)
WHY = {"because": "生成的步骤"}
DATASETS = (BOUNDARY, *REPORTS)
EDITION_PERIOD = "2025"

nth = st.integers(0, 7)  # one of what there is then
figures_of = st.dictionaries(st.sampled_from((A, B)), st.sampled_from(KINDS), min_size=1)


class Warehouse(RuleBasedStateMachine):
    """A warehouse home and its oracle."""

    def __init__(self) -> None:
        super().__init__()
        # the same place for every history: the ledger's compiled statements are kept for its URL
        self.folder = Path(os.environ.get("HISTORIES_FOLDER", tempfile.gettempdir())) / f"history-{os.getpid()}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.home = Home(self.folder / "home")
        shutil.copytree(_empty_home(), self.home.root)
        self.oracle = Oracle(DATASETS, NEEDS)
        self.names: list[str] = []  # submission ids, by the oracle's numbers
        self.builds: list[str] = []  # build ids, likewise
        self.waivers: list[str] = []
        self.restored = 0

    def teardown(self) -> None:
        try:
            assert verify(self.home).findings == ()
            for edition in self.oracle.editions:
                self.looks_back(edition)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # steps: reports ---------------------------------------------------------------------------------------------------

    @initialize(figures=figures_of, has_boundaries=st.booleans())
    def begins(self, figures: dict[str, str], has_boundaries: bool) -> None:
        if has_boundaries:
            self._send(BOUNDARY, BOUNDARIES)
        self._send(WASTE, {(reporting_unit, PERIODS[WASTE][0]): name for reporting_unit, name in figures.items()})

    @rule(dataset=st.sampled_from(REPORTS), figures=figures_of, both=st.booleans(), period=st.integers(0, 1))
    def sends(self, dataset: str, figures: dict[str, str], both: bool, period: int) -> None:
        """A report of a period, or of two periods."""
        chosen = PERIODS[dataset] if both else PERIODS[dataset][period : period + 1]
        self._send(dataset, {(reporting_unit, one): name for one in chosen for reporting_unit, name in figures.items()})

    @rule()
    def sends_boundaries(self) -> None:
        self._send(BOUNDARY, BOUNDARIES)

    @rule(number=nth, figures=st.sampled_from([name for name in KINDS if name != FAULTY]))
    def corrects(self, number: int, figures: str) -> None:
        """The correction of a faulty file: every place that it got wrong."""
        faulty = [
            one
            for one in self.oracle.sent
            if any(reporting_unit.is_faulty for reporting_unit in one.reporting_units.values())
        ]
        if faulty:
            one = faulty[number % len(faulty)]
            self._send(
                one.dataset,
                {place: figures for place, reporting_unit in one.reporting_units.items() if reporting_unit.is_faulty},
            )

    @rule(number=nth, is_renamed=st.booleans())
    def sends_again(self, number: int, is_renamed: bool) -> None:
        """The same bytes, under the same name or another."""
        one = self._one_of(self.oracle.sent, number)
        self._send(
            one.dataset,
            {place: reporting_unit.figures for place, reporting_unit in one.reporting_units.items()},
            is_renamed,
        )

    def _send(self, dataset: str, figures: Figures, is_renamed: bool = False) -> None:
        folder = self.home.inbox / dataset
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file_name(dataset, is_renamed)).write_bytes(report(dataset, figures))
        load(self.home, build_marts=False)
        self.oracle.send(dataset, figures)
        with Ledger.open(self.home) as ledger:
            self.names = [one.submission_id for one in ledger.submissions()]

    # steps: people's decisions ----------------------------------------------------------------------------------------

    @rule(number=nth, reporting_units=st.sampled_from([(), (A,), (B,)]))
    def withdraws(self, number: int, reporting_units: tuple[str, ...]) -> None:
        """All of a file, or one reporting unit."""
        one = self._one_of(self.oracle.sent, number)
        places = [place for place in one.reporting_units if not reporting_units or place[0] in reporting_units]
        if places:
            self.oracle.withdraw(one.number, places)
            withdraw(self.home, self.names[one.number], reporting_units, even_closed=True, **WHY)

    @rule(number=nth, place=st.integers(0, 3))
    def confirms(self, number: int, place: int) -> None:
        held = [
            (one, key) for one in self.oracle.sent for key, item in one.reporting_units.items() if item.state == "held"
        ]
        if not held:
            return
        one, (name, period) = held[(number * 4 + place) % len(held)]
        try:
            self.oracle.confirm(one.number, [(name, period)])
        except Refused:
            with pytest.raises(NotOverridable):
                accept(self.home, self.names[one.number], [name], period=period, **WHY)
        else:
            accept(self.home, self.names[one.number], [name], period=period, **WHY)
            read_and_decide(self.home)  # what waited for it

    @rule(dataset=st.sampled_from(REPORTS), reporting_unit=st.sampled_from((A, B)))
    def waives(self, dataset: str, reporting_unit: str) -> None:
        self.oracle.waive(dataset, reporting_unit)
        given = {"approver": "李局长", "until_on": UNTIL_ON, "today": TODAY, **WHY}
        waiver, _ = waive(self.home, WAIVABLE[dataset], reporting_unit, **given)
        self.waivers.append(waiver.waiver_id)

    @precondition(lambda self: self.waivers)
    @rule(number=nth)
    def ends_a_waiver(self, number: int) -> None:
        index = number % len(self.waivers)
        self.oracle.end_waiver(index)
        end_waiver(self.home, self.waivers[index], **WHY)

    @rule(number=nth, is_all=st.booleans())
    def judges_again(self, number: int, is_all: bool) -> None:
        """One file, or all of a dataset."""
        judged = [one for one in self.oracle.sent if one.state != "withdrawn"]
        if not judged:
            return
        one = judged[number % len(judged)]
        same = [other.number for other in judged if other.dataset == one.dataset]
        self.oracle.judge_again(same if is_all else [one.number])
        if is_all:
            rejudge(self.home, dataset=one.dataset, **WHY)
        else:
            rejudge(self.home, [self.names[one.number]], **WHY)
        read_and_decide(self.home)

    @rule(dataset=st.sampled_from(REPORTS), period=st.integers(0, 1))
    def closes(self, dataset: str, period: int) -> None:
        self.oracle.close(dataset, PERIODS[dataset][period])
        periods.close(self.home, dataset, PERIODS[dataset][period], **WHY)

    @precondition(lambda self: self.oracle.closed_at)
    @rule(number=nth)
    def opens(self, number: int) -> None:
        dataset, period = self._one_of(sorted(self.oracle.closed_at), number)
        self.oracle.open(dataset, period)
        periods.open_again(self.home, dataset, period, **WHY)

    # steps: builds and editions ---------------------------------------------------------------------------------------

    @rule(only_if_due=st.booleans())
    def publishes(self, only_if_due: bool) -> None:
        """A build that is made in any case, or only where the published one is out of date."""
        try:
            self.oracle.build()
        except Refused:
            if only_if_due:
                assert set(build_if_due(self.home, on_wait=lambda line: None)) <= {"pinned"}
            else:
                with pytest.raises(build.Pinned):
                    build.run(self.home)
            return
        made = build_if_due(self.home) if only_if_due else build.run(self.home)
        if made and made["publish"]["is_new"]:
            self.builds.append(made["publish"]["build"])
            assert not build.is_due(self.home)
        else:  # nothing had changed: the build before is the one
            del self.oracle.builds[-1]
            self.oracle.current = self.builds.index(str(builds.current(self.home).name))  # type: ignore[union-attr]

    @precondition(lambda self: self.builds)
    @rule(is_incomplete_closed=st.booleans())
    def approves(self, is_incomplete_closed: bool) -> None:
        """The current build; with what it knows of too few reports closed or left open."""
        assert self.oracle.current is not None
        figures = self.oracle.builds[self.oracle.current].figures
        if not any(figures[dataset] for dataset in REPORTS):
            with pytest.raises(ValueError, match="没有任何指标数据"):
                approve(self.home, "王局长", period=EDITION_PERIOD)
            return
        done = approve(self.home, "王局长", period=EDITION_PERIOD, close_incomplete=is_incomplete_closed)
        closed = [tuple(item.split(" ")) for item in done["closed"]]
        if not done["is_new"]:
            assert self.oracle.editions[done["edition"]].build == self.oracle.current
            return
        assert done["edition"] == f"{EDITION_PERIOD}.{len(self.oracle.editions) + 1}"
        reported = self.oracle.builds[self.oracle.current].reported
        expected = sorted(key for key in reported if key[0] in REPORTS and key not in self.oracle.closed_at)
        assert closed == (expected if is_incomplete_closed else [])
        self.oracle.approve(done["edition"], expected if is_incomplete_closed else [])

    @precondition(lambda self: self.oracle.editions)
    @rule(number=nth)
    def revokes(self, number: int) -> None:
        name = self._one_of(sorted(self.oracle.editions), number)
        self.oracle.revoke(name)
        revoke(self.home, name, by="王局长", **WHY)

    @precondition(lambda self: self.builds)
    @rule(number=nth)
    def rolls_back(self, number: int) -> None:
        index = number % len(self.builds)
        self.oracle.roll_back(index)
        roll_back(self.home, self.builds[index], by="王局长", **WHY)

    @precondition(lambda self: self.oracle.is_pinned)
    @rule()
    def releases(self) -> None:
        self.oracle.release()
        release(self.home, by="王局长", **WHY)

    @precondition(lambda self: self.oracle.editions)
    @rule(number=nth)
    def looks_back_at_an_edition(self, number: int) -> None:
        self.looks_back(self._one_of(sorted(self.oracle.editions), number))

    @rule(is_used=st.booleans())
    def is_restored(self, is_used: bool) -> None:
        """The home is backed up, and lost; from now on the restored one is used. Or only backed up."""
        kept = self.folder / "backup"
        assert backup(self.home, kept)["lacking"] == {}
        if not is_used:
            return
        self.restored += 1
        current = builds.current(self.home)
        former = current.name if current else None
        into = Home(self.folder / f"home-{self.restored}")
        report = restore(kept, into)
        assert is_clean(report), report
        shutil.rmtree(self.home.root)
        self.home = into
        shutil.rmtree(kept)  # of another home's folder, and of this ledger: the next one begins anew
        self.oracle.restored()
        self.builds = [former] if former else []
        if report["build"] not in self.builds and report["build"] is not None:
            self.builds.append(str(report["build"]))
        elif not report["pinned"]:  # nothing is due: what was current is that of now
            del self.oracle.builds[-1]
            self.oracle.current = 0 if self.builds else None

    @precondition(lambda self: self.builds)
    @rule()
    def is_rebuilt(self) -> None:
        """All that was done is done once more in a new home: the same is published, and the same is in force."""
        into = Home(self.folder / "rebuilt")
        report = rebuild(self.home, into)
        assert (report["equal"], report["not_kept"]) == (True, {}), report
        self._holds_what_is_expected(into)
        shutil.rmtree(into.root)

    def looks_back(self, edition: str) -> None:
        """As of an edition, the marts are those of the edition."""
        into = self.folder / "as-of"
        report = as_of(self.home, edition, into)
        shutil.rmtree(into)
        assert report["different"] == [], edition

    # what must be true after every step -------------------------------------------------------------------------------

    @invariant()
    def is_as_expected(self) -> None:
        self._holds_what_is_expected(self.home)

    def _holds_what_is_expected(self, home: Home) -> None:
        with Ledger.open(home) as ledger:
            numbers = {name: number for number, name in enumerate(self.names)}
            in_force = {
                (one.dataset, (one.reporting_unit, str(one.period))): numbers[one.submission_id]
                for one in ledger.current_units()
            }
            assert in_force == self.oracle.all_in_force()
            for one in self.oracle.sent:
                name = self.names[one.number]
                states = {
                    (record.reporting_unit, record.period): record.state for record in ledger.reporting_units(name)
                }
                assert states == {place: expected.state for place, expected in one.reporting_units.items()}, one
                assert ledger.get(name).state == one.state, one
            assert all(balance.is_balanced for balance in ledger.balance())
            assert list(ledger.follow_ups_due()) == []
            shut = {(one.dataset, one.period) for one in ledger.periods(is_open=False)}
            assert shut == set(self.oracle.closed_at)

    @invariant()
    def is_published_as_expected(self) -> None:
        database = builds.database(self.home)
        assert (database is None) == (self.oracle.current is None)
        if database is not None:
            assert self.oracle.current is not None
            self._shows(database, self.oracle.builds[self.oracle.current].figures)
        for name, edition in self.oracle.editions.items():
            self._shows(self.home.editions / name / DATABASE, edition.figures)

    @staticmethod
    def _shows(database: Path, figures: dict[str, Figures]) -> None:
        with duckdb.connect(str(database), read_only=True) as con:
            for dataset, expected in figures.items():
                rows = con.execute(f"{SHOWN[dataset]} from {FIGURES}_{dataset}").fetchall()
                shown = {(reporting_unit, period): name_of(dataset, value) for reporting_unit, period, value in rows}
                assert shown == expected and len(rows) == len(expected), database

    def _one_of(self, items: Collection[Any], number: int) -> Any:
        return list(items)[number % len(items)]


@cache
def _empty_home() -> Path:
    """A home with a ledger, to be copied."""
    home = Home(Path(tempfile.mkdtemp()) / "home").ensure()
    Ledger.open(home).close()
    return home.root


@pytest.fixture(scope="module")
def stand_ins(workers_folder: Path) -> Iterator[None]:
    with light_builds(workers_folder / "generated-readings"):
        yield


def _run(histories: int, part: int = 0) -> None:
    run_state_machine_as_test(
        seed(part)(type("Warehouse", (Warehouse,), {})),  # of a class of its own, as it marks the class
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate] if "NO_SHRINK" in os.environ else settings.default.phases,
            print_blob=True,
            report_multiple_bugs=False,
        ),
    )


@pytest.mark.usefixtures("stand_ins")
def test_a_few_histories_are_as_expected() -> None:
    _run(SHORT_RUN)


@pytest.mark.usefixtures("stand_ins")
@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS), ids=lambda part: f"part{part}")
def test_many_histories_are_as_expected(part: int) -> None:
    """In parts, each of other histories, that several workers may share them."""
    _run(LONG_RUN // PARTS, part)
