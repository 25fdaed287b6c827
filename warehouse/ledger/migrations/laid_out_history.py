"""The history of a ledger laid out for migration 0004: judgements, versions and findings with their moments.

What the ledger knew of earlier states stood in events of the action `rejudged`, which kept the findings and the states
of units before each further check.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from warehouse.ledger.migrations.renamed_rules import present_rule
from warehouse.ledger.schema_base import Moment

DECIDED = ("accepted", "partly_held", "held", "waiting", "unreadable")
UNIT_COLUMNS = "submission_id, dataset, reporting_unit, period, rows, facts, content_hash"


def lay_out_history(bind: sa.Connection, home_id: str) -> None:
    """Fill the tables of history from what stood in the ledger, and give the home its identity."""
    bind.execute(
        sa.text(
            f"insert into unit_version ({UNIT_COLUMNS}, accepted_at, ended_at, ended_by) "
            f"select {UNIT_COLUMNS}, accepted_at, ended_at, ended_by from submission_unit where state = 'accepted' order by unit_id"
        )
    )
    bind.execute(
        sa.text(
            "update submission_unit set let_in_at = coalesce(accepted_at, (select settled_at from submission "
            "where submission.submission_id = submission_unit.submission_id)) where state in ('accepted', 'unchanged')"
        )
    )
    bind.execute(
        sa.text(
            "update submission_unit set is_confirmed = exists (select 1 from decision "
            "where decision.submission_id = submission_unit.submission_id "
            "and decision.reporting_unit = submission_unit.reporting_unit "
            "and coalesce(decision.period, '') = coalesce(submission_unit.period, ''))"
        )
    )
    bind.execute(sa.text("update decision set kind = 'confirmed'"))
    bind.execute(sa.text("update publication set state = 'superseded', prepared_at = published_at"))
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
        {"home_id": home_id, "created_at": datetime.now(UTC)},
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
    reporting_units = (
        bind.execute(sa.select(units_table).where(units_table.c.submission_id == name).order_by(units_table.c.unit_id))
        .mappings()
        .all()
    )
    began = [decided, *(one.at for one in again)] if decided else []
    states: list[dict[Any, Any]] = [
        {(reporting_unit, period): state for reporting_unit, period, state in one.detail.get("units", ())}
        for one in again
    ]
    rows = []
    for one in reporting_units:
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
