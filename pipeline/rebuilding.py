"""A second warehouse made from the archive alone: the proof that nothing else is needed."""

import shutil
from typing import Any

from pipeline import build
from pipeline.load import read_and_settle
from warehouse import editions
from warehouse.home import Home
from warehouse.ledger import Ledger


def rebuild(home: Home, into: Home) -> dict[str, Any]:
    """Read every archived submission once more, in the order of arrival, into a new home, and compare the marts with those published.

    Returns {"submissions", "equal", "different": marts whose rows differ, "path": the new home}. Raises FileExistsError when the folder
    is there and not empty, LookupError when nothing was published.
    """
    published = editions.manifest(home)
    if published is None:
        raise LookupError("nothing is published yet; run `warehouse publish` first")
    if into.root.exists() and any(into.root.iterdir()):
        raise FileExistsError(f"{into.root} is not empty")
    into.ensure()
    count = _receive_again(home, into)
    read_and_settle(into)
    build.run(into)
    made = editions.manifest(into)
    assert made is not None
    different = sorted(name for name in {*published["tables"], *made["tables"]} if not _same(name, published, made))
    return {"submissions": count, "equal": not different, "different": different, "path": str(into.root)}


def _receive_again(home: Home, into: Home) -> int:
    """Enter every submission of one ledger into another, as it arrived: same bytes, name, sender, moment, and so the same id."""
    shutil.copytree(home.archive, into.archive, dirs_exist_ok=True)
    with Ledger.open(home) as ledger, Ledger.open(into) as again:
        submissions = ledger.submissions()
        for one in submissions:
            entered, _ = again.receive(
                arrival_key=one.arrival_key, sha256=one.sha256, file_name=one.file_name, dataset=one.dataset, family=one.family,
                sender=one.sender, size=one.size, archived_as=one.archived_as, received_at=one.received_at,
            )
            if one.dataset is None:
                again.stage(entered.submission_id, staged_as=None, rows_read=0, rows_control=0, readable=False,
                            findings=ledger.findings(one.submission_id))
    return len(submissions)


def _same(name: str, published: dict[str, Any], made: dict[str, Any]) -> bool:
    one, other = published["tables"].get(name), made["tables"].get(name)
    return one is not None and other is not None and one["checksum"] == other["checksum"]
