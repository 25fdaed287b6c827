"""Tables of the ledger around builds: whose ledger it is, who builds, what the gate said, what is published."""

from sqlalchemy import JSON, Boolean, Column, String, Table, Text

from warehouse.ledger.schema_base import Moment, Number, metadata

publication = Table(
    "publication",
    metadata,
    Column("build_id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("prepared_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("superseded_at", Moment),
    Column("inputs_fingerprint", String(64), nullable=False),
    Column("content_hash", String(64)),
    Column("path", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("pinned_at", Moment),
    Column("pinned_by", Text),
    Column("pinned_because", Text),
)

identity = Table(
    "identity",
    metadata,
    Column("home_id", String(36), primary_key=True),
    Column("created_at", Moment, nullable=False),
)
"""One row: the warehouse home that this ledger belongs to."""

lease = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("acquired_at", Moment, nullable=False),
    Column("heartbeat_at", Moment, nullable=False),
)
"""Who does what only one may do at a time; a row is there while it is held."""

verdict = Table(
    "verdict",
    metadata,
    Column("verdict_id", Number, primary_key=True, autoincrement=True),
    Column("build_id", String(64), nullable=False, index=True),
    Column("judged_at", Moment, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("failures", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
)
"""What the gate said of the marts of a build, and a hash of the marts that it judged."""

gate_override = Table(
    "gate_override",
    metadata,
    Column("override_id", String(16), primary_key=True),
    Column("build_id", String(64), nullable=False, index=True),
    Column("content_hash", String(64), nullable=False),
    Column("checks", JSON, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("notice_id", Number, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("sent_at", Moment),
)
"""What people are to be told of; `key` keeps the same thing from being told twice."""
