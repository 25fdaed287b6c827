"""Periods that are open for reporting, and builds that were published; `pipeline.calendar` and `pipeline.build` record
them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from warehouse.ledger import schema
from warehouse.ledger.store import Store
from warehouse.ledger.types import Period, Publication

_P = schema.reporting_period.c


def periods_of(connection: Connection) -> list[Period]:
    """Every period that was opened, by dataset and period."""
    return [
        Period(**row._mapping)
        for row in connection.execute(select(schema.reporting_period).order_by(_P.dataset, _P.period))
    ]


class UnknownPeriod(LookupError):
    """The period was never opened."""


class Calendar(Store):
    """The part of the ledger that keeps periods and publications. Every verb may be repeated and then changes nothing."""

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

    def close_period(self, dataset: str, period: str, closed_at: datetime | None = None) -> Period:
        """Close a period. closed_at: of one entered again (a rebuild); else now. Raises UnknownPeriod."""
        return self._mark(dataset, period, "closed_at", "period_closed", closed_at)

    def _mark(self, dataset: str, period: str, column: str, action: str, at: datetime | None = None) -> Period:
        this = and_(_P.dataset == dataset, _P.period == period)
        self.period(dataset, period)
        with self.writing() as connection:
            now = self._now(connection)
            marked = connection.execute(
                schema.reporting_period.update().where(this, _P[column].is_(None)).values({column: at or now})
            )
            if marked.rowcount:
                self._record(connection, now, action, dataset=dataset, period=period)
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

    def record_publication(
        self,
        build_id: str,
        *,
        inputs_fingerprint: str,
        path: str,
        detail: Mapping[str, Any] | None = None,
    ) -> Publication:
        """Note a published build; the same build_id again gives what was noted first."""
        table = schema.publication
        with self.writing() as connection:
            known = connection.execute(select(table).where(table.c.build_id == build_id)).one_or_none()
            if known is not None:
                return Publication(**known._mapping)
            now = self._now(connection)
            new = Publication(build_id, now, inputs_fingerprint, path, dict(detail or {}))
            connection.execute(
                table.insert().values(
                    build_id=build_id,
                    published_at=now,
                    inputs_fingerprint=inputs_fingerprint,
                    path=path,
                    detail=new.detail,
                )
            )
            self._record(
                connection, now, "published", detail={"build_id": build_id, "inputs_fingerprint": inputs_fingerprint}
            )
            return new

    def publications(self) -> list[Publication]:
        """Published builds, oldest first."""
        table = schema.publication
        chosen = select(table).order_by(table.c.published_at, table.c.build_id)
        with self.reading() as connection:
            return [Publication(**row._mapping) for row in connection.execute(chosen)]
