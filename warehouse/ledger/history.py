"""The ledger as of a moment: the audit trail holds in which state each submission was, and what a later check replaced.
`snapshot` calls it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from contracts.findings import Finding
from warehouse.ledger import schema
from warehouse.ledger.states import DECIDED
from warehouse.ledger.types import Submission, UnitRecord

CHECKED_AGAIN = "rejudged"
"""Action of an event that keeps the findings and the states of the units that a decided submission had before it was
checked again; stored, so the word stays, as do the keys of its detail."""
COUNTS = ("rows_read", "rows_control", "rows_accepted", "rows_held", "rows_waiting")


def kept(findings: Iterable[Finding], reporting_units: Iterable[UnitRecord]) -> dict[str, Any]:
    """The detail of a CHECKED_AGAIN event: the findings and the units' states as they are."""
    return {
        "findings": [item.as_dict() for item in findings],
        "units": [
            [reporting_unit.reporting_unit, reporting_unit.period, reporting_unit.state]
            for reporting_unit in reporting_units
        ],
    }


def _finding(stored: Mapping[str, Any]) -> Finding:
    point = stored.get("point")
    return Finding(**{**stored, "point": None if point is None else (point[0], point[1])})


class History:
    """The audit trail up to a moment, by submission."""

    def __init__(self, connection: Connection, moment: datetime) -> None:
        self.moment = moment
        self._counts: dict[str, dict[str, int]] = defaultdict(dict)
        self._state: dict[str, str] = {}
        self._was_decided: set[str] = set()
        self._before: dict[str, Mapping[str, Any]] = {}
        chosen = select(schema.event).where(schema.event.c.submission_id.is_not(None)).order_by(schema.event.c.event_id)
        for event in connection.execute(chosen):
            name = event.submission_id
            if event.at > moment:
                if event.action == CHECKED_AGAIN:
                    self._before.setdefault(name, event.detail)
            elif event.action == event.to_state:  # a move of the submission itself
                self._state[name] = event.to_state
                if event.to_state in DECIDED:
                    self._was_decided.add(name)
                self._counts[name] |= {count: event.detail[count] for count in COUNTS if count in event.detail}

    def submission(self, now: Submission) -> Submission:
        """As it was: its state, and the rows that were counted by then."""
        counts: dict[str, Any] = dict.fromkeys(COUNTS, 0) | self._counts[now.submission_id]
        state: Any = self._state.get(now.submission_id, "received")
        if state == "unreadable":
            counts["rows_held"] = counts["rows_read"] - counts["rows_control"]
        settled_at = now.settled_at if state in DECIDED else None
        return replace(now, state=state, settled_at=settled_at, **counts)

    def reporting_units(self, then: Submission, now: Sequence[UnitRecord]) -> Iterator[UnitRecord]:
        """Its units as they were: none before it was read, staged before it was decided; later checks and endings are
        undone.
        """
        if then.state == "received":
            return
        before = {
            (reporting_unit, period): state
            for reporting_unit, period, state in self._before.get(then.submission_id, {}).get("units", ())
        }
        for record in now:
            state: Any = (
                before.get((record.reporting_unit, record.period), record.state)
                if then.submission_id in self._was_decided
                else "staged"
            )
            accepted = record.accepted_at is not None and record.accepted_at <= self.moment
            if accepted:
                ended = record.ended_at is not None and record.ended_at <= self.moment
                yield record if ended else replace(record, ended_at=None, ended_by=None)
            else:
                yield replace(record, state=state, accepted_at=None, ended_at=None, ended_by=None)

    def findings(self, then: Submission, now: Sequence[tuple[str, int, Finding]]) -> list[tuple[str, int, Finding]]:
        """Its findings as they were. Of a submission that was not decided by then there are none."""
        before = self._before.get(then.submission_id)
        if before is None:
            return list(now)
        return [(then.submission_id, number, _finding(stored)) for number, stored in enumerate(before["findings"])]
