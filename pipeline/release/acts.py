"""The acts in a ledger's audit trail: what somebody or something did, apart from what followed from it.
`pipeline.release.replay` enters them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.ledger import DECIDED, Event, Ledger
from warehouse.ledger.rule_runs import RULES_RUN
from warehouse.ledger.versions import READ_AGAIN

READ, DECIDED_ACT, NOTED = "read", "decided", "noted"
CONSEQUENCES = frozenset(
    {"superseded", "receipt", "remarked", "rejudged", "reinstated", "recognised", READ_AGAIN, RULES_RUN}
)
"""Actions of the audit trail that follow from an act; `rejudged` stands in ledgers of earlier code."""
ALONE = frozenset(
    {
        "received",
        "confirmed",
        "waived",
        "waiver_ended",
        "withdrawn_unit",
        "judged_again",
        "period_opened",
        "period_reminded",
        "period_closed",
        "period_reopened",
    }
)
"""Actions that are acts, each entered again by itself."""


@dataclass(frozen=True)
class Act:
    """Something done. event: of the audit trail; moments: its own, then those of what followed until the next act;
    others: further events of the same act (each unit that was withdrawn).
    """

    kind: str
    event: Event
    moments: tuple[datetime, ...]
    others: tuple[Event, ...] = ()

    @property
    def at(self) -> datetime:
        return self.event.at


def acts_of(ledger: Ledger, skipped: Sequence[str] = ()) -> list[Act]:
    """Everything that was done, in its order. skipped: actions that the caller enters itself."""
    acts: list[tuple[str, list[Event]]] = []
    for event in ledger.events():
        kind = _kind(event, skipped)
        if kind is not None and not (acts and _is_of_same_act(acts[-1][1][0], event)):
            acts.append((kind, [event]))
        elif acts:
            acts[-1][1].append(event)
    return [
        Act(
            kind,
            events[0],
            tuple(dict.fromkeys(one.at for one in events)),
            tuple(one for one in events[1:] if _is_of_same_act(events[0], one)),
        )
        for kind, events in acts
    ]


def _kind(event: Event, skipped: Sequence[str]) -> str | None:
    """What kind of act an event is of; None for a consequence."""
    is_move = event.action == event.to_state
    if event.action in ALONE:
        return event.action
    if is_move and event.from_state == "received":
        return READ
    if is_move and event.from_state == "staged" and event.action in DECIDED:
        return DECIDED_ACT
    return None if is_move or event.action in CONSEQUENCES or event.action in skipped else NOTED


def _is_of_same_act(first: Event, event: Event) -> bool:
    return first.action == event.action == "withdrawn_unit" and (first.at, first.submission_id) == (
        event.at,
        event.submission_id,
    )
