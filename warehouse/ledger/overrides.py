"""What people decide against what was held: a unit confirmed, a rule waived. Each is recorded with who, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from contracts.findings import Finding
from contracts.rule_outcomes import RuleOutcomes
from warehouse.ledger import schema
from warehouse.ledger.decide import Deciding, in_force_versions
from warehouse.ledger.findings import replace_findings
from warehouse.ledger.store import next_id
from warehouse.ledger.submissions import row_of
from warehouse.ledger.types import Confirmation, SubmissionDecision, UnitOutcome, Waiver
from warehouse.ledger.version_resolution import InvalidOutcomes, resolve_versions
from warehouse.ledger.versions import unit_records

_U = schema.submission_unit.c


def decisions_of(connection: Connection) -> list[Confirmation]:
    """Every decision on a unit, oldest first: confirmations and withdrawals."""
    rows = connection.execute(select(schema.decision).order_by(schema.decision.c.decision_id))
    return [Confirmation(**{**row._mapping, "rules": tuple(row.rules)}) for row in rows]


def waivers_of(connection: Connection) -> list[Waiver]:
    """Every waiver, oldest first."""
    return [
        Waiver(**row._mapping) for row in connection.execute(select(schema.waiver).order_by(schema.waiver.c.waiver_id))
    ]


class UnknownWaiver(LookupError):
    """The ledger has no waiver of this id."""


class Overriding(Deciding):
    """The part of the ledger that records overrides: confirmations and waivers."""

    def confirmations(self) -> list[Confirmation]:
        """Every confirmation by which a held unit was accepted, oldest first."""
        with self.reading() as connection:
            return [one for one in decisions_of(connection) if one.kind == "confirmed"]

    def decisions(self) -> list[Confirmation]:
        """Every decision on a unit, oldest first: confirmations and withdrawals."""
        with self.reading() as connection:
            return decisions_of(connection)

    def waivers(self) -> list[Waiver]:
        """Every waiver ever granted, expired ones included, oldest first."""
        with self.reading() as connection:
            return waivers_of(connection)

    def next_confirmation_ids(self, count: int) -> list[str]:
        """The ids that the next confirmations will have, for the findings that they lift."""
        with self.reading() as connection:
            return [next_id(connection, schema.decision, "D", ahead) for ahead in range(count)]

    def grant_waiver(
        self,
        rule_id: str,
        reporting_unit: str,
        *,
        approver: str,
        because: str,
        until_on: date,
        dataset: str | None = None,
        period: str | None = None,
        granted_at: datetime | None = None,
    ) -> Waiver:
        """Record a waiver. The same once more is another one, with a number of its own. granted_at: of one entered
        again; else now.
        """
        with self.writing() as connection:
            now = self._now(connection)
            number = next_id(connection, schema.waiver, "W")
            new = Waiver(
                number,
                rule_id,
                dataset,
                reporting_unit,
                period,
                approver,
                because,
                until_on,
                granted_at or now,
                self.actor,
            )
            connection.execute(schema.waiver.insert().values(**asdict(new)))
            self._record(
                connection,
                now,
                "waived",
                dataset=dataset,
                reporting_unit=reporting_unit,
                period=period,
                detail={
                    "waiver_id": new.waiver_id,
                    "rule_id": rule_id,
                    "approver": approver,
                    "because": because,
                    "until": until_on.isoformat(),
                },
            )
        return new

    def end_waiver(self, waiver_id: str, *, ended_by: str, because: str) -> Waiver:
        """End a waiver now; one that was ended before stays as it is. Raises UnknownWaiver."""
        table = schema.waiver
        with self.writing() as connection:
            row = connection.execute(select(table).where(table.c.waiver_id == waiver_id)).one_or_none()
            if row is None:
                raise UnknownWaiver(f"没有这项豁免 (no such waiver): {waiver_id}")
            before = Waiver(**row._mapping)
            if before.ended_at is not None:
                return before
            now = self._now(connection)
            ended = replace(before, ended_at=now, ended_by=ended_by, ended_because=because)
            connection.execute(
                table.update()
                .where(table.c.waiver_id == waiver_id)
                .values(ended_at=now, ended_by=ended_by, ended_because=because)
            )
            self._record(
                connection,
                now,
                "waiver_ended",
                dataset=before.dataset,
                reporting_unit=before.reporting_unit,
                period=before.period,
                detail={"waiver_id": waiver_id, "ended_by": ended_by, "because": because},
            )
            return ended

    def override(
        self,
        submission_id: str,
        outcomes: Sequence[UnitOutcome],
        findings: Sequence[Finding],
        *,
        per_period: bool = True,
        checked_against: Mapping[str, Any] | None = None,
        decision_id: str | None = None,
        decided_by: str | None = None,
        because: str = "",
        decided_at: datetime | None = None,
        rules: Sequence[str] = (),
        rule_outcomes: RuleOutcomes | None = None,
    ) -> SubmissionDecision:
        """Decide held units of a decided submission once more, in one transaction; its other units stay as they are.

        decision_id, decided_by, because, decided_at (of one entered again; else now), rules (what had held it): the
        confirmation that lets one unit in; without decision_id, it is a waiver that does.
        findings: those of these units, and of the whole file; rule_outcomes: all of the submission.
        Raises UnknownSubmission, InvalidOutcomes (a unit that is
        not held, or another confirmation took the id meanwhile).
        """
        chosen = {(outcome.reporting_unit, outcome.period) for outcome in outcomes}
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            records = unit_records(connection, submission_id)
            held = {(record.reporting_unit, record.period) for record in records if record.state == "held"}
            if not_held := chosen - held:
                raise InvalidOutcomes(
                    f"{submission_id}: not held: {', '.join(sorted(reporting_unit for reporting_unit, _ in not_held))}"
                )
            now = self._now(connection)
            if decision_id is not None:
                if decision_id != next_id(connection, schema.decision, "D"):
                    raise InvalidOutcomes(f"{decision_id} was taken meanwhile; decide again")
                (outcome,) = outcomes
                self._record_confirmation(
                    connection,
                    now,
                    Confirmation(
                        decision_id,
                        submission_id,
                        str(before.dataset),
                        outcome.reporting_unit,
                        outcome.period,
                        tuple(rules),
                        because,
                        decided_by or self.actor,
                        decided_at or now,
                        self.actor,
                    ),
                    outcome.state,
                )
            in_force = in_force_versions(connection, before.dataset, [outcome.reporting_unit for outcome in outcomes])
            changes = resolve_versions(before, outcomes, in_force, per_period=per_period, now=now)
            for reporting_unit, period in chosen:
                connection.execute(
                    schema.submission_unit.delete().where(
                        _U.submission_id == submission_id,
                        _U.reporting_unit == reporting_unit,
                        _U.period.is_not_distinct_from(period),
                        _U.state == "held",
                    )
                )
            self._enter(connection, now, before, changes)
            replace_findings(
                connection,
                submission_id,
                findings,
                {record.reporting_unit for record in records} - {reporting_unit for reporting_unit, _ in chosen},
                now=now,
            )
            self._record_rules(connection, now, before, rule_outcomes)
            self._close(
                connection, now, before, None, {**before.checked_against, **(checked_against or {})}, before.settled_at
            )
            return self._decision(connection, submission_id, is_new=True)

    def _record_confirmation(self, connection: Connection, now: datetime, made: Confirmation, after: str) -> None:
        connection.execute(schema.decision.insert().values(**{**asdict(made), "rules": list(made.rules)}))
        self._record(
            connection,
            now,
            "confirmed",
            made.submission_id,
            dataset=made.dataset,
            reporting_unit=made.reporting_unit,
            period=made.period,
            before="held",
            after=after,
            detail={
                "decision_id": made.decision_id,
                "rules": list(made.rules),
                "because": made.because,
                "decided_by": made.decided_by,
            },
        )
