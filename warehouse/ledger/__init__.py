"""The ledger: which submission arrived, what became of it, which version of which reporting unit is in force. Intake
writes it, builds read it.
"""

from warehouse.ledger.calendar import Calendar, UnknownPeriod
from warehouse.ledger.overrides import Overriding
from warehouse.ledger.snapshot import Snapshot, Snapshots
from warehouse.ledger.states import DECIDED, FINAL, TRANSITIONS, IllegalTransition
from warehouse.ledger.store import LedgerTooNew
from warehouse.ledger.submissions import UnknownSubmission
from warehouse.ledger.types import (
    Balance,
    Confirmation,
    Event,
    OutcomeState,
    Period,
    Publication,
    StagedUnit,
    Submission,
    SubmissionDecision,
    SubmissionState,
    UnitOutcome,
    UnitRecord,
    UnitVersion,
    Waiver,
)
from warehouse.ledger.version_resolution import InvalidOutcomes, Unbalanced
from warehouse.ledger.versions import ANY_PERIOD


class Ledger(Overriding, Snapshots, Calendar):
    """The whole ledger: `Ledger.open(home)`, then use it; also as a context manager."""


__all__ = [
    "ANY_PERIOD",
    "DECIDED",
    "FINAL",
    "TRANSITIONS",
    "Balance",
    "Confirmation",
    "Event",
    "IllegalTransition",
    "InvalidOutcomes",
    "Ledger",
    "LedgerTooNew",
    "OutcomeState",
    "Period",
    "Publication",
    "Snapshot",
    "StagedUnit",
    "Submission",
    "SubmissionDecision",
    "SubmissionState",
    "Unbalanced",
    "UnitOutcome",
    "UnitRecord",
    "UnitVersion",
    "UnknownPeriod",
    "UnknownSubmission",
    "Waiver",
]
