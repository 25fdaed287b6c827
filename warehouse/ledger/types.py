"""What the ledger takes and gives. All moments are timezone-aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Literal

SubmissionState = Literal["received", "staged", "accepted", "partly_held", "held", "waiting", "unreadable", "withdrawn"]
OutcomeState = Literal["accepted", "held", "waiting", "unchanged"]
UnitState = Literal["staged", "accepted", "held", "waiting", "unchanged", "withdrawn", "dropped"]
"""dropped: of a unit that a later reading of the same file no longer has."""
DecisionKind = Literal["confirmed", "withdrawn"]


@dataclass(frozen=True)
class Submission:
    """One file that arrived. rows_waiting is a part of rows_held: rows_read = rows_accepted + rows_held + rows_control
    once decided. settled_at: when it was decided (the column's stored name).
    """

    submission_id: str
    arrival_key: str
    sha256: str
    file_name: str
    dataset: str | None
    family: str | None
    sender: str | None
    size: int
    archived_as: str
    received_at: datetime
    state: SubmissionState
    staged_as: str | None = None
    periods: tuple[str, ...] = ()
    rows_read: int = 0
    rows_accepted: int = 0
    rows_held: int = 0
    rows_waiting: int = 0
    rows_control: int = 0
    receipt_as: str | None = None
    checked_against: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    settled_at: datetime | None = None


@dataclass(frozen=True)
class StagedUnit:
    """A reporting unit as it was read. rows: distinct sheet rows; facts: stored values; content_hash: of its canonical
    values.
    """

    reporting_unit: str
    period: str | None
    rows: int
    facts: int
    content_hash: str


@dataclass(frozen=True)
class UnitOutcome:
    """What becomes of a unit of a submission. waits_for: datasets whose data is not there yet, where state is waiting.

    is_confirmed: accepted by a person's decision, which puts it in force even where a submission that came later is in
    force.
    """

    reporting_unit: str
    period: str | None
    state: OutcomeState
    rows: int
    facts: int
    content_hash: str
    waits_for: tuple[str, ...] = ()
    is_confirmed: bool = False


@dataclass(frozen=True)
class UnitVersion:
    """An accepted version of a unit; ended_at and ended_by (a submission) are None while it is current. is_read_again:
    whether its original was read again otherwise than when it was decided on; staged_as is the newest reading.
    """

    dataset: str
    reporting_unit: str
    period: str | None
    submission_id: str
    rows: int
    facts: int
    content_hash: str
    accepted_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    staged_as: str | None
    received_at: datetime
    is_read_again: bool = False

    @property
    def reading(self) -> str | None:
        """Which reading of its original counts, where that is not the first one: what is computed from another reading
        has another name. None for the first one.
        """
        return PurePath(self.staged_as).stem if self.is_read_again and self.staged_as else None

    @property
    def is_current(self) -> bool:
        """Whether it is in force."""
        return self.ended_at is None


@dataclass(frozen=True)
class UnitRecord:
    """A unit of a submission in any state. accepted_at, ended_at, ended_by: of its newest version, None where it was
    never in force.
    """

    submission_id: str
    dataset: str
    reporting_unit: str
    period: str | None
    state: UnitState
    rows: int
    facts: int
    content_hash: str
    waits_for: tuple[str, ...]
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True)
class SubmissionDecision:
    """What was decided of a submission; a retry gives an equal one. superseded: versions that it ended; woken: waiting
    submissions that are now to be checked again.
    """

    submission_id: str
    state: SubmissionState
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_control: int
    reporting_units: tuple[UnitRecord, ...]
    superseded: tuple[UnitVersion, ...]
    woken: tuple[str, ...]
    is_new: bool = field(compare=False, default=True)


@dataclass(frozen=True)
class Event:
    """One line of the audit trail."""

    event_id: int
    at: datetime
    actor: str
    action: str
    submission_id: str | None
    dataset: str | None
    reporting_unit: str | None
    period: str | None
    from_state: str | None
    to_state: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Balance:
    """The proof for one decided submission: rows counted by unit against rows read."""

    submission_id: str
    file_name: str
    state: SubmissionState
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_control: int

    @property
    def is_balanced(self) -> bool:
        """Whether every row read was accepted, held or a control row."""
        return self.rows_read == self.rows_accepted + self.rows_held + self.rows_control


@dataclass(frozen=True)
class Period:
    """A reporting period of a dataset, as the monthly cycle opens, reminds of and closes it."""

    dataset: str
    period: str
    due_on: date | None
    opened_at: datetime
    reminded_at: datetime | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still takes reports without a confirmation."""
        return self.closed_at is None


@dataclass(frozen=True)
class Confirmation:
    """A person's decision on a unit: that a held one is meant as it is (confirmed), or that it is no longer to count
    (withdrawn). rules: what held it; because: why; decided_by: who decided; recorded_by: who entered that. The ledger
    stores it in the table `decision`, under decision_id.
    """

    decision_id: str
    submission_id: str
    dataset: str
    reporting_unit: str
    period: str | None
    rules: tuple[str, ...]
    because: str
    decided_by: str
    decided_at: datetime
    recorded_by: str
    kind: DecisionKind = "confirmed"


@dataclass(frozen=True)
class Waiver:
    """A waiver: findings of a rule do not hold a unit, of one dataset and period, or (None) of any, for what is
    received until a last day.
    """

    waiver_id: str
    rule_id: str
    dataset: str | None
    reporting_unit: str
    period: str | None
    approver: str
    because: str
    until_on: date
    granted_at: datetime
    recorded_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_because: str | None = None

    def covers(self, rule_id: str, dataset: str, reporting_unit: str, period: str | None, on: date) -> bool:
        """Whether it lifts a finding of a unit of a submission received on a day; one that was ended lifts none."""
        return (
            self.ended_at is None
            and self.rule_id == rule_id
            and self.reporting_unit == reporting_unit
            and self.dataset in (None, dataset)
            and self.period in (None, period)
            and on <= self.until_on
        )
