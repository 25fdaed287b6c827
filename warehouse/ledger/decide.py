"""The decision on a submission, in one transaction: its reporting units, what they supersede, its rows and its state."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from contracts.findings import Finding
from contracts.rule_outcomes import RuleOutcomes
from warehouse.ledger import schema
from warehouse.ledger.due import follow_up_comes_due, receipt_comes_due
from warehouse.ledger.findings import findings_of, replace_findings
from warehouse.ledger.history import append_judgements
from warehouse.ledger.rule_runs import RuleRuns
from warehouse.ledger.staging import KEPT_STATES, Staging, delete_other_units, kept_units
from warehouse.ledger.states import FINAL, state_of
from warehouse.ledger.submissions import row_of
from warehouse.ledger.types import Submission, SubmissionDecision, UnitOutcome
from warehouse.ledger.version_resolution import CurrentVersion, VersionChanges, check_complete, resolve_versions
from warehouse.ledger.versions import accepted_versions, unit_records, waiting_submissions

_S = schema.submission.c
_U = schema.submission_unit.c
_V = schema.unit_version.c
MANY_UNITS = 500
"""Beyond this it is cheaper to read all current units of a dataset than to name those asked for (and SQLite allows no
more than 999 parameters in its older builds)."""
FOLLOWED_UP = "remarked"
"""Action of the event that findings were added to a decided submission; stored, so the word stays."""


def in_force_versions(
    connection: Connection, dataset: str | None, reporting_units: Sequence[str]
) -> list[CurrentVersion]:
    """Current versions of units of a dataset."""
    chosen = (
        select(_V.version_id, _V.reporting_unit, _V.period, _V.content_hash, _V.submission_id, _S.received_at)
        .join_from(schema.unit_version, schema.submission, _V.submission_id == _S.submission_id)
        .where(_V.dataset == dataset, _V.ended_at.is_(None))
    )
    if len(reporting_units) <= MANY_UNITS:
        chosen = chosen.where(_V.reporting_unit.in_(reporting_units))
    return [CurrentVersion(**row._mapping) for row in connection.execute(chosen)]


class Deciding(Staging, RuleRuns):
    """The part of the ledger that decides."""

    def decide(
        self,
        submission_id: str,
        outcomes: Sequence[UnitOutcome],
        findings: Sequence[Finding],
        *,
        receipt_as: str | None = None,
        checked_against: Mapping[str, Any] | None = None,
        per_period: bool = True,
        rules: RuleOutcomes | None = None,
    ) -> SubmissionDecision:
        """Decide a staged submission in one transaction: its units, what they supersede, its findings, its rows and its
        state; gives the decision. rules: what became of its rules, kept with it.

        - An accepted unit ends the current version of the same (dataset, unit, period), or of the same (dataset, unit)
          where not per_period; see `version_resolution.resolve_versions` for one that changes nothing or comes late.
        - Units that an earlier decision accepted, or a person withdrew, stay as they are; waiting and held ones take
          their new outcome.
        - Submissions that wait for this dataset go back to staged as soon as a unit of it is accepted.
        - A submission that is decided already is given back as it is, so a retry changes nothing.

        Raises IllegalTransition (not staged), Unbalanced, InvalidOutcomes (a staged unit without an outcome, or one
        named twice).
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            if before.state in FINAL or (
                before.state == "waiting" and self._is_recorded(connection, submission_id, outcomes)
            ):
                return self._decision(connection, submission_id, is_new=False)
            now = self._now(connection)
            if before.state == "waiting":
                self._move(connection, now, before, "staged", {"reason": "checked again"})
                before = row_of(connection, submission_id)
            known = [(record.reporting_unit, record.period) for record in unit_records(connection, submission_id)]
            check_complete(before, known, outcomes)
            stays = kept_units(connection, submission_id)
            open_outcomes = [outcome for outcome in outcomes if (outcome.reporting_unit, outcome.period) not in stays]
            in_force = in_force_versions(
                connection, before.dataset, [outcome.reporting_unit for outcome in open_outcomes]
            )
            changes = resolve_versions(before, open_outcomes, in_force, per_period=per_period, now=now)
            delete_other_units(connection, submission_id)
            self._enter(connection, now, before, changes)
            replace_findings(
                connection, submission_id, findings, {reporting_unit for reporting_unit, _ in stays}, now=now
            )
            self._close(connection, now, before, receipt_as, dict(checked_against or {}))
            self._record_rules(connection, now, before, rules)
            return self._decision(connection, submission_id, is_new=True)

    def _is_recorded(self, connection: Connection, submission_id: str, outcomes: Sequence[UnitOutcome]) -> bool:
        """Whether the ledger holds these outcomes already (an accepted unit, checked again, may come out as unchanged:
        it equals itself).
        """
        recorded = {
            (r.reporting_unit, r.period): (r.state, r.waits_for) for r in unit_records(connection, submission_id)
        }
        stays = kept_units(connection, submission_id)
        return all(
            (o.reporting_unit, o.period) in stays
            or recorded.get((o.reporting_unit, o.period)) == (o.state, o.waits_for)
            for o in outcomes
        )

    def _enter(self, connection: Connection, now: datetime, submission: Submission, changes: VersionChanges) -> None:
        """Write what became of units, and end the versions that they replace."""
        if changes.reporting_units:
            connection.execute(schema.submission_unit.insert(), list(changes.reporting_units))
            append_judgements(connection, now, changes.reporting_units)
        if changes.versions:
            connection.execute(schema.unit_version.insert(), list(changes.versions))
            follow_up_comes_due(connection, now, submission.submission_id)
        if not changes.ended:
            return
        self._end(connection, now, submission.submission_id, [version.version_id for version in changes.ended])
        for version in changes.ended:
            self._record(
                connection,
                now,
                "superseded",
                version.submission_id,
                dataset=submission.dataset,
                reporting_unit=version.reporting_unit,
                period=version.period,
                before="current",
                after="ended",
                detail={"by": submission.submission_id},
            )

    def _end(self, connection: Connection, now: datetime, by: str, version_ids: Sequence[int]) -> None:
        if not version_ids:
            return
        connection.execute(
            schema.unit_version.update().where(_V.version_id == bindparam("ended")).values(ended_at=now, ended_by=by),
            [{"ended": version_id} for version_id in version_ids],
        )

    def _close(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        receipt_as: str | None,
        checked_against: dict[str, Any],
        settled_at: datetime | None = None,
    ) -> None:
        """Add up the submission's rows, move it to its new state, and take up again those that waited for its dataset.
        settled_at: now unless given.
        """
        records = unit_records(connection, before.submission_id)
        rows_accepted = sum(record.rows for record in records if record.state in KEPT_STATES)
        rows = {
            "rows_accepted": rows_accepted,
            "rows_held": before.rows_read - before.rows_control - rows_accepted,
            "rows_waiting": sum(record.rows for record in records if record.state == "waiting"),
        }
        connection.execute(
            schema.submission.update()
            .where(_S.submission_id == before.submission_id)
            .values(
                **rows,
                settled_at=settled_at or now,
                receipt_as=receipt_as or before.receipt_as,
                checked_against=checked_against,
            )
        )
        arrived = any(record.accepted_at == now for record in records)
        woken = self._take_up_waiting(connection, now, before) if arrived else []
        after = state_of(record.state for record in records)
        self._move(connection, now, before, after, {**rows, "checked_against": checked_against, "woken": woken})

    def _take_up_waiting(self, connection: Connection, now: datetime, arrived: Submission) -> list[str]:
        """Move the submissions that wait for a dataset back to staged; gives their ids."""
        names = [name for name in waiting_submissions(connection, arrived.dataset) if name != arrived.submission_id]
        waiting = [one for one in (row_of(connection, name) for name in names) if one.state == "waiting"]
        for one in waiting:
            self._move(connection, now, one, "staged", {"woken_by": arrived.submission_id, "need": arrived.dataset})
        return [one.submission_id for one in waiting]

    def _decision(self, connection: Connection, submission_id: str, *, is_new: bool) -> SubmissionDecision:
        now = row_of(connection, submission_id)
        details = connection.execute(
            select(schema.event.c.detail)
            .where(schema.event.c.submission_id == submission_id)
            .order_by(schema.event.c.event_id)
        ).scalars()
        return SubmissionDecision(
            submission_id,
            now.state,
            now.rows_read,
            now.rows_accepted,
            now.rows_held,
            now.rows_control,
            reporting_units=tuple(unit_records(connection, submission_id)),
            superseded=tuple(
                accepted_versions(
                    connection,
                    _V.ended_by == submission_id,
                    _V.submission_id != submission_id,
                    _V.ended_at != _V.accepted_at,
                )
            ),
            woken=tuple(name for detail in details for name in detail.get("woken", ())),
            is_new=is_new,
        )

    def add_follow_up(
        self,
        submission_id: str,
        findings: Sequence[Finding],
        replaces: Callable[[Finding], bool] = lambda item: False,
        rules: RuleOutcomes | None = None,
    ) -> bool:
        """Add the findings of a follow-up validation to a decided submission, which stays as it was decided; gives
        whether anything changed.

        Those that it has already are left out; those that `replaces` names go. rules: all outcomes of its rules, as they
        are now. Then its receipt is due. Raises UnknownSubmission.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            known = [item for _, _, item in findings_of(connection, submission_id)]
            kept = [item for item in known if item in findings or not replaces(item)]
            new = [item for item in findings if item not in known]
            is_changed = bool(new) or len(kept) < len(known) or self._are_new_rules(connection, submission_id, rules)
            if is_changed:
                now = self._now(connection)
                replace_findings(connection, submission_id, [*kept, *new], now=now)
                receipt_comes_due(connection, now, submission_id)
                self._record(
                    connection, now, FOLLOWED_UP, submission_id, dataset=before.dataset, detail={"findings": len(new)}
                )
                self._record_rules(connection, now, before, rules)
            return is_changed
