"""Submissions: how they enter the ledger, and how they are found again. Intake, the command line and builds call it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from contracts.calendar import DISTRICT_TIME
from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.due import take_out
from warehouse.ledger.findings import findings_of
from warehouse.ledger.store import Store
from warehouse.ledger.types import Event, Submission, SubmissionState
from warehouse.ledger.versions import waiting_submissions

_S = schema.submission.c


class UnknownSubmission(LookupError):
    """The ledger has no submission of this id."""


def submission_of(row: Row[Any]) -> Submission:
    """A row of the table `submission`."""
    fields = dict(row._mapping)
    del fields["number"]
    return Submission(**{**fields, "periods": tuple(fields["periods"])})


def row_of(connection: Connection, submission_id: str) -> Submission:
    """The submission of an id. Raises UnknownSubmission."""
    row = connection.execute(select(schema.submission).where(_S.submission_id == submission_id)).one_or_none()
    if row is None:
        raise UnknownSubmission(f"没有这份报送 (no such submission): {submission_id}")
    return submission_of(row)


class Submissions(Store):
    """The part of the ledger that records arrivals and finds submissions."""

    def receive(
        self,
        *,
        arrival_key: str,
        sha256: str,
        file_name: str,
        size: int,
        archived_as: str,
        dataset: str | None = None,
        family: str | None = None,
        sender: str | None = None,
        received_at: datetime | None = None,
    ) -> tuple[Submission, bool]:
        """Enter an archived file. The same arrival_key again gives the submission that it became, and False.

        archived_as: path relative to the home. received_at: of an arrival that is entered again (a rebuild); else now.
        Ids read `S20261123-000001`: the district's date, then a number without gaps; they sort by arrival.
        """
        with self.writing() as connection:
            known = connection.execute(select(schema.submission).where(_S.arrival_key == arrival_key)).one_or_none()
            if known is not None:
                return submission_of(known), False
            now = self._now(connection)
            arrived = received_at or now
            number = connection.execute(select(func.coalesce(func.max(_S.number), 0) + 1)).scalar_one()
            submission_id = f"S{arrived.astimezone(DISTRICT_TIME):%Y%m%d}-{number:06d}"
            connection.execute(
                schema.submission.insert().values(
                    submission_id=submission_id,
                    number=number,
                    arrival_key=arrival_key,
                    sha256=sha256,
                    file_name=file_name,
                    dataset=dataset,
                    family=family,
                    sender=sender,
                    size=size,
                    archived_as=archived_as,
                    received_at=arrived,
                    state="received",
                    periods=[],
                    rows_read=0,
                    rows_accepted=0,
                    rows_held=0,
                    rows_waiting=0,
                    rows_control=0,
                    checked_against={},
                    notes={},
                )
            )
            self._record(
                connection,
                now,
                "received",
                submission_id,
                dataset=dataset,
                after="received",
                detail={"file_name": file_name, "sha256": sha256, "sender": sender},
            )
            return row_of(connection, submission_id), True

    def recognise(self, submission_id: str, dataset: str, family: str) -> Submission:
        """Name the dataset of a submission that arrived without one; recorded once. Raises UnknownSubmission."""
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            if (before.dataset, before.family) == (dataset, family):
                return before
            connection.execute(
                schema.submission.update()
                .where(_S.submission_id == submission_id)
                .values(dataset=dataset, family=family)
            )
            self._record(
                connection,
                self._now(connection),
                "recognised",
                submission_id,
                dataset=dataset,
                detail={"family": family},
            )
            return row_of(connection, submission_id)

    def attach_receipt(self, submission_id: str, receipt_as: str, shows: datetime | None = None) -> Submission:
        """Note where the receipt lies (relative to the home), and that none is due any more; the same again changes
        nothing.

        shows: the moment of the ledger that it shows: one that came due after it stays due. Raises UnknownSubmission.
        """
        with self.writing() as connection:
            before = row_of(connection, submission_id)
            take_out(connection, schema.receipt_due, submission_id, shows)
            if before.receipt_as == receipt_as:
                return before
            connection.execute(
                schema.submission.update().where(_S.submission_id == submission_id).values(receipt_as=receipt_as)
            )
            self._record(
                connection,
                self._now(connection),
                "receipt",
                submission_id,
                dataset=before.dataset,
                detail={"receipt_as": receipt_as},
            )
            return row_of(connection, submission_id)

    def get(self, submission_id: str) -> Submission:
        """Raises UnknownSubmission."""
        with self.reading() as connection:
            return row_of(connection, submission_id)

    def submissions(
        self,
        *,
        dataset: str | None = None,
        family: str | None = None,
        states: Collection[SubmissionState] | None = None,
        sha256: str | None = None,
    ) -> list[Submission]:
        """Submissions that match every given filter, oldest first."""
        chosen = select(schema.submission).order_by(_S.number)
        for column, value in ((_S.dataset, dataset), (_S.family, family), (_S.sha256, sha256)):
            if value is not None:
                chosen = chosen.where(column == value)
        if states is not None:
            chosen = chosen.where(_S.state.in_(states))
        with self.reading() as connection:
            return [submission_of(row) for row in connection.execute(chosen)]

    def queue(
        self,
        family: str | None = None,
        states: Collection[SubmissionState] = ("received", "staged", "waiting"),
    ) -> list[Submission]:
        """What is still to be done, oldest first; of one family, or of all."""
        return self.submissions(family=family, states=states)

    def by_sha256(self, sha256: str) -> list[Submission]:
        """Every submission of these bytes, oldest first."""
        return self.submissions(sha256=sha256)

    def findings(self, submission_id: str) -> list[Finding]:
        """Findings of a submission, in the order in which they were recorded."""
        with self.reading() as connection:
            return [item for _, _, item in findings_of(connection, submission_id)]

    def waiting_for(self, dataset: str) -> list[Submission]:
        """Submissions that have a unit waiting for a dataset, oldest first."""
        with self.reading() as connection:
            return [row_of(connection, submission_id) for submission_id in waiting_submissions(connection, dataset)]

    def events(self, submission_id: str | None = None, *, actions: Sequence[str] | None = None) -> list[Event]:
        """The audit trail, oldest first; of one submission, or of all."""
        chosen = select(schema.event).order_by(schema.event.c.event_id)
        if submission_id is not None:
            chosen = chosen.where(schema.event.c.submission_id == submission_id)
        if actions is not None:
            chosen = chosen.where(schema.event.c.action.in_(actions))
        with self.reading() as connection:
            return [Event(**row._mapping) for row in connection.execute(chosen)]

    def note(
        self,
        action: str,
        *,
        submission_id: str | None = None,
        dataset: str | None = None,
        detail: Mapping[str, Any] | None = None,
        at: datetime | None = None,
        actor: str | None = None,
    ) -> None:
        """Add a line of one's own to the audit trail (an approval). at, actor: of one entered again (a rebuild); else
        now, our own.
        """
        with self.writing() as connection:
            self._record(
                connection,
                at or self._now(connection),
                action,
                submission_id,
                dataset=dataset,
                detail=detail,
                actor=actor,
            )
