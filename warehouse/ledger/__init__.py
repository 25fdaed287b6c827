"""The ledger decides: which submission arrived, what became of it, which version of which unit is in force."""

from warehouse.ledger.calendar import Calendar, UnknownPeriod
from warehouse.ledger.overrides import Overriding
from warehouse.ledger.snapshot import Snapshot, Snapshots
from warehouse.ledger.states import FINAL, SETTLED, TRANSITIONS, IllegalTransition
from warehouse.ledger.store import LedgerTooNew
from warehouse.ledger.submissions import UnknownSubmission
from warehouse.ledger.types import (
    Balance,
    Decision,
    Event,
    OutcomeState,
    Period,
    Publication,
    Settlement,
    StagedUnit,
    Submission,
    SubmissionState,
    UnitOutcome,
    UnitRecord,
    UnitVersion,
    Waiver,
)
from warehouse.ledger.version_resolution import NotSettleable, Unbalanced
from warehouse.ledger.versions import ANY_PERIOD


class Ledger(Overriding, Snapshots, Calendar):
    """The whole ledger: `Ledger.open(home)`, then use it; also as a context manager."""


__all__ = [
    "ANY_PERIOD",
    "FINAL",
    "SETTLED",
    "TRANSITIONS",
    "Balance",
    "Decision",
    "Event",
    "IllegalTransition",
    "Ledger",
    "LedgerTooNew",
    "NotSettleable",
    "OutcomeState",
    "Period",
    "Publication",
    "Settlement",
    "Snapshot",
    "StagedUnit",
    "Submission",
    "SubmissionState",
    "Unbalanced",
    "UnitOutcome",
    "UnitRecord",
    "UnitVersion",
    "UnknownPeriod",
    "UnknownSubmission",
    "Waiver",
]
