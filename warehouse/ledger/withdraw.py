"""What was let in and is to count no longer: withdrawn by a person, or found wrong when it was judged again. What it had
replaced is in force again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from contracts.findings import Finding
from contracts.rule_outcomes import RuleOutcomes
from warehouse.ledger import schema
from warehouse.ledger.build_types import NewNotice
from warehouse.ledger.decide import in_force_versions
from warehouse.ledger.due import follow_up_comes_due, receipt_comes_due
from warehouse.ledger.findings import findings_of, replace_findings
from warehouse.ledger.history import append_judgements
from warehouse.ledger.notices import enter_notice
from warehouse.ledger.overrides import Overriding
from warehouse.ledger.staging import KEPT_STATES
from warehouse.ledger.store import next_id
from warehouse.ledger.submissions import row_of
from warehouse.ledger.types import Confirmation, Submission, SubmissionDecision, UnitOutcome, UnitState
from warehouse.ledger.version_resolution import (
    InvalidOutcomes,
    LetIn,
    VersionKey,
    check_complete,
    resolve_versions,
    standing,
    version_row,
)
from warehouse.ledger.versions import unit_records

_S = schema.submission.c
_U = schema.submission_unit.c
UNDECIDED: tuple[UnitState, ...] = ("staged",)


def _let_in(
    connection: Connection, dataset: str | None, reporting_unit: str, period: str | None, per_period: bool
) -> list[LetIn]:
    """Every version of a unit that counts, in the order in which they were let in."""
    return [
        LetIn(
            {key: value for key, value in row._mapping.items() if key not in ("received_at", "unit_id")},
            row.received_at,
        )
        for row in connection.execute(
            select(schema.submission_unit, _S.received_at)
            .join_from(schema.submission_unit, schema.submission, _U.submission_id == _S.submission_id)
            .where(
                _U.dataset == dataset,
                _U.reporting_unit == reporting_unit,
                _U.state.in_(KEPT_STATES),
            )
            .order_by(_U.let_in_at, _U.unit_id)
        )
        if not per_period or row.period == period
    ]


class Withdrawing(Overriding):
    """The part of the ledger that takes back what was let in."""

    def withdraw(
        self,
        submission_id: str,
        reporting_units: Collection[VersionKey] | None = None,
        *,
        because: str,
        decided_by: str,
        per_period: bool = True,
        decided_at: datetime | None = None,
        lifting: Mapping[VersionKey, Sequence[str]] | None = None,
    ) -> SubmissionDecision:
        """Withdraw units of a decided submission (all, unless named) in one transaction, whatever became of them; once
        more changes nothing.

        Of each that was in force, the version is in force again that would be if it had never come. Recorded for each
        unit with who, when and why. decided_at: of one entered again; else now. lifting: by unit, rules that would have
        kept it from being changed (a closed period). Raises UnknownSubmission, InvalidOutcomes (a unit that the
        submission has not, or one that is not decided yet).
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            records = {(one.reporting_unit, one.period): one for one in unit_records(connection, submission_id)}
            chosen = set(records if reporting_units is None else reporting_units)
            if unknown := chosen - set(records):
                raise InvalidOutcomes(f"{submission_id}: {', '.join(sorted(map(str, unknown)))}")
            if any(records[key].state in UNDECIDED for key in chosen):
                raise InvalidOutcomes(f"{submission_id} 还未裁定 (is not decided yet)")
            chosen = {key for key in chosen if records[key].state != "withdrawn"}
            if not chosen:
                return self._decision(connection, submission_id, is_new=False)
            now = self._now(connection)
            for key in sorted(chosen, key=str):
                made = Confirmation(
                    next_id(connection, schema.decision, "D"),
                    submission_id,
                    str(before.dataset),
                    *key,
                    tuple((lifting or {}).get(key, ())),
                    because,
                    decided_by,
                    decided_at or now,
                    self.actor,
                    "withdrawn",
                )
                connection.execute(schema.decision.insert().values(**{**asdict(made), "rules": list(made.rules)}))
                self._record_withdrawal(connection, now, made, records[key].state)
            self._take_back(connection, now, before, chosen, "withdrawn", per_period)
            self._close(connection, now, before, None, dict(before.checked_against), before.settled_at)
            return self._decision(connection, submission_id, is_new=True)

    def judge_again(
        self,
        submission_id: str,
        outcomes: Sequence[UnitOutcome],
        findings: Sequence[Finding],
        *,
        reason: str,
        decided_by: str | None = None,
        per_period: bool = True,
        checked_against: Mapping[str, Any] | None = None,
        notice: NewNotice | None = None,
        rules: RuleOutcomes | None = None,
    ) -> SubmissionDecision:
        """Give every unit of a decided submission the outcome that it has by the rules of now, in one transaction.

        A held one that is accepted now is let in; an accepted one that is held now is taken back, and what it had
        replaced is in force again; a withdrawn one stays withdrawn. What comes out as before changes nothing.
        decided_by: who asked for it, None where the program did. notice: entered with it; rules: what became of its
        rules. Raises UnknownSubmission, InvalidOutcomes, Unbalanced.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            records = {(one.reporting_unit, one.period): one for one in unit_records(connection, submission_id)}
            if any(one.state in UNDECIDED for one in records.values()):
                raise InvalidOutcomes(f"{submission_id} 还未裁定 (is not decided yet)")
            check_complete(before, records, outcomes)
            given = {(one.reporting_unit, one.period): one for one in outcomes}
            counts = {key: one for key, one in given.items() if records[key].state != "withdrawn"}
            out = {key for key, one in counts.items() if records[key].state in KEPT_STATES and one.state == "held"}
            changed = [
                one
                for key, one in counts.items()
                if records[key].state not in KEPT_STATES and records[key].state != one.state
            ]
            known = [item for _, _, item in findings_of(connection, submission_id)]
            are_new = self._are_new_rules(connection, submission_id, rules)
            if not out and not changed and not are_new and list(findings) == known:
                return self._decision(connection, submission_id, is_new=False)
            now = self._now(connection)
            self._record(
                connection,
                now,
                "judged_again",
                submission_id,
                dataset=before.dataset,
                detail={"reason": reason, "taken_back": len(out), "changed": len(changed)}
                | ({"decided_by": decided_by} if decided_by else {}),
            )
            if notice is not None:
                enter_notice(connection, now, notice)
            self._take_back(connection, now, before, out, "held", per_period)
            self._change(connection, now, before, changed, per_period)
            replace_findings(connection, submission_id, findings, now=now)
            self._record_rules(connection, now, before, rules)
            self._close(
                connection, now, before, None, dict(checked_against or before.checked_against), before.settled_at
            )
            return self._decision(connection, submission_id, is_new=True)

    def _change(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        outcomes: Sequence[UnitOutcome],
        per_period: bool,
    ) -> None:
        in_force = in_force_versions(connection, before.dataset, [one.reporting_unit for one in outcomes])
        changes = resolve_versions(before, outcomes, in_force, per_period=per_period, now=now)
        for one in outcomes:
            connection.execute(
                schema.submission_unit.delete().where(
                    _U.submission_id == before.submission_id,
                    _U.reporting_unit == one.reporting_unit,
                    _U.period.is_not_distinct_from(one.period),
                )
            )
        self._enter(connection, now, before, changes)

    def _record_withdrawal(self, connection: Connection, now: datetime, made: Confirmation, state: str) -> None:
        self._record(
            connection,
            now,
            "withdrawn_unit",
            made.submission_id,
            dataset=made.dataset,
            reporting_unit=made.reporting_unit,
            period=made.period,
            before=state,
            after="withdrawn",
            detail={"decision_id": made.decision_id, "because": made.because, "decided_by": made.decided_by},
        )

    def _take_back(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        keys: Collection[VersionKey],
        to: UnitState,
        per_period: bool,
    ) -> None:
        """Move units to a state in which they do not count, and put in force what stands without them."""
        mine = _U.submission_id == before.submission_id
        for reporting_unit, period in keys:
            this = mine & (_U.reporting_unit == reporting_unit) & _U.period.is_not_distinct_from(period)
            connection.execute(
                schema.submission_unit.update().where(this).values(state=to, let_in_at=None, is_confirmed=False)
            )
            rows = connection.execute(select(schema.submission_unit).where(this)).mappings().all()
            append_judgements(connection, now, [dict(row) for row in rows])
        for reporting_unit, period in sorted(
            {(name, period if per_period else None) for name, period in keys}, key=str
        ):
            self._put_in_force(connection, now, before, reporting_unit, period, per_period)

    def standing_without(
        self, submission_id: str, reporting_units: Collection[VersionKey], *, per_period: bool = True
    ) -> dict[VersionKey, str | None]:
        """By unit, the submission whose version would be in force if these units of a submission were withdrawn; None
        for none.
        """
        found: dict[VersionKey, str | None] = {}
        with self.reading() as connection:
            dataset = row_of(connection, submission_id).dataset
            for key in reporting_units:
                others = [
                    one
                    for one in _let_in(connection, dataset, key[0], key[1] if per_period else None, per_period)
                    if one.row["submission_id"] != submission_id
                    or (one.row["reporting_unit"], one.row["period"]) not in reporting_units
                ]
                stands = standing(others)
                found[key] = None if stands is None else stands.row["submission_id"]
        return found

    def _put_in_force(
        self,
        connection: Connection,
        now: datetime,
        withdrawn: Submission,
        reporting_unit: str,
        period: str | None,
        per_period: bool,
    ) -> None:
        current = [
            one
            for one in in_force_versions(connection, withdrawn.dataset, [reporting_unit])
            if not per_period or one.period == period
        ]
        let_in = _let_in(connection, withdrawn.dataset, reporting_unit, period, per_period)
        now_standing = standing(let_in)
        wanted = None if now_standing is None else (now_standing.row["submission_id"], now_standing.row["period"])
        gone = [one for one in current if (one.submission_id, one.period) != wanted]
        self._end(connection, now, withdrawn.submission_id, [one.version_id for one in gone])
        if now_standing is None or len(gone) < len(current):
            return
        row = {**now_standing.row, "state": "accepted"}
        connection.execute(schema.unit_version.insert().values(**version_row(row, now)))
        same = (_U.submission_id == row["submission_id"]) & (_U.reporting_unit == row["reporting_unit"])
        same &= _U.period.is_not_distinct_from(row["period"])
        if now_standing.row["state"] != "accepted":
            connection.execute(schema.submission_unit.update().where(same).values(state="accepted"))
            append_judgements(connection, now, [row])
        follow_up_comes_due(connection, now, row["submission_id"])
        receipt_comes_due(connection, now, row["submission_id"])
        self._record(
            connection,
            now,
            "reinstated",
            row["submission_id"],
            dataset=row["dataset"],
            reporting_unit=row["reporting_unit"],
            period=row["period"],
            before="ended",
            after="current",
            detail={"instead_of": withdrawn.submission_id},
        )
