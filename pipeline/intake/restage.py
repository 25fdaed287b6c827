"""Makes staged files again from the archive where they are damaged or gone: after a restore, in a home that was copied by
hand, on a disk that fails.

Rule runner, builds and `pipeline.release.restore` call `restage` for those that are gone before they read;
`warehouse.integrity` calls `staged_again` for one that is found damaged or gone when it is used. What was decided stays:
only the table that the decision was about is read once more, under the same submission.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.intake import notices as intake_notices
from pipeline.intake.failures import SystemFailure, record
from pipeline.intake.parse import ReadJob, UnitCount
from pipeline.intake.receipts import main_file
from pipeline.intake.sandbox_policy import read_limited
from warehouse import archive, notices
from warehouse.durable import TEMPORARY
from warehouse.home import Home
from warehouse.integrity import DamagedArchive, DamagedStaged
from warehouse.ledger import Ledger, NewNotice, Submission, UnitRecord
from warehouse.staged import lacks_normalization_log, move_staged, submission_of

STAGED_AGAIN = "staged_again"  # in the audit trail
READ_OTHERWISE: notices.Kind = "read_otherwise"  # of the notice that a reading has other content than the first one
NAMED = 5  # units that differ, named in a message: more do not help to understand it


class StagedLost(LookupError):
    """Staged files of submissions in force are gone and their archived originals cannot give them again; the message
    says which, and the remedy.
    """


@dataclass(frozen=True)
class Restaged:
    """What was read again. different: submission to what the new reading has otherwise than the first one; lost:
    submission to why it has no staged file now; failed: submission to the failure of ours for which it has none yet.
    """

    read_again: tuple[str, ...]
    different: Mapping[str, str]
    lost: Mapping[str, str]
    failed: Mapping[str, Exception]

    def check(self, needed: Iterable[str]) -> None:
        """Raises StagedLost where a submission that is needed has no staged file, SystemFailure or OSError where that is a
        failure of ours.
        """
        for name in sorted(set(needed) & set(self.failed)):
            raise self.failed[name]
        lost = sorted(set(needed) & set(self.lost))
        if lost:
            raise StagedLost(
                f"{len(lost)} 份现行报送的存档原件与暂存文件都不在了，不能构建，已发布的数据不变："
                f"{'；'.join(f'{name} {self.lost[name]}' for name in lost)}。没有备份的，请报送人把同一文件再报一次；都不可得的，"
                f"warehouse withdraw {lost[0]} --because … 撤回后再发布 (original and staged file of submissions in force "
                "are both gone: nothing is built, what is published stays. Without a backup, have the same file sent "
                "again; where that cannot be had either, withdraw the submission, then publish)"
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
    """Read the archived originals of submissions whose staged files, or their normalization logs, are gone once more; of
    all submissions unless given. A log that cannot be made again, or a failure of ours at one of them, stops nothing:
    whoever needs the table asks `Restaged.check`.

    progress: gets a line of text for each submission.
    """
    missing = [
        one
        for one in (ledger.submissions() if submissions is None else submissions)
        if is_missing(home, one) or lacks_normalization_log(home, one.staged_as, one.notes)
    ]
    different: dict[str, str] = {}
    lost: dict[str, str] = {}
    failed: dict[str, Exception] = {}
    for number, submission in enumerate(missing, 1):
        progress(f"重新读取 {number}/{len(missing)} (read again): {submission.submission_id} {submission.file_name}")
        try:
            differs = _stage_again(home, ledger, submission)
        except (DamagedArchive, DamagedStaged) as error:
            if is_missing(home, submission):
                lost[submission.submission_id] = f"{submission.file_name}: {error}"
            continue
        except (SystemFailure, OSError) as error:
            record(home, f"read again {submission.submission_id}", error)
            if is_missing(home, submission):
                failed[submission.submission_id] = error
            continue
        if differs:
            different[submission.submission_id] = differs
    names = tuple(one.submission_id for one in missing if one.submission_id not in lost.keys() | failed.keys())
    return Restaged(names, different, lost, failed)


def staged_again(home: Home, staged_as: str) -> str:
    """Read the original of a staged file that was found damaged or gone in use once more; gives the path of what takes
    its place, relative to the home as `staged_as` is, and enters it in the audit trail.

    Raises DamagedArchive when the original is damaged or gone, DamagedStaged when it cannot be read any more,
    failures.SystemFailure.
    """
    with Ledger.open(home) as ledger:
        submission = ledger.get(submission_of(staged_as))
        differs = _stage_again(home, ledger, submission)
        made = ledger.get(submission.submission_id)
        ledger.note(
            STAGED_AGAIN,
            submission_id=made.submission_id,
            dataset=made.dataset,
            detail={"staged_as": made.staged_as},
        )
        if not differs:
            intake_notices.staged_again(home, ledger, submission, staged_as)
        return str(made.staged_as)


def _stage_again(home: Home, ledger: Ledger, submission: Submission) -> str | None:
    """Read an archived original again and stage it; gives what differs from the first reading, None where nothing does.

    The same reading takes the place of the first one. Another one, because the program has changed, is used from the next
    build on, under a path of its own, and the audit trail says so. Raises as `staged_again` does.
    """
    try:
        archived = archive.fetch(home, submission.sha256)
    except archive.NotArchived:
        gone = DamagedArchive(home.absolute(submission.archived_as), submission.sha256)
        intake_notices.original_damaged(home, ledger, submission, gone)
        raise gone from None
    except DamagedArchive as error:
        intake_notices.original_damaged(home, ledger, submission, error)
        raise
    place = home.absolute(str(submission.staged_as))
    place.parent.mkdir(parents=True, exist_ok=True)
    # on the same disk, so that what is read there can be moved to its place in one step
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=TEMPORARY) as folder:
        scratch = Home(Path(folder))
        name = submission.submission_id
        file = main_file(archived.members)
        reading, _ = read_limited(ReadJob(name, file, submission.file_name, str(submission.dataset), scratch))
        if reading.staged_as is None:
            raise DamagedStaged(place, "; ".join(item.message for item in reading.findings))
        move_staged(scratch, home, reading.staged_as)
    if reading.staged_as == submission.staged_as:
        return None
    differs = _difference(ledger.reporting_units(name), reading.reporting_units)
    notice = _notice(submission, reading.staged_as, differs) if differs else None
    ledger.read_again(name, reading.staged_as, {"differs": differs}, notice, reading.notes)
    notices.write_file(home, ledger)
    place.unlink(missing_ok=True)
    return differs


def _notice(submission: Submission, staged_as: str, differs: str) -> NewNotice:
    """Tells people that a reading has other content than the one that was decided on."""
    name = submission.submission_id
    return NewNotice(
        READ_OTHERWISE,
        f"{READ_OTHERWISE} {staged_as}",
        f"{submission.file_name} 的存档原件重新读取，结果与当初不同 (an original read again differs from its first reading)",
        f"程序更新后，{name}（{submission.file_name}）的原件读出的内容与审核时不同，下一次构建起按新的读取计算：{differs}。"
        f"请重审：warehouse rejudge {name} --because … --dry-run；不能接受的，warehouse withdraw {name} --because … "
        "(the program has changed since: its content differs from what was judged and is used as it is read now, from the "
        "next build on; judge it again, or withdraw it)",
        {"submissions": [name], "differs": differs},
    )


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
    named = "、".join(f"{reporting_unit} {period or ''}".strip() for reporting_unit, period in keys[:NAMED])
    return named if len(keys) <= NAMED else f"{named} … ({len(keys)})"
