"""Expected reports: from the cadence of each contract, which report is expected from whom by when, and what became of
it. `sync` writes them into the build; the digest, the periods and `warehouse status --due` read them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from contracts import Contract, contract, contracts
from contracts.calendar import DISTRICT_TIME
from contracts.names import unit_name
from contracts.reference import code_names, table
from pipeline.calendar.due_dates import MONTHS, due_on, is_period, last_expected, periods_between
from warehouse.home import Home
from warehouse.ledger import Ledger, Snapshot, UnitRecord
from warehouse.staged import read_staged

ExpectedReportState = Literal["on_time", "late", "held", "waiting", "received", "missing", "not_due"]
MET: frozenset[ExpectedReportState] = frozenset({"on_time", "late"})
STATES_ZH: dict[ExpectedReportState, str] = {
    state: code_names("expected_report_state")[state] for state in get_args(ExpectedReportState)
}
TOWNSHIP_KINDS = ("township", "township_located")
DISTRICT = "district"
"""Unit of a report that is expected once for the whole district."""
LEDGER = "project_ledger"


@dataclass(frozen=True)
class ExpectedReport:
    """One report that is expected. reporting_unit: township code, project|township, or DISTRICT.

    received_at and submission_id: of what met it (the last of its units, where it has several), or else of what came
    last. days_late: from the due day to the day of arrival, or to as_of_date while it is not met; 0 in time.
    """

    dataset: str
    period: str
    reporting_unit: str
    due_on: date
    state: ExpectedReportState
    received_at: datetime | None
    submission_id: str | None
    days_late: int
    as_of_date: date

    @property
    def state_zh(self) -> str:
        """The state in Chinese."""
        return STATES_ZH[self.state]

    @property
    def title_zh(self) -> str:
        """What the report is called."""
        return contract(self.dataset).title.zh

    @property
    def unit_zh(self) -> str:
        """Who is to send it: a township, a project in a township, or the dataset's submitter."""
        rules = contract(self.dataset)
        return rules.submitter if self.reporting_unit == DISTRICT else unit_name(rules, self.reporting_unit)

    @property
    def is_met(self) -> bool:
        """Whether it was accepted, in time or late."""
        return self.state in MET

    @property
    def is_overdue(self) -> bool:
        """Past its day, and not met."""
        return not self.is_met and self.days_late > 0


def expected_reports(home: Home, snapshot: Snapshot, at: date) -> list[ExpectedReport]:
    """Every report that is expected by a day, by dataset, period and unit.

    Of a dataset, from the first period for which anything was received (or which was opened) to the last expected on
    that day; one without a due day expects nothing. at: the as-of date; the same ledger and day give the same.
    """
    arrived = {item.submission_id: item.received_at for item in snapshot.submissions}
    records: dict[str, dict[str, list[UnitRecord]]] = defaultdict(lambda: defaultdict(list))
    for record in snapshot.reporting_units:
        if record.period is not None and record.state != "withdrawn":  # as if it had never come
            records[record.dataset][record.period].append(record)
    opened: dict[str, list[str]] = defaultdict(list)
    for item in snapshot.periods:
        opened[item.dataset].append(item.period)
    found = []
    for rules in contracts().values():
        if rules.cadence.every not in MONTHS or rules.cadence.due is None:
            continue
        # a period that was merely mistyped was never accepted
        accepted = [
            period
            for period, own in records[rules.dataset].items()
            if any(record.state == "accepted" for record in own)
        ]
        received = accepted or list(records[rules.dataset])
        known = [period for period in (*received, *opened[rules.dataset]) if is_period(rules.cadence.every, period)]
        if not known:
            continue
        expected = _ExpectedUnits(home, snapshot, rules, records[rules.dataset])
        for period in periods_between(rules.cadence.every, min(known), last_expected(rules, at)):
            of_period = records[rules.dataset].get(period, [])
            due = due_on(rules, period)
            assert due is not None
            for reporting_unit in expected.reporting_units(period):
                own = [record for record in of_period if reporting_unit in (DISTRICT, record.reporting_unit)]
                found.append(_report(rules.dataset, period, reporting_unit, due, own, arrived, at))
    return found


def _report(
    dataset: str,
    period: str,
    reporting_unit: str,
    due: date,
    records: list[UnitRecord],
    arrived: dict[str, datetime],
    at: date,
) -> ExpectedReport:
    """One expected report with its state, from every record of its units."""
    by_unit: dict[str, list[UnitRecord]] = defaultdict(list)
    for record in records:
        by_unit[record.reporting_unit].append(record)
    met: list[UnitRecord] = []
    unmet: list[UnitRecord] = []
    for own in by_unit.values():
        first = next((record for record in own if record.state == "accepted"), None)
        (unmet if first is None else met).append(own[-1] if first is None else first)
    if not records:
        return ExpectedReport(
            dataset,
            period,
            reporting_unit,
            due,
            "missing" if due < at else "not_due",
            None,
            None,
            max(0, (at - due).days),
            at,
        )
    last = max(unmet or met, key=lambda record: (arrived[record.submission_id], record.submission_id))
    came = arrived[last.submission_id]
    if unmet:
        states = {record.state for record in unmet}
        state: ExpectedReportState = "held" if "held" in states else "waiting" if "waiting" in states else "received"
        late = max(0, (at - due).days)
    else:
        late = max(0, (came.astimezone(DISTRICT_TIME).date() - due).days)
        state = "late" if late else "on_time"
    return ExpectedReport(dataset, period, reporting_unit, due, state, came, last.submission_id, late, at)


class _ExpectedUnits:
    """The reporting units of which a dataset's report is expected in a period."""

    def __init__(self, home: Home, snapshot: Snapshot, rules: Contract, records: dict[str, list[UnitRecord]]) -> None:
        self._kind = rules.reporting_unit.kind
        self._reported = {
            period: {record.reporting_unit for record in own if record.state == "accepted"}
            for period, own in records.items()
        }
        self._planned = list(_pairs_of_ledger(home, snapshot)) if self._kind == "project_township" else []

    def reporting_units(self, period: str) -> list[str]:
        """Units whose report of a period is expected, sorted; DISTRICT alone where there is one for all."""
        if self._kind in TOWNSHIP_KINDS:
            return sorted(row["township_code"] for row in table("township"))
        if self._kind != "project_township":
            return [DISTRICT]
        reported = {
            reporting_unit
            for earlier, reporting_units in self._reported.items()
            if earlier <= period
            for reporting_unit in reporting_units
        }
        planned = {pair for since, pair, _ in self._planned if since <= period and pair}
        located = {reporting_unit.partition("|")[0] for reporting_unit in reported | planned}
        listed = {
            f"{project}|{township}"
            for since, _, (project, townships) in self._planned
            if since <= period and project not in located
            for township in townships
        }
        return sorted(reported | planned | listed) or [DISTRICT]


def _pairs_of_ledger(home: Home, snapshot: Snapshot) -> Iterator[tuple[str, str | None, tuple[str, list[str]]]]:
    """Gives, for each project in the project ledger in force: the period since when it stands there, its project ×
    township if it is a sub-project, and its own list of townships.

    A sub-project lies where it says. A project's own list of townships may be open (等), so it counts only where
    nothing better is known: no sub-project, and nothing ever reported.
    """
    versions = [version for version in snapshot.in_force if version.dataset == LEDGER and version.staged_as]
    for staged_as in sorted({str(version.staged_as) for version in versions}):
        current = {
            version.reporting_unit: str(version.period) for version in versions if version.staged_as == staged_as
        }
        projects: Any = read_staged(
            home, staged_as, LEDGER, ["reporting_unit", "period", "project_id", "township_codes"]
        )
        for row in projects.to_pylist():
            if row["period"] != current.get(row["reporting_unit"]) or not row["project_id"]:
                continue
            project, _, part = row["project_id"].partition("-")
            townships = row["township_codes"] or []
            pairs: list[str | None] = [f"{project}|{township}" for township in townships] if part else [None]
            for pair in pairs:
                yield row["period"], pair, (project, [] if part else townships)


def expected_on(home: Home, day: date) -> list[ExpectedReport]:
    """Every report expected by a day, by what the ledger says now; see `expected_reports`."""
    with Ledger.open(home) as ledger:
        return expected_reports(home, ledger.snapshot(), day)


def overdue(reports: Iterable[ExpectedReport]) -> list[ExpectedReport]:
    """Those past their day and not met, the longest overdue first."""
    return sorted(
        (item for item in reports if item.is_overdue),
        key=lambda item: (item.due_on, item.dataset, item.period, item.reporting_unit),
    )
