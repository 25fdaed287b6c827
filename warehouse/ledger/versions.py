"""Versions of reporting units: what is current, what was, and the proof that every row was accepted, held or a control
row. Everything that reads accepted data asks here.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from warehouse.ledger import schema
from warehouse.ledger.states import DECIDED
from warehouse.ledger.store import Store
from warehouse.ledger.types import Balance, UnitRecord, UnitVersion

_S = schema.submission.c
_U = schema.submission_unit.c

ANY_PERIOD: Any = object()
"""Asks for versions of a unit in all periods; None asks for those that have none."""


def unit_records(connection: Connection, *submission_ids: str) -> list[UnitRecord]:
    """Units in any state; of the given submissions, or of all."""
    chosen = select(schema.submission_unit).order_by(_U.unit_id)
    if submission_ids:
        chosen = chosen.where(_U.submission_id.in_(submission_ids))
    records = []
    for row in connection.execute(chosen):
        fields = {name: value for name, value in row._mapping.items() if name != "unit_id"}
        records.append(UnitRecord(**{**fields, "waits_for": tuple(fields["waits_for"])}))
    return records


def accepted_versions(connection: Connection, *conditions: ColumnElement[bool]) -> list[UnitVersion]:
    """Accepted units that meet the conditions, in the order of their acceptance."""
    chosen = (
        select(
            _U.dataset,
            _U.reporting_unit,
            _U.period,
            _U.submission_id,
            _U.rows,
            _U.facts,
            _U.content_hash,
            _U.accepted_at,
            _U.ended_at,
            _U.ended_by,
            _S.staged_as,
            _S.received_at,
        )
        .join_from(schema.submission_unit, schema.submission, _U.submission_id == _S.submission_id)
        .where(_U.state == "accepted", *conditions)
        .order_by(_U.accepted_at, _U.unit_id)
    )
    return [UnitVersion(**row._mapping) for row in connection.execute(chosen)]


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
        return [_U.ended_at.is_(None)]
    return [_U.accepted_at <= as_of, _U.ended_at.is_(None) | (_U.ended_at > as_of)]


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
        self, dataset: str, reporting_unit: str | None = None, period: str | None = ANY_PERIOD
    ) -> list[UnitVersion]:
        """Every accepted version of a unit, or of all units of a dataset, ended ones included, oldest first."""
        conditions = [_U.dataset == dataset]
        if reporting_unit is not None:
            conditions.append(_U.reporting_unit == reporting_unit)
        if period is not ANY_PERIOD:
            conditions.append(_U.period.is_not_distinct_from(period))
        with self.reading() as connection:
            return accepted_versions(connection, *conditions)

    def current_units(self, dataset: str | None = None, as_of: datetime | None = None) -> list[UnitVersion]:
        """Accepted units in force now, or at a moment; of one dataset, or of all."""
        conditions = in_force(as_of)
        if dataset is not None:
            conditions.append(_U.dataset == dataset)
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
                func.sum(_U.rows).filter(_U.state.in_(("held", "waiting"))).label("held"),
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
