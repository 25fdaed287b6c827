"""What the tables of the ledger are made of; `schema` and `schema_builds` declare them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import DateTime, TypeDecorator


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
Number = BigInteger().with_variant(Integer(), "sqlite")


def of_submission(**options: Any) -> Column[str]:
    """The column that names a submission."""
    return Column("submission_id", String(32), ForeignKey("submission.submission_id"), **options)
