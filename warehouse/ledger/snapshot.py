"""The whole ledger as one build sees it: read in one transaction, as it is now or was at a moment."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.calendar import periods_of
from warehouse.ledger.redeciding import decisions_of, waivers_of
from warehouse.ledger.remarks import findings_of
from warehouse.ledger.store import Store
from warehouse.ledger.submissions import submission_of
from warehouse.ledger.types import Decision, Period, Submission, UnitRecord, UnitVersion, Waiver
from warehouse.ledger.versions import accepted_versions, fingerprint, in_force, unit_records


@dataclass(frozen=True)
class Snapshot:
    """in_force: the accepted units that a build is made of; fingerprint: of these. findings: (submission_id, number, finding)."""

    in_force: tuple[UnitVersion, ...]
    fingerprint: str
    submissions: tuple[Submission, ...]
    units: tuple[UnitRecord, ...]
    findings: tuple[tuple[str, int, Finding], ...]
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    periods: tuple[Period, ...] = ()


def _as_of(record: UnitRecord, moment: datetime | None) -> UnitRecord | None:
    if moment is None:
        return record
    if record.accepted_at is not None and record.accepted_at > moment:
        return None
    return replace(record, ended_at=None, ended_by=None) if record.ended_at and record.ended_at > moment else record


class Snapshots(Store):
    """The part of the ledger that a build reads."""

    def snapshot(self, as_of: datetime | None = None) -> Snapshot:
        """What is in force, every submission received, its units and findings, of one moment.

        A submission's own state is the present one; versions accepted after `as_of` are left out, and ends after it are not yet known.
        """
        with self.reading() as connection:
            versions = accepted_versions(connection, *in_force(as_of))
            rows = connection.execute(select(schema.submission).order_by(schema.submission.c.number))
            submissions = [item for item in map(submission_of, rows) if as_of is None or item.received_at <= as_of]
            there = {item.submission_id for item in submissions}
            units = [record for record in unit_records(connection) if record.submission_id in there]
            findings = [line for line in findings_of(connection) if line[0] in there]
            decisions = [item for item in decisions_of(connection) if as_of is None or item.decided_at <= as_of]
            waivers = [item for item in waivers_of(connection) if as_of is None or item.granted_at <= as_of]
            periods = [item for item in periods_of(connection) if as_of is None or item.opened_at <= as_of]
        known = [record for unit in units if (record := _as_of(unit, as_of)) is not None]
        return Snapshot(tuple(versions), fingerprint(versions), tuple(submissions), tuple(known), tuple(findings), tuple(decisions),
                        tuple(waivers), tuple(periods))
