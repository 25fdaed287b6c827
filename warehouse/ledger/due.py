"""What a decision leaves to be done: the receipt that shows it, and the check of the period that follows. Both are entered
with the decision, in one transaction, and taken out when they are done; so a crash in between is seen by the next run.
"""

from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from warehouse.ledger import schema
from warehouse.ledger.store import Store


def receipt_comes_due(connection: Connection, now: datetime, submission_id: str) -> None:
    """Enter that the receipt of a submission no longer shows what the ledger says of it."""
    _enter(connection, schema.receipt_due, now, submission_id)


def follow_up_comes_due(connection: Connection, now: datetime, submission_id: str) -> None:
    """Enter that what follows the units of a submission is to be checked again."""
    _enter(connection, schema.follow_up, now, submission_id)


def take_out(connection: Connection, table: Table, submission_id: str, up_to: datetime | None) -> None:
    """Take out what was due of a submission up to a moment, or altogether; what came due later stays."""
    gone = table.delete().where(table.c.submission_id == submission_id)
    connection.execute(gone if up_to is None else gone.where(table.c.due_at <= up_to))


def _enter(connection: Connection, table: Table, now: datetime, submission_id: str) -> None:
    take_out(connection, table, submission_id, None)
    connection.execute(table.insert().values(submission_id=submission_id, due_at=now))


class Due(Store):
    """The part of the ledger that knows what is still to be done after a decision."""

    def last_moment(self) -> datetime | None:
        """The moment of the last thing that the ledger knows of; None of an empty one."""
        with self.reading() as connection:
            return connection.execute(select(func.max(schema.event.c.at))).scalar_one()

    def receipts_due(self) -> dict[str, datetime]:
        """Submissions of which the receipt does not show what the ledger says now, and since when, oldest first."""
        return self._due(schema.receipt_due)

    def follow_ups_due(self) -> dict[str, datetime]:
        """Submissions whose acceptance is still to be followed up by a check of the period that follows, and since when,
        oldest first.
        """
        return self._due(schema.follow_up)

    def follow_up_done(self, submission_id: str, up_to: datetime | None = None) -> None:
        """Note that the follow-up of a submission is done; once more changes nothing. up_to: one that came due after
        this moment stays.
        """
        with self.writing() as connection:
            take_out(connection, schema.follow_up, submission_id, up_to)

    def _due(self, table: Table) -> dict[str, datetime]:
        chosen = select(table.c.submission_id, table.c.due_at).order_by(table.c.due_at, table.c.submission_id)
        with self.reading() as connection:
            return {row.submission_id: row.due_at for row in connection.execute(chosen)}
