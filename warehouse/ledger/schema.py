"""Tables of the ledger, one schema for SQLite and PostgreSQL. A change here needs a migration in `migrations/versions`."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Date, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import DateTime, TypeDecorator

REVISION = "0003"
"""The newest migration; a ledger at any other is migrated, or refused when it is newer than this code."""


class Moment(TypeDecorator[datetime]):
    """A timezone-aware UTC moment; SQLite, which knows no zones, stores it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only a column of type INTEGER
_Number = BigInteger().with_variant(Integer(), "sqlite")


def _of_submission(**options: Any) -> Column[str]:
    return Column("submission_id", String(32), ForeignKey("submission.submission_id"), **options)


submission = Table(
    "submission",
    metadata,
    Column("submission_id", String(32), primary_key=True),
    Column("number", _Number, nullable=False, unique=True),
    Column("arrival_key", Text, nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("file_name", Text, nullable=False),
    Column("dataset", String(64), index=True),
    Column("family", String(32)),
    Column("sender", Text),
    Column("size", BigInteger, nullable=False),
    Column("archived_as", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("staged_as", Text),
    Column("periods", JSON, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_accepted", BigInteger, nullable=False),
    Column("rows_held", BigInteger, nullable=False),
    Column("rows_waiting", BigInteger, nullable=False),
    Column("rows_control", BigInteger, nullable=False),
    Column("receipt_as", Text),
    Column("checked_against", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("settled_at", Moment),
    Index("ix_submission_family_state", "family", "state"),
)

submission_unit = Table(
    "submission_unit",
    metadata,
    Column("unit_id", _Number, primary_key=True, autoincrement=True),
    _of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("state", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("waits_for", JSON, nullable=False),
    Column("accepted_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by", String(32), ForeignKey("submission.submission_id"), index=True),
    Index("ix_submission_unit_version", "dataset", "reporting_unit", "period"),
)

finding = Table(
    "finding",
    metadata,
    Column("finding_id", _Number, primary_key=True, autoincrement=True),
    _of_submission(nullable=False, index=True),
    Column("finding_no", Integer, nullable=False),
    Column("rule_id", String(96), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("remedy_en", Text, nullable=False),
    Column("reporting_unit", Text),
    Column("period", Text),
    Column("sheet", Text),
    Column("cell", Text),
    Column("feature", Text),
    Column("field", Text),
    Column("found", Text),
    Column("expected", Text),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("lifted_by", String(16)),
)

event = Table(
    "event",
    metadata,
    Column("event_id", _Number, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    _of_submission(index=True),
    Column("dataset", String(64)),
    Column("reporting_unit", Text),
    Column("period", Text),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("detail", JSON, nullable=False),
)

publication = Table(
    "publication",
    metadata,
    Column("build_id", String(64), primary_key=True),
    Column("published_at", Moment, nullable=False),
    Column("inputs_fingerprint", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("detail", JSON, nullable=False),
)

reporting_period = Table(
    "reporting_period",
    metadata,
    Column("dataset", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("due_on", Date),
    Column("opened_at", Moment, nullable=False),
    Column("reminded_at", Moment),
    Column("closed_at", Moment),
)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", String(16), primary_key=True),
    _of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("rules", JSON, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

waiver = Table(
    "waiver",
    metadata,
    Column("waiver_id", String(16), primary_key=True),
    Column("rule_id", String(96), nullable=False),
    Column("dataset", String(64)),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("approver", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
)
