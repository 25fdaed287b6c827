"""History that is only appended to (judgements, versions, findings), the home's identity, and what one build at a time needs.

What the ledger knew of earlier states stood in events of the action `rejudged`, which kept the findings and the states
of units before each further check; from them the history is laid out.
"""

import uuid
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from warehouse.ledger.migrations.renamed_rules import present_rule
from warehouse.ledger.schema_base import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DECIDED = ("accepted", "partly_held", "held", "waiting", "unreadable")
UNIT_COLUMNS = "submission_id, dataset, reporting_unit, period, rows, facts, content_hash"


def _submission(**options: Any) -> sa.Column[str]:
    return sa.Column("submission_id", sa.String(32), **options)


def upgrade() -> None:
    _create_tables()
    _add_columns()
    _lay_out_history()
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


def _lay_out_history() -> None:
    bind = op.get_bind()
    op.execute(
        f"insert into unit_version ({UNIT_COLUMNS}, accepted_at, ended_at, ended_by) "
        f"select {UNIT_COLUMNS}, accepted_at, ended_at, ended_by from submission_unit where state = 'accepted' order by unit_id"
    )
    op.execute(
        "update submission_unit set let_in_at = coalesce(accepted_at, (select settled_at from submission "
        "where submission.submission_id = submission_unit.submission_id)) where state in ('accepted', 'unchanged')"
    )
    op.execute(
        sa.text(
            "update submission_unit set is_confirmed = exists (select 1 from decision "
            "where decision.submission_id = submission_unit.submission_id "
            "and decision.reporting_unit = submission_unit.reporting_unit "
            "and coalesce(decision.period, '') = coalesce(submission_unit.period, ''))"
        )
    )
    op.execute("update decision set kind = 'confirmed'")
    op.execute("update publication set state = 'superseded', prepared_at = published_at")
    published = (
        bind.execute(sa.text("select build_id from publication order by published_at, build_id")).scalars().all()
    )
    for name, following in pairwise(published):
        bind.execute(
            sa.text(
                "update publication set superseded_at = (select published_at from publication as next "
                "where next.build_id = :following) where build_id = :name"
            ),
            {"name": name, "following": following},
        )
    if published:
        bind.execute(
            sa.text("update publication set state = 'current' where build_id = :name"), {"name": published[-1]}
        )
    for name in bind.execute(sa.text("select submission_id from submission order by number")).scalars().all():
        _history_of(bind, name)
    bind.execute(
        sa.insert(_light("identity", "home_id", "created_at")),
        {"home_id": context.config.attributes.get("home_id") or str(uuid.uuid4()), "created_at": datetime.now(UTC)},
    )


def _light(name: str, *columns: str) -> sa.TableClause:
    """A table by name, with the types that its values need."""
    kinds: dict[str, Any] = dict.fromkeys(("at", "recorded_at", "replaced_at", "created_at"), Moment())
    kinds |= dict.fromkeys(("waits_for", "detail"), sa.JSON())
    return sa.table(name, *(sa.column(column, kinds.get(column)) for column in columns))


def _history_of(bind: sa.Connection, name: str) -> None:
    """Judgements and findings of one submission: as they were before each further check, and as they are."""
    events_table = _light("event", "event_id", "at", "action", "submission_id", "to_state", "detail")
    events = bind.execute(
        sa.select(events_table).where(events_table.c.submission_id == name).order_by(events_table.c.event_id)
    ).all()
    read = next((one.at for one in events if one.action in ("staged", "unreadable")), None)
    decided = next((one.at for one in events if one.action == one.to_state and one.to_state in DECIDED), None)
    again = [one for one in events if one.action == "rejudged"]
    units_table = _light("submission_unit", *UNIT_COLUMNS.split(", "), "state", "waits_for", "unit_id")
    units = (
        bind.execute(sa.select(units_table).where(units_table.c.submission_id == name).order_by(units_table.c.unit_id))
        .mappings()
        .all()
    )
    began = [decided, *(one.at for one in again)] if decided else []
    states: list[dict[Any, Any]] = [
        {(unit, period): state for unit, period, state in one.detail.get("units", ())} for one in again
    ]
    rows = []
    for one in units:
        given = {key: value for key, value in one.items() if key not in ("unit_id", "state", "waits_for")}
        key, before = (one["reporting_unit"], one["period"]), None
        steps = [(read, "staged")] if read else []
        steps += [(at, then.get(key, one["state"])) for at, then in zip(began, [*states, {}], strict=False)]
        for at, state in steps:
            if state != before:
                waits = one["waits_for"] if state == one["state"] else []
                rows.append({**given, "at": at, "state": state, "waits_for": waits})
            before = state
    if rows:
        bind.execute(sa.insert(_light("judgement", *rows[0])), rows)
    _findings_of(bind, name, began, [one.detail.get("findings", []) for one in again], read)


def _findings_of(
    bind: sa.Connection, name: str, began: list[datetime], earlier: list[list[dict[str, Any]]], read: datetime | None
) -> None:
    received = bind.execute(
        sa.select(_moment("submission", "received_at")).where(sa.column("submission_id") == name)
    ).scalar_one()
    bind.execute(
        sa.update(_light("finding", "submission_id", "recorded_at"))
        .where(sa.column("submission_id") == name)
        .values(recorded_at=began[-1] if began else read or received)
    )
    columns = [one["name"] for one in sa.inspect(bind).get_columns("finding") if one["name"] != "finding_id"]
    table = _light("finding", *columns)
    for (start, end), findings in zip(pairwise(began), earlier, strict=False):
        rows = []
        for number, found in enumerate(findings):
            lon, lat = found.get("point") or (None, None)
            given = {"reporting_unit": found.get("unit"), **found, "rule_id": present_rule(found["rule_id"])}
            rows.append(
                {column: given.get(column) for column in columns}
                | {"submission_id": name, "finding_no": number, "lon": lon, "lat": lat}
                | {"recorded_at": start, "replaced_at": end}
            )
        if rows:
            bind.execute(sa.insert(table), rows)


def _moment(table: str, name: str) -> Any:
    return sa.table(table, sa.column(name, Moment()), sa.column("submission_id")).c[name]


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
