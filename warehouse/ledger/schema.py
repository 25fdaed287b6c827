"""Tables of the ledger, one schema for SQLite and PostgreSQL: submissions and what became of them here, builds in
`schema_builds`. A change needs a migration in `migrations/versions`.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from warehouse.ledger.schema_base import Moment, Number, metadata, of_submission
from warehouse.ledger.schema_builds import gate_override, identity, lease, notice, publication, verdict

__all__ = [
    "REVISION",
    "decision",
    "event",
    "finding",
    "follow_up",
    "gate_override",
    "identity",
    "judgement",
    "lease",
    "metadata",
    "notice",
    "publication",
    "receipt_due",
    "reporting_period",
    "submission",
    "submission_unit",
    "unit_version",
    "verdict",
    "waiver",
]

REVISION = "0005"
"""The newest migration; a ledger at any other is migrated, or refused when it is newer than this code."""

submission = Table(
    "submission",
    metadata,
    Column("submission_id", String(32), primary_key=True),
    Column("number", Number, nullable=False, unique=True),
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
    Column("unit_id", Number, primary_key=True, autoincrement=True),
    of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("state", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("waits_for", JSON, nullable=False),
    Column("let_in_at", Moment),
    Column("is_confirmed", Boolean, nullable=False),
    Index("ix_submission_unit_version", "dataset", "reporting_unit", "period"),
)
"""What stands of each unit of a submission now. let_in_at: when it became accepted or unchanged; is_confirmed: by a
person, who put it before what came later."""

judgement = Table(
    "judgement",
    metadata,
    Column("judgement_id", Number, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("state", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("waits_for", JSON, nullable=False),
)
"""Every state that a unit ever had, appended and never changed: the newest up to a moment is its state as of then."""

unit_version = Table(
    "unit_version",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=True),
    of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("rows", BigInteger, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", String(32), ForeignKey("submission.submission_id"), index=True),
    Index("ix_unit_version_version", "dataset", "reporting_unit", "period"),
)
"""When which version of a unit was in force: from accepted_at until ended_at. One that a withdrawal put in force again
has a second row."""

finding = Table(
    "finding",
    metadata,
    Column("finding_id", Number, primary_key=True, autoincrement=True),
    of_submission(nullable=False, index=True),
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
    Column("recorded_at", Moment, nullable=False),
    Column("replaced_at", Moment),
)
"""Findings are never taken out: what a later check replaced is marked so, and is still asked for as of a moment."""

event = Table(
    "event",
    metadata,
    Column("event_id", Number, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    of_submission(index=True),
    Column("dataset", String(64)),
    Column("reporting_unit", Text),
    Column("period", Text),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
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
    of_submission(nullable=False, index=True),
    Column("dataset", String(64), nullable=False),
    Column("reporting_unit", Text, nullable=False),
    Column("period", Text),
    Column("rules", JSON, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("kind", String(16), nullable=False),
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
    Column("ended_at", Moment),
    Column("ended_by", Text),
    Column("ended_because", Text),
)

follow_up = Table(
    "follow_up",
    metadata,
    of_submission(primary_key=True),
    Column("due_at", Moment, nullable=False),
)
"""Submissions whose acceptance still has to be followed up by a check of the next period; entered with the decision."""

receipt_due = Table(
    "receipt_due",
    metadata,
    of_submission(primary_key=True),
    Column("due_at", Moment, nullable=False),
)
"""Submissions whose receipt does not show yet what became of them; entered with what happened to them."""
