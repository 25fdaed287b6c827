"""Takes what lies in the inbox, one arrival after the other: claimed, archived, entered in the ledger, removed. Called by
`pipeline.intake.receive`, which holds the lock for it.

An arrival that fails keeps no other from being taken. What its sender must change is set aside with the reason; what
failed by our own fault stays where it is and is tried again by the next run. A crash between any two steps loses nothing
and receives nothing twice.
"""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from contracts import Finding, contract, finding
from ingestion import inbox_limits as limits
from ingestion.inbox import Incoming, scan
from ingestion.inbox_claims import CANNOT_MOVE, Claim, NotAsFound, claim, claims, members, remove, set_aside
from ingestion.inbox_limits import MEGABYTE
from pipeline.intake import notices as intake_notices
from pipeline.intake.failures import record
from pipeline.intake.known_arrivals import KnownArrivals
from pipeline.intake.receipts import give_receipt, main_file
from pipeline.intake.sandbox_policy import recognised
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission

log = logging.getLogger(__name__)

SET_ASIDE = "set_aside"  # in the audit trail: an arrival that could not be received


class NoSpace(OSError):
    """Receiving a file would leave too little space on the disk: a failure of ours."""


class Reception:
    """One run over the inbox. taken: new submissions by family; failed: what failed by our own fault, by its path."""

    def __init__(self, home: Home, ledger: Ledger) -> None:
        self.home = home
        self.ledger = ledger
        self.taken: Counter[str] = Counter()
        self.failed: dict[str, str] = {}
        self._known = KnownArrivals(ledger)

    def take(self, settle_seconds: float) -> None:
        """Take everything that is whole, what earlier runs claimed and did not finish first."""
        self.failed.clear()
        for claimed in claims(self.home.inbox):
            self._attempt(claimed.folder, claimed.incoming, partial(self._claimed, claimed))
        for incoming in scan(self.home.inbox, settle_seconds):
            self._attempt(self.home.inbox, incoming, partial(self._arrival, incoming))

    def _attempt(self, root: Path, incoming: Incoming, take: Callable[[], None]) -> None:
        try:
            take()
        except (NotAsFound, archive.ChangedMeanwhile):
            return  # it is still being written, or was saved again: it is whole the next time
        except Exception as error:
            path = str(incoming.members[0].relative_to(root))
            self.failed[path] = record(self.home, f"receive {path}", error)
            intake_notices.not_received(self.home, self.ledger, path, incoming.arrival_key, self.failed[path])

    def _arrival(self, incoming: Incoming) -> None:
        """Take an arrival, of which nothing was opened yet."""
        reason = _refusal(incoming)
        if not reason and self._known.get(incoming.arrival_key) is None:
            self._check_space(incoming)  # here too, so that it stays where people see it
        try:
            claimed = claim(self.home.inbox, incoming)
        except OSError as error:
            if error.errno not in CANNOT_MOVE:
                raise
            self._stays(incoming, reason)
        else:
            self._claimed(claimed)

    def _claimed(self, claimed: Claim) -> None:
        """Archive and enter what was claimed, and remove it when nobody can change it any more; or set it aside."""
        if reason := _refusal(claimed.incoming):
            set_aside(self.home.inbox, claimed, reason)
            self._note_refusal(claimed.incoming, claimed.folder, reason)
            return
        # received where it lay, while it could not be moved, it is known by the key under which it was found
        keys = (claimed.incoming.arrival_key, claimed.found_as)
        submission = self._enter(claimed.folder, claimed.incoming, keys)
        remove(claimed, submission.sha256)

    def _stays(self, incoming: Incoming, reason: str | None) -> None:
        """Archive and enter what cannot be moved: it is remembered by its arrival key, which changes when it does. One
        that is refused is noted once.
        """
        if reason:
            noted = (event.detail.get("arrival_key") for event in self.ledger.events(actions=[SET_ASIDE]))
            if incoming.arrival_key not in noted:
                self._note_refusal(incoming, self.home.inbox, reason)
        elif self._known.get(incoming.arrival_key) is None:
            self._enter(self.home.inbox, incoming, (incoming.arrival_key,))

    def _note_refusal(self, incoming: Incoming, root: Path, reason: str) -> None:
        log.warning("not received: %s: %s", incoming.name, reason)
        path = str(incoming.members[0].relative_to(root))
        detail = {"file_name": incoming.name, "path": path, "reason": reason, "arrival_key": incoming.arrival_key}
        self.ledger.note(SET_ASIDE, detail=detail)
        intake_notices.set_aside(self.home, self.ledger, incoming, path, reason)

    def _enter(self, root: Path, incoming: Incoming, keys: Sequence[str]) -> Submission:
        """Archive an arrival and enter it in the ledger under the first of its keys, unless that was done before."""
        if not any(map(self._known.get, keys)):
            self._check_space(incoming)
        kept = archive.put_members(self.home, members(root, incoming))
        submission = self._known.find(keys, kept.sha256)
        refusal: Finding | None = None
        if submission is None:
            dataset, refusal = recognised(main_file(kept.members), incoming.name, incoming.dataset_hint)
            submission, _ = self.ledger.receive(
                arrival_key=self._known.new_key(keys[0], kept.sha256),
                sha256=kept.sha256,
                file_name=incoming.name,
                dataset=dataset,
                family=contract(dataset).family if dataset else None,
                sender=incoming.sender,
                size=kept.size,
                archived_as=self.home.relative(kept.path),
            )
            self._known.add(submission)
        if submission.family is None and submission.receipt_as is None:
            # its receipt is written before it is removed: no family's queue would bring it up again after a crash
            self._refuse(submission, refusal)
        if submission.family and submission.state == "received":
            self.taken[submission.family] += 1
        return submission

    def _refuse(self, submission: Submission, refusal: Finding | None) -> None:
        if submission.state == "received":
            found = [refusal or finding("reading.unknown_dataset")]
            self.ledger.stage(
                submission.submission_id, staged_as=None, rows_read=0, rows_control=0, findings=found, readable=False
            )
        give_receipt(self.home, self.ledger, submission.submission_id)

    def _check_space(self, incoming: Incoming) -> None:
        """Raises NoSpace before anything is written."""
        free = shutil.disk_usage(self.home.archive).free
        if free < incoming.size + limits.LEAST_FREE_BYTES:
            raise NoSpace(
                f"磁盘空间不足：{incoming.name} 有 {incoming.size / MEGABYTE:.1f} MB，存档所在磁盘只剩 "
                f"{free / MEGABYTE:.0f} MB（须留 {limits.LEAST_FREE_BYTES / MEGABYTE:.0f} MB）；腾出空间后自动接收 "
                "(too little space on the archive's disk: free some, and the file is taken)"
            )


def _refusal(incoming: Incoming) -> str | None:
    """Why an arrival cannot be received at all, as its sender can put it right; None where it can."""
    if incoming.size > limits.LARGEST_BYTES:
        return (
            f"文件过大：{incoming.size / MEGABYTE:.0f} MB，上限 {limits.LARGEST_BYTES / MEGABYTE:.0f} MB；"
            "请按乡镇或年度拆分后重新报送 (too large: split it by township or year, and send the parts)"
        )
    names = Counter(member.name for member in incoming.members)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        return (
            f"同一份报送里有同名文件：{'、'.join(twice)}；请重新导出（File Geodatabase 内不能再有文件夹）后报送 "
            "(two files of one name in one submission: export it again, without folders inside, and send it)"
        )
    return None
