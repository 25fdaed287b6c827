"""The ledger as of a moment: the audit trail holds in which state each submission was, the judgements in which state each
of its units. `snapshot` calls it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from warehouse.ledger import schema
from warehouse.ledger.states import DECIDED
from warehouse.ledger.types import Submission, UnitRecord, UnitState

_J = schema.judgement.c
_V = schema.unit_version.c
UNDECIDED = ("received", "staged")
"""States from which a submission is decided; what happens to it later leaves the moment of its decision as it is."""
COUNTS = ("rows_read", "rows_control", "rows_accepted", "rows_held", "rows_waiting")


def append_judgements(
    connection: Connection, now: datetime, unit_rows: Iterable[dict[str, Any]], state: UnitState | None = None
) -> None:
    """Append the states of units, given as rows of `submission_unit`; state: another than the row has."""
    names = [column.name for column in schema.judgement.columns if column.name not in ("judgement_id", "at")]
    rows = [{**{name: row[name] for name in names}, "at": now} for row in unit_rows]
    if state is not None:
        rows = [{**row, "state": state} for row in rows]
    if rows:
        connection.execute(schema.judgement.insert(), rows)


def units_as_of(connection: Connection, moment: datetime) -> dict[str, list[UnitRecord]]:
    """Units by submission as they were judged at a moment, with the version that each had by then."""
    versions: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for row in connection.execute(select(schema.unit_version).where(_V.accepted_at <= moment).order_by(_V.version_id)):
        is_ended = row.ended_at is not None and row.ended_at <= moment
        versions[row.submission_id, row.reporting_unit, row.period] = {
            "accepted_at": row.accepted_at,
            "ended_at": row.ended_at if is_ended else None,
            "ended_by": row.ended_by if is_ended else None,
        }
    newest: dict[tuple[str, str, str | None], Any] = {}
    for row in connection.execute(select(schema.judgement).where(_J.at <= moment).order_by(_J.judgement_id)):
        newest[row.submission_id, row.reporting_unit, row.period] = row
    found: dict[str, list[UnitRecord]] = defaultdict(list)
    for key, row in newest.items():
        if row.state != "dropped":
            found[row.submission_id].append(
                UnitRecord(
                    row.submission_id,
                    row.dataset,
                    row.reporting_unit,
                    row.period,
                    row.state,
                    row.rows,
                    row.facts,
                    row.content_hash,
                    tuple(row.waits_for),
                    **versions.get(key, {}),
                )
            )
    return found


class History:
    """The audit trail up to a moment, by submission."""

    def __init__(self, connection: Connection, moment: datetime) -> None:
        self._counts: dict[str, dict[str, int]] = defaultdict(dict)
        self._state: dict[str, str] = {}
        self._settled_at: dict[str, datetime] = {}
        event = schema.event.c
        chosen = select(event.submission_id, event.action, event.from_state, event.to_state, event.at, event.detail)
        chosen = chosen.where(event.submission_id.is_not(None), event.at <= moment).order_by(event.event_id)
        for one in connection.execute(chosen):
            if one.action == one.to_state:  # a move of the submission itself
                self._state[one.submission_id] = one.to_state
                if one.from_state in UNDECIDED and one.to_state in DECIDED:
                    self._settled_at[one.submission_id] = one.at
                self._counts[one.submission_id] |= {name: one.detail[name] for name in COUNTS if name in one.detail}

    def submission(self, now: Submission) -> Submission:
        """As it was: its state, when it was decided last, and the rows that were counted by then."""
        counts: dict[str, Any] = dict.fromkeys(COUNTS, 0) | self._counts[now.submission_id]
        state: Any = self._state.get(now.submission_id, "received")
        if state == "unreadable":
            counts["rows_held"] = counts["rows_read"] - counts["rows_control"]
        return replace(now, state=state, settled_at=self._settled_at.get(now.submission_id), **counts)
