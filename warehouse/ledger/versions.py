"""Versions of reporting units: what is current, what was, and the proof that every row was accepted, held or a control
row. Everything that reads accepted data asks here.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from warehouse.ledger import schema
from warehouse.ledger.states import DECIDED
from warehouse.ledger.store import Store
from warehouse.ledger.types import Balance, UnitRecord, UnitVersion

_S = schema.submission.c
_U = schema.submission_unit.c
_V = schema.unit_version.c
_OF_UNIT = ("submission_id", "dataset", "reporting_unit", "period", "rows", "facts", "content_hash")

READ_AGAIN = "read_again"
"""Action of the audit trail's event of a staged file that was made again with other bytes."""
ANY_PERIOD: Any = object()
"""Asks for versions of a unit in all periods; None asks for those that have none."""


def unit_records(connection: Connection, *submission_ids: str) -> list[UnitRecord]:
    """Units in any state, each with its newest version; of the given submissions, or of all."""
    chosen = select(schema.submission_unit).order_by(_U.unit_id)
    versions = select(_V.submission_id, _V.reporting_unit, _V.period, _V.accepted_at, _V.ended_at, _V.ended_by)
    versions = versions.order_by(_V.version_id)
    if submission_ids:
        chosen = chosen.where(_U.submission_id.in_(submission_ids))
        versions = versions.where(_V.submission_id.in_(submission_ids))
    newest: dict[tuple[str, str, str | None], dict[str, Any]] = {
        (row.submission_id, row.reporting_unit, row.period): {
            "accepted_at": row.accepted_at,
            "ended_at": row.ended_at,
            "ended_by": row.ended_by,
        }
        for row in connection.execute(versions)
    }
    return [
        UnitRecord(
            row.submission_id,
            row.dataset,
            row.reporting_unit,
            row.period,
            row.state,
            row.rows,
            row.facts,
            row.content_hash,
            tuple(row.waits_for),
            **newest.get((row.submission_id, row.reporting_unit, row.period), {}),
        )
        for row in connection.execute(chosen)
    ]


def accepted_versions(connection: Connection, *conditions: ColumnElement[bool]) -> list[UnitVersion]:
    """Versions that meet the conditions, in the order of their acceptance."""
    again = exists().where(schema.event.c.submission_id == _V.submission_id, schema.event.c.action == READ_AGAIN)
    chosen = (
        select(
            *(_V[name] for name in _OF_UNIT),
            _V.accepted_at,
            _V.ended_at,
            _V.ended_by,
            _S.staged_as,
            _S.received_at,
            again.label("is_read_again"),
        )
        .join_from(schema.unit_version, schema.submission, _V.submission_id == _S.submission_id)
        .where(*conditions)
        .order_by(_V.accepted_at, _V.version_id)
    )
    return [
        UnitVersion(**{**row._mapping, "is_read_again": bool(row.is_read_again)}) for row in connection.execute(chosen)
    ]


def waiting_submissions(connection: Connection, dataset: str | None) -> list[str]:
    """Ids of submissions that have a unit waiting for a dataset, oldest first."""
    chosen = (
        select(_U.submission_id, _U.waits_for)
        .join_from(schema.submission_unit, schema.submission, _U.submission_id == _S.submission_id)
        .where(_U.state == "waiting")
        .order_by(_S.number)
    )
    return list(dict.fromkeys(row.submission_id for row in connection.execute(chosen) if dataset in row.waits_for))


def in_force(as_of: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions that choose the versions in force now (None) or at a moment."""
    if as_of is None:
        return [_V.ended_at.is_(None)]
    return [_V.accepted_at <= as_of, _V.ended_at.is_(None) | (_V.ended_at > as_of)]


def fingerprint(versions: Iterable[UnitVersion]) -> str:
    """SHA-256 of a set of accepted units, whatever their order."""
    lines = sorted(
        "\t".join((version.dataset, version.submission_id, version.reporting_unit, version.period or ""))
        for version in versions
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Versions(Store):
    """The part of the ledger that answers which version of a unit is in force."""

    def versions(
        self, dataset: str | None = None, reporting_unit: str | None = None, period: str | None = ANY_PERIOD
    ) -> list[UnitVersion]:
        """Every accepted version of a unit, of all units of a dataset, or of all, ended ones included, oldest first."""
        conditions = [] if dataset is None else [_V.dataset == dataset]
        if reporting_unit is not None:
            conditions.append(_V.reporting_unit == reporting_unit)
        if period is not ANY_PERIOD:
            conditions.append(_V.period.is_not_distinct_from(period))
        with self.reading() as connection:
            return accepted_versions(connection, *conditions)

    def current_units(self, dataset: str | None = None, as_of: datetime | None = None) -> list[UnitVersion]:
        """Accepted units in force now, or at a moment; of one dataset, or of all."""
        conditions = in_force(as_of)
        if dataset is not None:
            conditions.append(_V.dataset == dataset)
        with self.reading() as connection:
            return accepted_versions(connection, *conditions)

    def reporting_units(self, submission_id: str) -> list[UnitRecord]:
        """Units of a submission, in any state."""
        with self.reading() as connection:
            return unit_records(connection, submission_id)

    def accepted_fingerprint(self, as_of: datetime | None = None) -> str:
        """SHA-256 of the set of accepted units in force: equal fingerprints are equal inputs of a build."""
        return fingerprint(self.current_units(as_of=as_of))

    def balance(self) -> list[Balance]:
        """For every decided submission, its rows counted anew from its units; `is_balanced` must hold for each."""
        counted = (
            select(
                _U.submission_id,
                func.sum(_U.rows).filter(_U.state.in_(("accepted", "unchanged"))).label("accepted"),
                func.sum(_U.rows).filter(_U.state.in_(("held", "waiting", "withdrawn"))).label("held"),
            )
            .group_by(_U.submission_id)
            .subquery()
        )
        chosen = (
            select(
                _S.submission_id,
                _S.file_name,
                _S.state,
                _S.rows_read,
                _S.rows_control,
                _S.rows_held,
                counted.c.accepted,
                counted.c.held,
                counted.c.submission_id.label("has_units"),
            )
            .outerjoin_from(schema.submission, counted, counted.c.submission_id == _S.submission_id)
            .where(_S.state.in_(DECIDED))
            .order_by(_S.number)
        )
        with self.reading() as connection:
            return [
                Balance(
                    row.submission_id,
                    row.file_name,
                    row.state,
                    row.rows_read,
                    int(row.accepted or 0),
                    int(row.held or 0) if row.has_units else row.rows_held,
                    row.rows_control,
                )
                for row in connection.execute(chosen)
            ]
