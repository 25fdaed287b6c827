"""Notices: what people are to be told of, kept until it was mailed. Whoever finds something enters it in the ledger; the
notifiers of Airflow and the command line send it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from warehouse.ledger import schema
from warehouse.ledger.build_types import NewNotice, Notice
from warehouse.ledger.store import Store

_N = schema.notice.c


def enter_notice(connection: Connection, now: datetime, new: NewNotice) -> bool:
    """Enter a notice, in the transaction of what it is of; False where one of its key was entered before."""
    if connection.execute(select(_N.notice_id).where(_N.key == new.key)).first():
        return False
    connection.execute(
        schema.notice.insert().values(
            at=now, kind=new.kind, key=new.key, subject=new.subject, body=new.body, detail=dict(new.detail)
        )
    )
    return True


class Notices(Store):
    """The part of the ledger that keeps notices."""

    def notify(
        self, kind: str, key: str, subject: str, body: str, detail: Mapping[str, Any] | None = None
    ) -> Notice | None:
        """Enter a notice; None where one of this key was entered before: the same thing is told once.

        kind: what it is of (gate_refused, build_failed, sent_back, set_aside, late …); key: names the very event.
        """
        with self.writing() as connection:
            if not enter_notice(connection, self._now(connection), NewNotice(kind, key, subject, body, detail or {})):
                return None
            return Notice(**connection.execute(select(schema.notice).where(_N.key == key)).one()._mapping)

    def notices(self, *, is_sent: bool | None = None, since: datetime | None = None) -> list[Notice]:
        """Notices, oldest first; only sent or unsent ones if asked, or those since a moment."""
        chosen = select(schema.notice).order_by(_N.notice_id)
        if is_sent is not None:
            chosen = chosen.where(_N.sent_at.is_not(None) if is_sent else _N.sent_at.is_(None))
        if since is not None:
            chosen = chosen.where(_N.at >= since)
        with self.reading() as connection:
            return [Notice(**row._mapping) for row in connection.execute(chosen)]

    def notice_sent(self, notice_id: int) -> None:
        """Note that a notice was mailed; once more changes nothing."""
        with self.writing() as connection:
            connection.execute(
                schema.notice.update()
                .where(_N.notice_id == notice_id, _N.sent_at.is_(None))
                .values(sent_at=self._now(connection))
            )
