"""The first schema of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("arrival_key", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("dataset", sa.String(64)),
        sa.Column("family", sa.String(32)),
        sa.Column("sender", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("archived_as", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("staged_as", sa.Text),
        sa.Column("periods", sa.JSON, nullable=False),
        sa.Column("rows_read", sa.BigInteger, nullable=False),
        sa.Column("rows_accepted", sa.BigInteger, nullable=False),
        sa.Column("rows_held", sa.BigInteger, nullable=False),
        sa.Column("rows_waiting", sa.BigInteger, nullable=False),
        sa.Column("rows_control", sa.BigInteger, nullable=False),
        sa.Column("receipt_as", sa.Text),
        sa.Column("checked_against", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.PrimaryKeyConstraint("submission_id", name="pk_submission"),
        sa.UniqueConstraint("arrival_key", name="uq_submission_arrival_key"),
        sa.UniqueConstraint("number", name="uq_submission_number"),
    )
    op.create_index("ix_submission_dataset", "submission", ["dataset"])
    op.create_index("ix_submission_family_state", "submission", ["family", "state"])
    op.create_index("ix_submission_sha256", "submission", ["sha256"])

    op.create_table(
        "submission_unit",
        sa.Column("unit_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("waits_for", sa.JSON, nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(32)),
        sa.PrimaryKeyConstraint("unit_id", name="pk_submission_unit"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.submission_id"], name="fk_submission_unit_submission_id"
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["submission.submission_id"], name="fk_submission_unit_ended_by"),
    )
    op.create_index("ix_submission_unit_submission_id", "submission_unit", ["submission_id"])
    op.create_index("ix_submission_unit_ended_by", "submission_unit", ["ended_by"])
    op.create_index("ix_submission_unit_version", "submission_unit", ["dataset", "unit", "period"])

    op.create_table(
        "finding",
        sa.Column("finding_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("finding_no", sa.Integer, nullable=False),
        sa.Column("rule_id", sa.String(96), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("message_en", sa.Text, nullable=False),
        sa.Column("remedy_en", sa.Text, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("period", sa.Text),
        sa.Column("sheet", sa.Text),
        sa.Column("cell", sa.Text),
        sa.Column("feature", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("found", sa.Text),
        sa.Column("expected", sa.Text),
        sa.Column("lon", sa.Float(53)),
        sa.Column("lat", sa.Float(53)),
        sa.PrimaryKeyConstraint("finding_id", name="pk_finding"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_finding_submission_id"),
    )
    op.create_index("ix_finding_submission_id", "finding", ["submission_id"])

    op.create_table(
        "event",
        sa.Column("event_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("submission_id", sa.String(32)),
        sa.Column("dataset", sa.String(64)),
        sa.Column("unit", sa.Text),
        sa.Column("period", sa.Text),
        sa.Column("from_state", sa.String(16)),
        sa.Column("to_state", sa.String(16)),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_event"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_event_submission_id"),
    )
    op.create_index("ix_event_submission_id", "event", ["submission_id"])

    op.create_table(
        "publication",
        sa.Column("build_id", sa.String(64), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("inputs_fingerprint", sa.String(64), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("build_id", name="pk_publication"),
    )

    op.create_table(
        "reporting_period",
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("dataset", "period", name="pk_reporting_period"),
    )


def downgrade() -> None:
    for table in ("reporting_period", "publication", "event", "finding", "submission_unit", "submission"):
        op.drop_table(table)
