"""The whole ledger as one build sees it, read in one transaction, as it is now or was at a moment; `warehouse.sync` and
the reporting calendar read it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.calendar import periods_as_of, periods_of
from warehouse.ledger.findings import findings_of
from warehouse.ledger.history import History, units_as_of
from warehouse.ledger.overrides import decisions_of, waivers_of
from warehouse.ledger.rule_runs import rule_outcomes_of
from warehouse.ledger.states import DECIDED
from warehouse.ledger.store import Store
from warehouse.ledger.submissions import submission_of
from warehouse.ledger.types import Confirmation, Period, Submission, UnitRecord, UnitVersion, Waiver
from warehouse.ledger.versions import accepted_versions, fingerprint, in_force, unit_records

Numbered = tuple[str, int, Finding]
Item = TypeVar("Item", UnitVersion, Waiver)
UNDONE = ("ended_at", "ended_by", "ended_because")
"""What is null again as of a time before a record ended."""


@dataclass(frozen=True)
class Snapshot:
    """in_force: the accepted units that a build is made of; fingerprint: of these. findings: (submission_id, number,
    finding), of decided submissions; rules: likewise, rule outcomes as they are
    stored. moment: of the last event that it knows of; None of an empty ledger.
    """

    in_force: tuple[UnitVersion, ...]
    fingerprint: str
    submissions: tuple[Submission, ...]
    reporting_units: tuple[UnitRecord, ...]
    findings: tuple[Numbered, ...]
    decisions: tuple[Confirmation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    periods: tuple[Period, ...] = ()
    moment: datetime | None = None
    rules: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def outcomes_fingerprint(self) -> str:
        """SHA-256 of what became of every submission and of all overrides: equal ones give equal marts of quality and
        submissions. An original that was read again otherwise counts, while it is in force.

        A submission that brought nothing new (every unit unchanged) does not count, nor one that is not decided yet.
        """
        counted = {
            reporting_unit.submission_id
            for reporting_unit in self.reporting_units
            if reporting_unit.state not in ("staged", "unchanged")
        }
        counted |= {item.submission_id for item in self.submissions if item.state in ("unreadable", "held")}
        lines: list[tuple[object, ...]] = [
            (
                "unit",
                reporting_unit.submission_id,
                reporting_unit.reporting_unit,
                reporting_unit.period,
                reporting_unit.state,
            )
            for reporting_unit in self.reporting_units
            if reporting_unit.submission_id in counted
        ]
        lines += [
            ("submission", item.submission_id, item.state) for item in self.submissions if item.submission_id in counted
        ]
        lines += [
            ("finding", name, number, item.rule_id, item.lifted_by)
            for name, number, item in self.findings
            if name in counted
        ]
        lines += [("rules", name, sorted(stored["units"].items())) for name, stored in self.rules if name in counted]
        lines += [("reading", name) for name in {one.reading for one in self.in_force} - {None}]
        lines += [("period", one.dataset, one.period) for one in self.periods]  # in which reports are expected
        lines += [("decision", made.decision_id) for made in self.decisions] + [
            ("waiver", one.waiver_id, one.ended_at is not None) for one in self.waivers
        ]
        return hashlib.sha256("\n".join(sorted(map(repr, lines))).encode()).hexdigest()


def _by_submission(numbered: Iterable[Numbered]) -> dict[str, list[Numbered]]:
    grouped: dict[str, list[Numbered]] = defaultdict(list)
    for line in numbered:
        grouped[line[0]].append(line)
    return grouped


def _undone_after(item: Item, as_of: datetime | None) -> Item:
    """A record of the ledger as it was: what happened to it later is undone."""
    if as_of is None or item.ended_at is None or item.ended_at <= as_of:
        return item
    later: dict[str, Any] = {name: None for name in UNDONE if hasattr(item, name)}
    return replace(item, **later)


class Snapshots(Store):
    """The part of the ledger that a build reads."""

    def snapshot(self, as_of: datetime | None = None) -> Snapshot:
        """What is in force, every submission received, its units and findings, of one moment: now, or as it was known
        at `as_of`.
        """
        with self.reading() as connection:
            versions = accepted_versions(connection, *in_force(as_of))
            rows = connection.execute(select(schema.submission).order_by(schema.submission.c.number))
            submissions = [item for item in map(submission_of, rows) if as_of is None or item.received_at <= as_of]
            if as_of is None:
                reporting_units: dict[str, list[UnitRecord]] = defaultdict(list)
                for record in unit_records(connection):
                    reporting_units[record.submission_id].append(record)
            else:
                reporting_units = units_as_of(connection, as_of)
            findings = _by_submission(findings_of(connection, as_of=as_of))
            rules = dict(rule_outcomes_of(connection, as_of=as_of))
            decisions = [item for item in decisions_of(connection) if as_of is None or item.decided_at <= as_of]
            waivers = [
                _undone_after(item, as_of)
                for item in waivers_of(connection)
                if as_of is None or item.granted_at <= as_of
            ]
            periods = periods_of(connection) if as_of is None else periods_as_of(connection, as_of)
            known = select(func.max(schema.event.c.at))
            moment = connection.execute(
                known if as_of is None else known.where(schema.event.c.at <= as_of)
            ).scalar_one()
            history = None if as_of is None else History(connection, as_of)
        if history is not None and as_of is not None:
            submissions = [history.submission(item) for item in submissions]
            versions = [_undone_after(one, as_of) for one in versions]
        decided = [item.submission_id for item in submissions if item.state in DECIDED]
        return Snapshot(
            tuple(versions),
            fingerprint(versions),
            tuple(submissions),
            tuple(record for item in submissions for record in reporting_units.get(item.submission_id, ())),
            tuple(line for name in decided for line in findings.get(name, ())),
            tuple(decisions),
            tuple(waivers),
            tuple(periods),
            moment,
            tuple((name, rules[name]) for name in decided if name in rules),
        )
