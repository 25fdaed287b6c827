"""Periods that are open for reporting; `pipeline.calendar` and `pipeline.release` record them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from warehouse.ledger import schema
from warehouse.ledger.store import Store
from warehouse.ledger.types import Period

_P = schema.reporting_period.c
CLOSED, REOPENED = "period_closed", "period_reopened"  # in the audit trail


def periods_of(connection: Connection) -> list[Period]:
    """Every period that was opened, by dataset and period."""
    return [
        Period(**row._mapping)
        for row in connection.execute(select(schema.reporting_period).order_by(_P.dataset, _P.period))
    ]


def periods_as_of(connection: Connection, moment: datetime) -> list[Period]:
    """Every period that was opened by a moment, as it was then: a closed one that was opened again before is open, one that
    was opened again later is closed.
    """
    event = schema.event.c
    chosen = select(event.dataset, event.period, event.action, event.at).order_by(event.event_id)
    turns: dict[tuple[str, str], list[tuple[datetime, bool]]] = defaultdict(list)
    for one in connection.execute(chosen.where(event.action.in_((CLOSED, REOPENED)))):
        turns[one.dataset, one.period].append((one.at, one.action == CLOSED))
    return [
        replace(
            one,
            reminded_at=None if one.reminded_at is None or one.reminded_at > moment else one.reminded_at,
            closed_at=_closed_at(one, turns[one.dataset, one.period], moment),
        )
        for one in periods_of(connection)
        if one.opened_at <= moment
    ]


def _closed_at(now: Period, turns: Sequence[tuple[datetime, bool]], moment: datetime) -> datetime | None:
    """When a period that was closed at a moment had been closed; turns: when it was closed (True) or opened again."""
    if all(at <= moment for at, _ in turns):
        return None if now.closed_at is None or now.closed_at > moment else now.closed_at
    at, is_closed = max((turn for turn in turns if turn[0] <= moment), default=(moment, False))
    return at if is_closed else None


class UnknownPeriod(LookupError):
    """The period was never opened."""


class Calendar(Store):
    """The part of the ledger that keeps periods. Every verb may be repeated and then changes nothing."""

    def open_period(
        self, dataset: str, period: str, due_on: date | None = None, opened_at: datetime | None = None
    ) -> Period:
        """Open a period; one that was opened before stays as it is, closed ones included. opened_at: of one entered
        again; else now.
        """
        with self.writing() as connection:
            if (
                connection.execute(select(_P.opened_at).where(_P.dataset == dataset, _P.period == period)).first()
                is None
            ):
                now = self._now(connection)
                connection.execute(
                    schema.reporting_period.insert().values(
                        dataset=dataset,
                        period=period,
                        due_on=due_on,
                        opened_at=opened_at or now,
                    )
                )
                self._record(connection, now, "period_opened", dataset=dataset, period=period, after="open")
        return self.period(dataset, period)

    def remind_period(self, dataset: str, period: str) -> Period:
        """Note that the submitters were reminded. Raises UnknownPeriod."""
        return self._mark(dataset, period, "reminded_at", "period_reminded")

    def close_period(
        self, dataset: str, period: str, closed_at: datetime | None = None, detail: Mapping[str, Any] | None = None
    ) -> Period:
        """Close a period. closed_at: of one entered again (a rebuild); else now. detail: who decided it, why, by which
        edition. Raises UnknownPeriod.
        """
        return self._mark(dataset, period, "closed_at", CLOSED, closed_at, detail)

    def began_at(self) -> datetime | None:
        """The moment of the first thing that the ledger knows of; None of an empty one."""
        with self.reading() as connection:
            return connection.execute(select(func.min(schema.event.c.at))).scalar_one()

    def reopen_period(self, dataset: str, period: str, *, because: str, decided_by: str) -> Period:
        """Open a closed period again; one that is open stays so. Raises UnknownPeriod."""
        this = and_(_P.dataset == dataset, _P.period == period)
        self.period(dataset, period)
        with self.writing() as connection:
            opened = connection.execute(
                schema.reporting_period.update().where(this, _P.closed_at.is_not(None)).values(closed_at=None)
            )
            if opened.rowcount:
                self._record(
                    connection,
                    self._now(connection),
                    REOPENED,
                    dataset=dataset,
                    period=period,
                    detail={"because": because, "decided_by": decided_by},
                )
        return self.period(dataset, period)

    def _mark(
        self,
        dataset: str,
        period: str,
        column: str,
        action: str,
        at: datetime | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Period:
        this = and_(_P.dataset == dataset, _P.period == period)
        self.period(dataset, period)
        with self.writing() as connection:
            now = self._now(connection)
            marked = connection.execute(
                schema.reporting_period.update().where(this, _P[column].is_(None)).values({column: at or now})
            )
            if marked.rowcount:
                self._record(connection, now, action, dataset=dataset, period=period, detail=detail)
        return self.period(dataset, period)

    def period(self, dataset: str, period: str) -> Period:
        """Raises UnknownPeriod."""
        found = [item for item in self.periods(dataset) if item.period == period]
        if not found:
            raise UnknownPeriod(f"{dataset} {period}")
        return found[0]

    def periods(self, dataset: str | None = None, *, is_open: bool | None = None) -> list[Period]:
        """Periods by dataset and period; only open or only closed ones if asked."""
        chosen = select(schema.reporting_period).order_by(_P.dataset, _P.period)
        if dataset is not None:
            chosen = chosen.where(_P.dataset == dataset)
        if is_open is not None:
            chosen = chosen.where(_P.closed_at.is_(None) if is_open else _P.closed_at.is_not(None))
        with self.reading() as connection:
            return [Period(**row._mapping) for row in connection.execute(chosen)]
