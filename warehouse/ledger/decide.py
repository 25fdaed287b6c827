"""What becomes of a submission: staging what was read of it, and settling its units in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.findings import findings_of, replace_findings
from warehouse.ledger.history import REJUDGED, kept
from warehouse.ledger.states import FINAL, check_transition, state_of
from warehouse.ledger.submissions import Submissions, row_of
from warehouse.ledger.types import Settlement, StagedUnit, Submission, SubmissionState, UnitOutcome
from warehouse.ledger.version_resolution import InForce, Verdict, VersionKey, check_complete, decide
from warehouse.ledger.versions import Versions, accepted_versions, unit_records, waiting_submissions

_S = schema.submission.c
_U = schema.submission_unit.c
DECIDED = ("accepted", "unchanged")
# beyond this it is cheaper to read all current units of a dataset than to name those asked for
MANY_UNITS = 500


def _decided(connection: Connection, submission_id: str) -> set[VersionKey]:
    """Units that an earlier settlement accepted: they stay as they are."""
    return {
        (record.reporting_unit, record.period)
        for record in unit_records(connection, submission_id)
        if record.state in DECIDED
    }


def _delete_undecided(connection: Connection, submission_id: str) -> None:
    connection.execute(
        schema.submission_unit.delete().where(_U.submission_id == submission_id, _U.state.not_in(DECIDED))
    )


def in_force_versions(connection: Connection, dataset: str | None, reporting_units: Sequence[str]) -> list[InForce]:
    """Current versions of units of a dataset."""
    chosen = (
        select(_U.unit_id, _U.reporting_unit, _U.period, _U.content_hash, _U.submission_id, _S.received_at)
        .join_from(schema.submission_unit, schema.submission, _U.submission_id == _S.submission_id)
        .where(_U.dataset == dataset, _U.state == "accepted", _U.ended_at.is_(None))
    )
    if len(reporting_units) <= MANY_UNITS:
        chosen = chosen.where(_U.reporting_unit.in_(reporting_units))
    return [InForce(**row._mapping) for row in connection.execute(chosen)]


class Settling(Submissions, Versions):
    """The part of the ledger that decides."""

    def _move(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        after: SubmissionState,
        detail: Mapping[str, Any],
    ) -> None:
        check_transition(before.submission_id, before.state, after)
        connection.execute(
            schema.submission.update().where(_S.submission_id == before.submission_id).values(state=after)
        )
        self._record(
            connection,
            now,
            after,
            before.submission_id,
            dataset=before.dataset,
            before=before.state,
            after=after,
            detail=detail,
        )

    def _keep(self, connection: Connection, now: datetime, before: Submission) -> None:
        """Keep what a settled submission was told, before it is judged once more: it is still to be known as of that
        time.
        """
        if before.settled_at is not None:
            found = [item for _, _, item in findings_of(connection, before.submission_id)]
            reporting_units = unit_records(connection, before.submission_id)
            self._record(
                connection,
                now,
                REJUDGED,
                before.submission_id,
                dataset=before.dataset,
                detail=kept(found, reporting_units),
            )

    def stage(
        self,
        submission_id: str,
        *,
        staged_as: str | None,
        rows_read: int,
        rows_control: int,
        findings: Sequence[Finding],
        readable: bool = True,
        periods: Sequence[str] = (),
        reporting_units: Sequence[StagedUnit] = (),
        notes: Mapping[str, str] | None = None,
    ) -> Submission:
        """Record what was read: received (or waiting) → staged, or → unreadable. May be repeated until the submission
        is settled.

        staged_as: Parquet relative to the home, None where there are no rows. A settled submission is given back
        unchanged.
        Raises UnknownSubmission.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            if before.state in FINAL:
                return before
            now = self._now(connection)
            after: SubmissionState = "staged" if readable else "unreadable"
            connection.execute(
                schema.submission.update()
                .where(_S.submission_id == submission_id)
                .values(
                    staged_as=staged_as,
                    rows_read=rows_read,
                    rows_control=rows_control,
                    periods=sorted(periods),
                    notes=dict(notes or {}),
                    rows_held=0 if readable else rows_read - rows_control,
                    settled_at=None if readable else now,
                )
            )
            self._keep(connection, now, before)
            decided = _decided(connection, submission_id)
            replace_findings(connection, submission_id, findings, {reporting_unit for reporting_unit, _ in decided})
            _delete_undecided(connection, submission_id)
            rows: list[dict[str, Any]] = [
                {
                    "submission_id": submission_id,
                    "dataset": before.dataset,
                    "reporting_unit": item.reporting_unit,
                    "period": item.period,
                    "state": "staged",
                    "rows": item.rows,
                    "facts": item.facts,
                    "content_hash": item.content_hash,
                    "waits_for": [],
                }
                for item in reporting_units
                if (item.reporting_unit, item.period) not in decided
            ]
            if rows:
                connection.execute(schema.submission_unit.insert(), rows)
            if before.state != after:
                self._move(
                    connection,
                    now,
                    before,
                    after,
                    {"rows_read": rows_read, "rows_control": rows_control, "units": len(reporting_units)},
                )
            return row_of(connection, submission_id)

    def restage(self, submission_id: str, reason: str) -> Submission:
        """Take a waiting submission up again: waiting → staged; one that is staged stays so. Raises IllegalTransition
        for any other.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            if before.state != "staged":
                self._move(connection, self._now(connection), before, "staged", {"reason": reason})
            return row_of(connection, submission_id)

    def settle(
        self,
        submission_id: str,
        outcomes: Sequence[UnitOutcome],
        findings: Sequence[Finding],
        *,
        receipt_as: str | None = None,
        checked_against: Mapping[str, Any] | None = None,
        per_period: bool = True,
    ) -> Settlement:
        """Decide a staged submission in one transaction: its units, what they supersede, its findings, its rows and its
        state.

        - An accepted unit ends the current version of the same (dataset, unit, period), or of the same (dataset, unit)
          where not
          per_period; see `deciding.decide` for one that changes nothing or comes late.
        - Units that an earlier settlement accepted stay as they are; waiting and held ones take their new outcome.
        - Submissions that wait for this dataset go back to staged as soon as a unit of it is accepted.
        - A submission that is settled already is given back as it is, so a retry changes nothing.

        Raises IllegalTransition (not staged), Unbalanced, NotSettleable (a staged unit without an outcome, or one named
        twice).
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            if before.state in FINAL or (
                before.state == "waiting" and self._is_recorded(connection, submission_id, outcomes)
            ):
                return self._settlement(connection, submission_id, is_new=False)
            now = self._now(connection)
            self._keep(connection, now, before)
            if before.state == "waiting":
                self._move(connection, now, before, "staged", {"reason": "checked again"})
                before = row_of(connection, submission_id)
            known = [(record.reporting_unit, record.period) for record in unit_records(connection, submission_id)]
            check_complete(before, known, outcomes)
            decided = _decided(connection, submission_id)
            open_outcomes = [outcome for outcome in outcomes if (outcome.reporting_unit, outcome.period) not in decided]
            in_force = in_force_versions(
                connection, before.dataset, [outcome.reporting_unit for outcome in open_outcomes]
            )
            verdict = decide(before, open_outcomes, in_force, per_period=per_period, now=now)
            _delete_undecided(connection, submission_id)
            self._enter(connection, now, before, verdict)
            replace_findings(connection, submission_id, findings, {reporting_unit for reporting_unit, _ in decided})
            self._close(connection, now, before, receipt_as, dict(checked_against or {}))
            return self._settlement(connection, submission_id, is_new=True)

    def _is_recorded(self, connection: Connection, submission_id: str, outcomes: Sequence[UnitOutcome]) -> bool:
        """Whether the ledger says this already (an accepted unit, checked again, may be judged unchanged: by itself)."""
        recorded = {
            (r.reporting_unit, r.period): (r.state, r.waits_for) for r in unit_records(connection, submission_id)
        }
        decided = _decided(connection, submission_id)
        return all(
            (o.reporting_unit, o.period) in decided
            or recorded.get((o.reporting_unit, o.period)) == (o.state, o.waits_for)
            for o in outcomes
        )

    def _enter(self, connection: Connection, now: datetime, submission: Submission, verdict: Verdict) -> None:
        """Write what became of units, and end the versions that they replace."""
        table = schema.submission_unit
        if verdict.reporting_units:
            connection.execute(table.insert(), list(verdict.reporting_units))
        if not verdict.ended:
            return
        connection.execute(
            table.update()
            .where(_U.unit_id == bindparam("ended"))
            .values(ended_at=now, ended_by=submission.submission_id),
            [{"ended": version.unit_id} for version in verdict.ended],
        )
        for version in verdict.ended:
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

    def _close(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        receipt_as: str | None,
        checked_against: dict[str, Any],
        settled_at: datetime | None = None,
    ) -> None:
        """Add up the submission's rows, move it to its new state, and wake whoever waited for its dataset. settled_at:
        now unless given.
        """
        records = unit_records(connection, before.submission_id)
        rows_accepted = sum(record.rows for record in records if record.state in DECIDED)
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
        woken = self._wake(connection, now, before) if arrived else []
        after = state_of(record.state for record in records)
        self._move(connection, now, before, after, {**rows, "checked_against": checked_against, "woken": woken})

    def _wake(self, connection: Connection, now: datetime, arrived: Submission) -> list[str]:
        sleepers = [name for name in waiting_submissions(connection, arrived.dataset) if name != arrived.submission_id]
        woken = [sleeper for sleeper in (row_of(connection, name) for name in sleepers) if sleeper.state == "waiting"]
        for sleeper in woken:
            self._move(connection, now, sleeper, "staged", {"woken_by": arrived.submission_id, "need": arrived.dataset})
        return [sleeper.submission_id for sleeper in woken]

    def _settlement(self, connection: Connection, submission_id: str, *, is_new: bool) -> Settlement:
        now = row_of(connection, submission_id)
        details = connection.execute(
            select(schema.event.c.detail)
            .where(schema.event.c.submission_id == submission_id)
            .order_by(schema.event.c.event_id)
        ).scalars()
        return Settlement(
            submission_id,
            now.state,
            now.rows_read,
            now.rows_accepted,
            now.rows_held,
            now.rows_control,
            reporting_units=tuple(unit_records(connection, submission_id)),
            superseded=tuple(
                accepted_versions(connection, _U.ended_by == submission_id, _U.ended_at != _U.accepted_at)
            ),
            woken=tuple(name for detail in details for name in detail.get("woken", ())),
            is_new=is_new,
        )

    def remark(
        self,
        submission_id: str,
        findings: Sequence[Finding],
        replaces: Callable[[Finding], bool] = lambda item: False,
    ) -> bool:
        """Add findings to a settled submission, which stays as it was decided: what was accepted later throws light on
        it.

        Those that it has already are left out; those that they replace go. Says whether anything changed. Raises
        UnknownSubmission.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            known = [item for _, _, item in findings_of(connection, submission_id)]
            kept = [item for item in known if item in findings or not replaces(item)]
            new = [item for item in findings if item not in known]
            if new or len(kept) < len(known):
                now = self._now(connection)
                self._keep(connection, now, before)
                replace_findings(connection, submission_id, [*kept, *new])
                self._record(
                    connection, now, "remarked", submission_id, dataset=before.dataset, detail={"findings": len(new)}
                )
            return bool(new) or len(kept) < len(known)
