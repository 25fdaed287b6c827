"""The states of a submission, and the only ways from one to another."""

from collections.abc import Iterable

from warehouse.ledger.types import SubmissionState, UnitState

TRANSITIONS: dict[SubmissionState, frozenset[SubmissionState]] = {
    "received": frozenset({"staged", "unreadable"}),
    "staged": frozenset({"accepted", "partly_held", "held", "waiting", "unreadable"}),
    "waiting": frozenset({"staged", "waiting", "partly_held", "held", "accepted", "withdrawn"}),
    # only by a confirmation, a waiver, a withdrawal or a judgement by changed rules; to waiting where what a held unit
    # needs was withdrawn before it is judged again
    "accepted": frozenset({"accepted", "partly_held", "held", "withdrawn"}),
    "partly_held": frozenset({"partly_held", "held", "accepted", "waiting", "withdrawn"}),
    "held": frozenset({"held", "partly_held", "accepted", "waiting", "withdrawn"}),
    "withdrawn": frozenset({"withdrawn"}),
    "unreadable": frozenset(),
}
DECIDED: frozenset[SubmissionState] = frozenset(
    {"accepted", "partly_held", "held", "waiting", "unreadable", "withdrawn"}
)
FINAL: frozenset[SubmissionState] = DECIDED - {"waiting"}
"""States that deciding again does not change."""


class IllegalTransition(RuntimeError):
    """The state machine knows no way from the one state to the other."""


def check_transition(submission_id: str, before: SubmissionState, after: SubmissionState) -> None:
    """Raises IllegalTransition unless `after` may follow `before`."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(f"{submission_id}: {before} → {after}")


def state_of(outcomes: Iterable[UnitState]) -> SubmissionState:
    """State of a submission whose units have these outcomes. Without any unit, it is held: none could be recognised.

    Withdrawn units count as held beside others.
    """
    found = set(outcomes)
    if found == {"withdrawn"}:
        return "withdrawn"
    found = {"held" if one == "withdrawn" else one for one in found}
    if "waiting" in found:
        return "waiting"
    if "held" not in found:
        return "accepted" if found else "held"
    return "held" if found == {"held"} else "partly_held"
