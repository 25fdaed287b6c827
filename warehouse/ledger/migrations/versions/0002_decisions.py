"""Decisions on held units, waivers of rules, and the finding that either lifted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("finding", sa.Column("lifted_by", sa.String(16)))
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.String(16), nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decision"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_decision_submission_id"),
    )
    op.create_index("ix_decision_submission_id", "decision", ["submission_id"])
    op.create_table(
        "waiver",
        sa.Column("waiver_id", sa.String(16), nullable=False),
        sa.Column("rule_id", sa.String(96), nullable=False),
        sa.Column("dataset", sa.String(64)),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
        sa.Column("approver", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("waiver_id", name="pk_waiver"),
    )


def downgrade() -> None:
    op.drop_table("waiver")
    op.drop_table("decision")
    op.drop_column("finding", "lifted_by")
