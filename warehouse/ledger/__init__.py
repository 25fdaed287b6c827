"""The ledger: which submission arrived, what became of it, which version of which reporting unit is in force. Intake
writes it, builds read it.
"""

from warehouse.ledger.build_types import GateOverride, Lease, NewNotice, Notice, Publication, Verdict
from warehouse.ledger.calendar import Calendar, UnknownPeriod
from warehouse.ledger.due import Due
from warehouse.ledger.home_identity import WrongLedger
from warehouse.ledger.notices import Notices
from warehouse.ledger.overrides import UnknownWaiver
from warehouse.ledger.publications import Leased, Publications, UnknownPublication
from warehouse.ledger.snapshot import Snapshot, Snapshots
from warehouse.ledger.states import DECIDED, FINAL, TRANSITIONS, IllegalTransition
from warehouse.ledger.store import LedgerMissing, LedgerTooNew
from warehouse.ledger.submissions import UnknownSubmission
from warehouse.ledger.types import (
    Balance,
    Confirmation,
    Event,
    OutcomeState,
    Period,
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
from warehouse.ledger.withdraw import Withdrawing


class Ledger(Withdrawing, Due, Snapshots, Calendar, Publications, Notices):
    """The whole ledger: `Ledger.open(home)`, then use it; also as a context manager."""


__all__ = [
    "ANY_PERIOD",
    "DECIDED",
    "FINAL",
    "TRANSITIONS",
    "Balance",
    "Confirmation",
    "Event",
    "GateOverride",
    "IllegalTransition",
    "InvalidOutcomes",
    "Lease",
    "Leased",
    "Ledger",
    "LedgerMissing",
    "LedgerTooNew",
    "NewNotice",
    "Notice",
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
    "UnknownPublication",
    "UnknownSubmission",
    "UnknownWaiver",
    "Verdict",
    "Waiver",
    "WrongLedger",
]
