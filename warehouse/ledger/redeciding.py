"""What people decide against what was held: a unit confirmed, a rule waived. Each is recorded with who, when and why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.deciding import NotSettleable, decide
from warehouse.ledger.remarks import replace_findings
from warehouse.ledger.settling import Settling, in_force_versions
from warehouse.ledger.submissions import row_of
from warehouse.ledger.types import Decision, Settlement, UnitOutcome, Waiver
from warehouse.ledger.versions import unit_records

_U = schema.submission_unit.c


def decisions_of(connection: Connection) -> list[Decision]:
    """Every decision, oldest first."""
    rows = connection.execute(select(schema.decision).order_by(schema.decision.c.decision_id))
    return [Decision(**{**row._mapping, "rules": tuple(row.rules)}) for row in rows]


def waivers_of(connection: Connection) -> list[Waiver]:
    """Every waiver, oldest first."""
    return [Waiver(**row._mapping) for row in connection.execute(select(schema.waiver).order_by(schema.waiver.c.waiver_id))]


def _next_id(connection: Connection, table: Table, letter: str) -> str:
    return f"{letter}{connection.execute(select(func.count()).select_from(table)).scalar_one() + 1:06d}"


class Redeciding(Settling):
    """The part of the ledger in which people overrule it."""

    def decisions(self) -> list[Decision]:
        """Every decision by which a held unit was let in, oldest first."""
        with self.reading() as connection:
            return decisions_of(connection)

    def waivers(self) -> list[Waiver]:
        """Every waiver ever granted, expired ones included, oldest first."""
        with self.reading() as connection:
            return waivers_of(connection)

    def next_decision(self) -> str:
        """The number that the next decision will bear, for the findings that it lifts."""
        with self.reading() as connection:
            return _next_id(connection, schema.decision, "D")

    def grant_waiver(
        self, rule_id: str, unit: str, *, approver: str, because: str, until_on: date, dataset: str | None = None, period: str | None = None,
    ) -> Waiver:
        """Record a waiver. The same once more is another one, with a number of its own."""
        with self.writing() as connection:
            now = self._now(connection)
            new = Waiver(_next_id(connection, schema.waiver, "W"), rule_id, dataset, unit, period, approver, because, until_on, now, self.actor)
            connection.execute(schema.waiver.insert().values(
                waiver_id=new.waiver_id, rule_id=rule_id, dataset=dataset, unit=unit, period=period, approver=approver, because=because,
                until_on=until_on, granted_at=now, recorded_by=self.actor,
            ))
            self._record(connection, now, "waived", dataset=dataset, unit=unit, period=period, detail={
                "waiver_id": new.waiver_id, "rule_id": rule_id, "approver": approver, "because": because, "until": until_on.isoformat(),
            })
        return new

    def redecide(
        self, submission_id: str, outcomes: Sequence[UnitOutcome], findings: Sequence[Finding], *, per_period: bool = True,
        checked_against: Mapping[str, Any] | None = None, decision_id: str | None = None, decided_by: str | None = None, because: str = "",
        rules: Mapping[str, Sequence[str]] | None = None,
    ) -> Settlement:
        """Decide units of a settled submission that are held once more, in one transaction; its other units stay as they are.

        decision_id, decided_by, because, rules (by unit, what had held it): the decision that lets these units in, recorded for each of
        them under consecutive numbers from decision_id on; without decision_id, it is a waiver that does.
        findings: those of these units, and of the whole file. Raises UnknownSubmission, NotSettleable (a unit that is not held, or another
        decision took the number meanwhile).
        """
        chosen = {(outcome.unit, outcome.period) for outcome in outcomes}
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            records = unit_records(connection, submission_id)
            held = {(record.unit, record.period) for record in records if record.state == "held"}
            if not_held := chosen - held:
                raise NotSettleable(f"{submission_id}: not held: {', '.join(sorted(unit for unit, _ in not_held))}")
            now = self._now(connection)
            if decision_id is not None:
                if decision_id != _next_id(connection, schema.decision, "D"):
                    raise NotSettleable(f"{decision_id} was taken meanwhile; decide again")
                for outcome in outcomes:
                    self._decide(connection, now, submission_id, str(before.dataset), outcome, (rules or {}).get(outcome.unit, ()), because,
                                 decided_by or self.actor)
            in_force = in_force_versions(connection, before.dataset, [outcome.unit for outcome in outcomes])
            verdict = decide(before, outcomes, in_force, per_period=per_period, now=now)
            for unit, period in chosen:
                connection.execute(schema.submission_unit.delete().where(
                    _U.submission_id == submission_id, _U.unit == unit, _U.period.is_not_distinct_from(period), _U.state == "held",
                ))
            self._enter(connection, now, before, verdict)
            replace_findings(connection, submission_id, findings, {record.unit for record in records} - {unit for unit, _ in chosen})
            self._close(connection, now, before, None, {**before.checked_against, **(checked_against or {})})
            return self._settlement(connection, submission_id, is_new=True)

    def _decide(
        self, connection: Connection, now: datetime, submission_id: str, dataset: str, outcome: UnitOutcome, rules: Sequence[str],
        because: str, decided_by: str,
    ) -> None:
        number = _next_id(connection, schema.decision, "D")
        connection.execute(schema.decision.insert().values(
            decision_id=number, submission_id=submission_id, dataset=dataset, unit=outcome.unit, period=outcome.period, rules=list(rules),
            because=because, decided_by=decided_by, decided_at=now, recorded_by=self.actor,
        ))
        self._record(connection, now, "confirmed", submission_id, dataset=dataset, unit=outcome.unit, period=outcome.period, before="held",
                     after=outcome.state, detail={"decision_id": number, "rules": list(rules), "because": because, "decided_by": decided_by})
