"""What the ledger takes and gives around builds. All moments are timezone-aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

PublicationState = Literal["prepared", "current", "superseded", "rolled_back"]


@dataclass(frozen=True)
class Publication:
    """A build on its way to the readers: prepared, then current until another is.

    path: relative to the home; inputs_fingerprint: of the accepted units that it was built from; content_hash: of the
    marts that the gate judged. pinned_*: by a rollback, which keeps it current until it is released.
    """

    build_id: str
    state: PublicationState
    prepared_at: datetime
    published_at: datetime | None
    superseded_at: datetime | None
    inputs_fingerprint: str
    content_hash: str | None
    path: str
    detail: Mapping[str, Any]
    pinned_at: datetime | None = None
    pinned_by: str | None = None
    pinned_because: str | None = None


@dataclass(frozen=True)
class Lease:
    """Who does what only one may do at a time. holder: who; run: which run of theirs, for taking it again."""

    name: str
    holder: str
    run: str
    acquired_at: datetime
    heartbeat_at: datetime


@dataclass(frozen=True)
class Verdict:
    """What the gate said of a build. content_hash: of the marts that it judged; failures, warnings: name and detail."""

    build_id: str
    judged_at: datetime
    content_hash: str
    passed: bool
    failures: tuple[Mapping[str, str], ...]
    warnings: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class GateOverride:
    """A person's decision that failed checks of the gate do not stop one build of this content."""

    override_id: str
    build_id: str
    content_hash: str
    checks: tuple[str, ...]
    because: str
    decided_by: str
    decided_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class NewNotice:
    """A notice to be entered. kind: what it is of (gate_refused, build_failed, sent_back, set_aside, late …); key: names
    the very event; subject, body: Chinese and English.
    """

    kind: str
    key: str
    subject: str
    body: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Notice:
    """What people are to be told of; sent_at: when it was mailed, None before."""

    notice_id: int
    at: datetime
    kind: str
    key: str
    subject: str
    body: str
    detail: Mapping[str, Any]
    sent_at: datetime | None
