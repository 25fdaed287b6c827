"""Version resolution: which version of a reporting unit is in force after a decision. Pure; `decide` and `override`
call it inside their transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.ledger.types import Submission, UnitOutcome

VersionKey = tuple[str, str | None]
OF_VERSION = ("submission_id", "dataset", "reporting_unit", "period", "rows", "facts", "content_hash")


class InvalidOutcomes(RuntimeError):
    """The outcomes are not those of the units that were staged; nothing was changed."""


class Unbalanced(InvalidOutcomes):
    """Rows read are not rows accepted, held and control; nothing was changed."""


@dataclass(frozen=True)
class CurrentVersion:
    """The version of a unit that is current before a submission is decided."""

    version_id: int
    reporting_unit: str
    period: str | None
    content_hash: str
    submission_id: str
    received_at: datetime


@dataclass(frozen=True)
class VersionChanges:
    """What a decision changes. reporting_units: the row of `submission_unit` for each outcome; versions: the row of
    `unit_version` for each accepted one; ended: versions that they supersede.
    """

    reporting_units: tuple[dict[str, Any], ...]
    versions: tuple[dict[str, Any], ...]
    ended: tuple[CurrentVersion, ...]


def check_complete(submission: Submission, staged: Iterable[VersionKey], outcomes: Sequence[UnitOutcome]) -> None:
    """Every staged unit has one outcome, and the rows add up. Raises InvalidOutcomes, Unbalanced."""
    name = submission.submission_id
    keys = [(outcome.reporting_unit, outcome.period) for outcome in outcomes]
    known = set(staged)
    if len(set(keys)) != len(keys):
        raise InvalidOutcomes(f"{name}: a unit has two outcomes")
    if missing := known - set(keys):
        raise InvalidOutcomes(f"{name}: no outcome for {', '.join(sorted(map(str, missing)))}")
    if known and (unknown := set(keys) - known):
        raise InvalidOutcomes(f"{name}: never staged: {', '.join(sorted(map(str, unknown)))}")
    counted = sum(outcome.rows for outcome in outcomes)
    if outcomes and counted + submission.rows_control != submission.rows_read:
        raise Unbalanced(
            f"{name}: {submission.rows_read} rows read, {counted} in units, {submission.rows_control} control"
        )


def resolve_versions(
    submission: Submission,
    outcomes: Iterable[UnitOutcome],
    in_force: Iterable[CurrentVersion],
    *,
    per_period: bool,
    now: datetime,
) -> VersionChanges:
    """Takes the outcomes of a submission's units and the versions in force, gives what changes.

    An accepted unit whose content is in force already is unchanged; one that is older than the version in force is
    accepted as history, ended at once, unless a person confirmed it; any other ends that version. Raises
    InvalidOutcomes.
    """

    def key(reporting_unit: str, period: str | None) -> VersionKey:
        return (reporting_unit, period if per_period else None)

    current: Mapping[VersionKey, CurrentVersion] = {
        key(version.reporting_unit, version.period): version for version in in_force
    }
    reporting_units: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    ended: dict[VersionKey, CurrentVersion] = {}
    taken: set[VersionKey] = set()
    for outcome in outcomes:
        row: dict[str, Any] = {
            "submission_id": submission.submission_id,
            "dataset": submission.dataset,
            "reporting_unit": outcome.reporting_unit,
            "period": outcome.period,
            "state": outcome.state,
            "rows": outcome.rows,
            "facts": outcome.facts,
            "content_hash": outcome.content_hash,
            "waits_for": list(outcome.waits_for),
            "let_in_at": None,
            "is_confirmed": outcome.is_confirmed,
        }
        reporting_units.append(row)
        if outcome.state in ("accepted", "unchanged"):
            row["let_in_at"] = now
        if outcome.state != "accepted":
            continue
        own = key(outcome.reporting_unit, outcome.period)
        if own in taken:
            raise InvalidOutcomes(
                f"{submission.submission_id}: {outcome.reporting_unit} stands in two periods, but is versioned without period"
            )
        taken.add(own)
        version = current.get(own)
        if version is not None and (version.content_hash, version.period) == (outcome.content_hash, outcome.period):
            row["state"] = "unchanged"
            continue
        of_version = version_row(row, now)
        versions.append(of_version)
        if version is None:
            continue
        if not outcome.is_confirmed and (version.received_at, version.submission_id) > (
            submission.received_at,
            submission.submission_id,
        ):
            of_version |= {"ended_at": now, "ended_by": version.submission_id}
        else:
            ended[own] = version
    return VersionChanges(tuple(reporting_units), tuple(versions), tuple(ended.values()))


def version_row(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The row of `unit_version` for a row of `submission_unit` that is in force from now on."""
    named = {name: row[name] for name in OF_VERSION}
    return {**named, "accepted_at": now, "ended_at": None, "ended_by": None}


@dataclass(frozen=True)
class LetIn:
    """A unit that was let in: accepted, or unchanged beside what was in force then."""

    row: Mapping[str, Any]
    received_at: datetime

    @property
    def _place(self) -> tuple[datetime, str]:
        return self.received_at, self.row["submission_id"]

    def stands_before(self, other: "LetIn") -> bool:
        """Whether it takes the place of one that was let in before it."""
        return bool(self.row["is_confirmed"]) or self._place >= other._place

    def says_the_same(self, other: "LetIn") -> bool:
        """Whether it has the same content for the same period."""
        return all(self.row[name] == other.row[name] for name in ("content_hash", "period"))


def standing(let_in: Iterable[LetIn]) -> LetIn | None:
    """Takes all versions of one unit that still count, in the order in which they were let in; gives the one in force.

    It is the one that would be in force if those that do not count any more had never come.
    """
    current: LetIn | None = None
    for one in let_in:
        if current is None or (not one.says_the_same(current) and one.stands_before(current)):
            current = one
    return current
