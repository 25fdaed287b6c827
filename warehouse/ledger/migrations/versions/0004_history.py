"""History that is only appended to (judgements, versions, findings), the home's identity, and what one build at a time needs.

What the ledger knew of earlier states stood in events of the action `rejudged`, which kept the findings and the states
of units before each further check; from them the history is laid out.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from warehouse.ledger.migrations.laid_out_history import lay_out_history
from warehouse.ledger.schema_base import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _submission(**options: Any) -> sa.Column[str]:
    return sa.Column("submission_id", sa.String(32), **options)


def upgrade() -> None:
    _create_tables()
    _add_columns()
    lay_out_history(op.get_bind(), context.config.attributes.get("home_id") or str(uuid.uuid4()))
    with op.batch_alter_table("submission_unit") as batch:
        batch.drop_index("ix_submission_unit_ended_by")
        batch.drop_constraint("fk_submission_unit_ended_by", type_="foreignkey")
        for name in ("accepted_at", "ended_at", "ended_by"):
            batch.drop_column(name)
        batch.alter_column("is_confirmed", nullable=False, existing_type=sa.Boolean())
    with op.batch_alter_table("finding") as batch:
        batch.alter_column("recorded_at", nullable=False, existing_type=Moment())
    with op.batch_alter_table("publication") as batch:
        batch.alter_column("state", nullable=False, existing_type=sa.String(16))
        batch.alter_column("prepared_at", nullable=False, existing_type=Moment())
        batch.alter_column("published_at", nullable=True, existing_type=Moment())
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("kind", nullable=False, existing_type=sa.String(16))


def _unit_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("reporting_unit", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
    ]


def _counts() -> list[sa.Column[Any]]:
    return [
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
    ]


def _create_tables() -> None:
    op.create_table(
        "judgement",
        sa.Column("judgement_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", Moment, nullable=False),
        _submission(nullable=False),
        *_unit_columns(),
        sa.Column("state", sa.String(16), nullable=False),
        *_counts(),
        sa.Column("waits_for", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("judgement_id", name="pk_judgement"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_judgement_submission_id"),
    )
    op.create_index("ix_judgement_submission_id", "judgement", ["submission_id"])
    op.create_table(
        "unit_version",
        sa.Column("version_id", NUMBER, autoincrement=True, nullable=False),
        _submission(nullable=False),
        *_unit_columns(),
        *_counts(),
        sa.Column("accepted_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", sa.String(32)),
        sa.PrimaryKeyConstraint("version_id", name="pk_unit_version"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_unit_version_submission_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["submission.submission_id"], name="fk_unit_version_ended_by"),
    )
    op.create_index("ix_unit_version_submission_id", "unit_version", ["submission_id"])
    op.create_index("ix_unit_version_ended_by", "unit_version", ["ended_by"])
    op.create_index("ix_unit_version_version", "unit_version", ["dataset", "reporting_unit", "period"])
    op.create_table(
        "identity",
        sa.Column("home_id", sa.String(36), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("home_id", name="pk_identity"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("acquired_at", Moment, nullable=False),
        sa.Column("heartbeat_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "verdict",
        sa.Column("verdict_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("build_id", sa.String(64), nullable=False),
        sa.Column("judged_at", Moment, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("failures", sa.JSON, nullable=False),
        sa.Column("warnings", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("verdict_id", name="pk_verdict"),
    )
    op.create_index("ix_verdict_build_id", "verdict", ["build_id"])
    op.create_table(
        "gate_override",
        sa.Column("override_id", sa.String(16), nullable=False),
        sa.Column("build_id", sa.String(64), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", Moment, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("override_id", name="pk_gate_override"),
    )
    op.create_index("ix_gate_override_build_id", "gate_override", ["build_id"])
    op.create_table(
        "follow_up",
        _submission(nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_follow_up"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_follow_up_submission_id"),
    )
    op.create_table(
        "notice",
        sa.Column("notice_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("sent_at", Moment),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )


ADDED: dict[str, tuple[tuple[str, Any], ...]] = {
    "submission_unit": (("let_in_at", Moment), ("is_confirmed", sa.Boolean)),
    "finding": (("recorded_at", Moment), ("replaced_at", Moment)),
    "publication": (
        ("state", sa.String(16)),
        ("prepared_at", Moment),
        ("superseded_at", Moment),
        ("content_hash", sa.String(64)),
        ("pinned_at", Moment),
        ("pinned_by", sa.Text),
        ("pinned_because", sa.Text),
    ),
    "decision": (("kind", sa.String(16)),),
    "waiver": (("ended_at", Moment), ("ended_by", sa.Text), ("ended_because", sa.Text)),
}


def _add_columns() -> None:
    for table, columns in ADDED.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))


def downgrade() -> None:
    with op.batch_alter_table("submission_unit") as batch:
        for name, kind in (("accepted_at", Moment()), ("ended_at", Moment()), ("ended_by", sa.String(32))):
            batch.add_column(sa.Column(name, kind))
        batch.create_foreign_key("fk_submission_unit_ended_by", "submission", ["ended_by"], ["submission_id"])
    same = " and ".join(
        f"version.{name} = submission_unit.{name}" for name in ("submission_id", "dataset", "reporting_unit")
    )
    for name in ("accepted_at", "ended_at", "ended_by"):
        op.execute(
            f"update submission_unit set {name} = (select version.{name} from unit_version as version where {same} "
            "and coalesce(version.period, '') = coalesce(submission_unit.period, '') order by version_id desc limit 1)"
        )
    op.create_index("ix_submission_unit_ended_by", "submission_unit", ["ended_by"])
    op.execute("delete from finding where replaced_at is not null")
    op.execute("delete from decision where kind <> 'confirmed'")
    op.execute("delete from publication where published_at is null")
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)
    for table in ("notice", "follow_up", "gate_override", "verdict", "lease", "identity", "unit_version", "judgement"):
        op.drop_table(table)
