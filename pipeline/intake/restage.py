"""Makes staged files again from the archive where they are gone: after a restore, or in a home that was copied by hand.

Rule runner, builds and `pipeline.release.restore` call it before they read staged files. What was decided stays: only the
table that the decision was about is read once more, under the same submission.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.intake.parse import ReadJob, UnitCount
from pipeline.intake.receipts import main_file
from pipeline.intake.sandbox_policy import read_limited
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitRecord

NAMED_UNITS = 5  # of those that differ, named in a message: more do not help to understand it


class StagedLost(LookupError):
    """A staged file is gone and its archived original cannot give it again; the message says which, and the remedy."""


@dataclass(frozen=True)
class Restaged:
    """What was read again. different: submission to what the new reading has otherwise than the first one; lost:
    submission to why it has no staged file now.
    """

    read_again: tuple[str, ...]
    different: Mapping[str, str]
    lost: Mapping[str, str]

    def check(self, needed: Iterable[str]) -> None:
        """Raises StagedLost where a submission that is needed has no staged file."""
        lost = [f"{name}: {self.lost[name]}" for name in sorted(set(needed) & set(self.lost))]
        if lost:
            raise StagedLost(
                f"{'; '.join(lost)}；请从备份恢复存档原件：warehouse restore <备份> --into <仓库> --file archive/… "
                "(staged files are gone and cannot be made again: restore the archived originals from a backup)"
            )


def is_missing(home: Home, submission: Submission) -> bool:
    """Whether a submission was staged and its staged file is gone."""
    return submission.staged_as is not None and not home.absolute(submission.staged_as).is_file()


def restage(
    home: Home,
    ledger: Ledger,
    submissions: Iterable[Submission] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Restaged:
    """Read the archived originals of submissions whose staged files are gone once more; of all submissions unless given.

    A reading of the same content takes the place of the first. One that differs, because the code has changed, is
    reported, and is used from now on under a path of its own. progress: gets a line of text for each submission.
    Raises locks.Busy, OSError.
    """
    missing = [one for one in (ledger.submissions() if submissions is None else submissions) if is_missing(home, one)]
    different: dict[str, str] = {}
    lost: dict[str, str] = {}
    for number, submission in enumerate(missing, 1):
        progress(f"重新读取 {number}/{len(missing)} (read again): {submission.submission_id} {submission.file_name}")
        try:
            differs = restage_submission(home, ledger, submission)
        except StagedLost as error:
            lost[submission.submission_id] = str(error)
            continue
        if differs:
            different[submission.submission_id] = differs
    names = tuple(one.submission_id for one in missing if one.submission_id not in lost)
    return Restaged(names, different, lost)


def restage_submission(home: Home, ledger: Ledger, submission: Submission) -> str | None:
    """Read one archived original again and stage it; gives what differs from the first reading, None where nothing does.

    Raises StagedLost when the original is gone or damaged, or cannot be read any more.
    """
    name = submission.submission_id
    try:
        if not archive.is_intact(home, submission.sha256):
            raise StagedLost(f"存档原件已损坏 (the archived original is damaged): {submission.archived_as}")
        members = archive.fetch(home, submission.sha256).members
    except archive.NotArchived:
        raise StagedLost(f"存档原件不在了 (the archived original is gone): {submission.archived_as}") from None
    job = ReadJob(name, main_file(members), submission.file_name, str(submission.dataset), home)
    reading, _ = read_limited(job)
    if reading.staged_as is None:
        found = "; ".join(item.message for item in reading.findings)
        raise StagedLost(f"现在读不出来了 (it cannot be read any more): {submission.file_name}: {found}")
    if reading.staged_as == submission.staged_as:
        return None
    differs = _difference(ledger.reporting_units(name), reading.reporting_units)
    ledger.read_again(name, reading.staged_as, {"differs": differs})
    return differs


def _difference(before: Iterable[UnitRecord], after: Iterable[UnitCount]) -> str | None:
    """What two readings say otherwise of a submission's units, in words; None where they say the same."""
    first = {
        (one.reporting_unit, one.period): (one.rows, one.facts, one.content_hash)
        for one in before
        if one.state != "dropped"
    }
    second = {(one.reporting_unit, one.period): (one.rows, one.facts, one.content_hash) for one in after}
    kinds = {
        "不再有 (no longer there)": sorted(first.keys() - second.keys(), key=str),
        "新出现 (new)": sorted(second.keys() - first.keys(), key=str),
        "内容不同 (other content)": sorted(
            (key for key in first.keys() & second.keys() if first[key] != second[key]), key=str
        ),
    }
    return "; ".join(f"{kind}: {_named(keys)}" for kind, keys in kinds.items() if keys) or None


def _named(keys: list[tuple[str, str | None]]) -> str:
    named = "、".join(f"{reporting_unit} {period or ''}".strip() for reporting_unit, period in keys[:NAMED_UNITS])
    return named if len(keys) <= NAMED_UNITS else f"{named} … ({len(keys)})"
