"""The states of a submission, and the only ways from one to another."""

from collections.abc import Iterable

from warehouse.ledger.types import SubmissionState, UnitState

TRANSITIONS: dict[SubmissionState, frozenset[SubmissionState]] = {
    "received": frozenset({"staged", "unreadable"}),
    "staged": frozenset({"accepted", "partly_held", "held", "waiting", "unreadable"}),
    "waiting": frozenset({"staged"}),
    "accepted": frozenset(),
    # only by a confirmation or a waiver
    "partly_held": frozenset({"partly_held", "accepted"}),
    "held": frozenset({"partly_held", "accepted"}),
    "unreadable": frozenset(),
}
DECIDED: frozenset[SubmissionState] = frozenset({"accepted", "partly_held", "held", "waiting", "unreadable"})
FINAL: frozenset[SubmissionState] = DECIDED - {"waiting"}
"""States that deciding again does not change."""


class IllegalTransition(RuntimeError):
    """The state machine knows no way from the one state to the other."""


def check_transition(submission_id: str, before: SubmissionState, after: SubmissionState) -> None:
    """Raises IllegalTransition unless `after` may follow `before`."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(f"{submission_id}: {before} → {after}")


def state_of(outcomes: Iterable[UnitState]) -> SubmissionState:
    """State of a submission whose units have these outcomes. Without any unit, it is held: none could be recognised."""
    found = set(outcomes)
    if "waiting" in found:
        return "waiting"
    if "held" not in found:
        return "accepted" if found else "held"
    return "held" if found == {"held"} else "partly_held"
