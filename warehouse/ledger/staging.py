"""What was read of a submission enters the ledger: its rows, reporting units and findings. Reading calls this, `decide`
comes after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.build_types import NewNotice
from warehouse.ledger.due import receipt_comes_due
from warehouse.ledger.findings import replace_findings
from warehouse.ledger.history import append_judgements
from warehouse.ledger.notices import enter_notice
from warehouse.ledger.states import FINAL, check_transition
from warehouse.ledger.submissions import Submissions, row_of
from warehouse.ledger.types import StagedUnit, Submission, SubmissionState, UnitState
from warehouse.ledger.version_resolution import VersionKey
from warehouse.ledger.versions import READ_AGAIN, Versions, unit_records

_S = schema.submission.c
_U = schema.submission_unit.c
KEPT_STATES: tuple[UnitState, ...] = ("accepted", "unchanged")
"""Units in these states count: they were let in."""
STAYING_STATES: tuple[UnitState, ...] = (*KEPT_STATES, "withdrawn")
"""Units in these states stay as they are, whatever is decided of the others of their submission later: what was withdrawn
while it waited must not come in with what it waited for."""


def kept_units(connection: Connection, submission_id: str) -> set[VersionKey]:
    """Units of a submission that an earlier decision accepted, or a person withdrew."""
    return {
        (record.reporting_unit, record.period)
        for record in unit_records(connection, submission_id)
        if record.state in STAYING_STATES
    }


def delete_other_units(connection: Connection, submission_id: str) -> list[VersionKey]:
    """Take out the units of a submission that are not kept, so that they can be entered anew; gives those taken out."""
    others = schema.submission_unit.delete().where(_U.submission_id == submission_id, _U.state.not_in(STAYING_STATES))
    return [
        (row.reporting_unit, row.period) for row in connection.execute(others.returning(_U.reporting_unit, _U.period))
    ]


class Staging(Submissions, Versions):
    """The part of the ledger that records what was read, and moves submissions from state to state."""

    def _move(
        self,
        connection: Connection,
        now: datetime,
        before: Submission,
        after: SubmissionState,
        detail: Mapping[str, Any],
    ) -> None:
        """Move a submission to a state; its receipt shows it no longer."""
        check_transition(before.submission_id, before.state, after)
        receipt_comes_due(connection, now, before.submission_id)
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
        is decided.

        staged_as: Parquet relative to the home, None where there are no rows. A decided submission is given back
        unchanged. Raises UnknownSubmission.
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
            stays = kept_units(connection, submission_id)
            kept_names = {reporting_unit for reporting_unit, _ in stays}
            replace_findings(connection, submission_id, findings, kept_names, now=now)
            former = {(one.reporting_unit, one.period): one for one in unit_records(connection, submission_id)}
            taken_out = delete_other_units(connection, submission_id)
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
                    "let_in_at": None,
                    "is_confirmed": False,
                }
                for item in reporting_units
                if (item.reporting_unit, item.period) not in stays
            ]
            if rows:
                connection.execute(schema.submission_unit.insert(), rows)
            read = {(item.reporting_unit, item.period) for item in reporting_units}
            append_judgements(connection, now, [asdict(former[key]) for key in taken_out if key not in read], "dropped")
            append_judgements(connection, now, rows)
            if before.state != after:
                self._move(
                    connection,
                    now,
                    before,
                    after,
                    {"rows_read": rows_read, "rows_control": rows_control, "units": len(reporting_units)},
                )
            return row_of(connection, submission_id)

    def read_again(
        self,
        submission_id: str,
        staged_as: str,
        detail: Mapping[str, Any],
        notice: NewNotice | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> Submission:
        """Note that the staged file of a submission was made again from the archive, and where it lies now; what was
        decided stays. detail: what differs from the first reading; notice: entered with it; notes: of the new reading,
        as they were unless given. Raises UnknownSubmission.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            now = self._now(connection)
            connection.execute(
                schema.submission.update()
                .where(_S.submission_id == submission_id)
                .values(staged_as=staged_as, notes=dict(before.notes if notes is None else notes))
            )
            if notice is not None:
                enter_notice(connection, now, notice)
            self._record(
                connection,
                now,
                READ_AGAIN,
                submission_id,
                dataset=before.dataset,
                detail={**detail, "before": before.staged_as, "after": staged_as},
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
