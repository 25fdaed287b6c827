"""A second warehouse made from the archive and the decisions alone: the proof that nothing else is needed."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline import build
from pipeline.deciding import accept, waive
from pipeline.load import read_and_settle
from warehouse import editions
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.ledger.submissions import DISTRICT_TIME

Act = tuple[datetime, Callable[[], Any]]


def rebuild(home: Home, into: Home) -> dict[str, Any]:
    """Read every archived submission once more into a new home, and compare the marts with those published.

    Submissions arrive in their order, and what people decided (confirmed units, waivers, closed periods) is decided again in between.
    Returns {"submissions", "equal", "different": marts whose rows differ, "path": the new home}. Raises FileExistsError when the folder
    is there and not empty, LookupError when nothing was published.
    """
    published = editions.manifest(home)
    if published is None:
        raise LookupError("nothing is published yet; run `warehouse publish` first")
    if into.root.exists() and any(into.root.iterdir()):
        raise FileExistsError(f"{into.root} is not empty")
    into.ensure()
    count = _live_again(home, into)
    build.run(into, _reckoned_on(home))
    made = editions.manifest(into)
    assert made is not None
    different = sorted(name for name in {*published["tables"], *made["tables"]} if not _same(name, published, made))
    return {"submissions": count, "equal": not different, "different": different, "path": str(into.root)}


def _live_again(home: Home, into: Home) -> int:
    """Submissions and decisions of one home in another, in the order of their moments; how many submissions."""
    shutil.copytree(home.archive, into.archive, dirs_exist_ok=True)
    with Ledger.open(home) as ledger, Ledger.open(into) as again:
        submissions = ledger.submissions()
        left = list(submissions)
        for moment, act in sorted(_acts(ledger, into, again), key=lambda one: one[0]):
            before = [one for one in left if one.received_at <= moment]
            if before:
                _receive_again(ledger, again, before)
                read_and_settle(into)
                left = left[len(before):]
            act()
        _receive_again(ledger, again, left)
        read_and_settle(into)
    return len(submissions)


def _acts(ledger: Ledger, into: Home, again: Ledger) -> list[Act]:
    acts: list[Act] = []
    for item in ledger.periods():
        acts.append((item.opened_at, partial(again.open_period, item.dataset, item.period, item.due_on, item.opened_at)))
        if item.closed_at:
            acts.append((item.closed_at, partial(again.close_period, item.dataset, item.period, item.closed_at)))
    for waiver in ledger.waivers():
        acts.append((waiver.granted_at, partial(
            waive, into, waiver.rule_id, waiver.unit, approver=waiver.approver, because=waiver.because, until_on=waiver.until_on,
            today=waiver.granted_at.astimezone(DISTRICT_TIME).date(), dataset=waiver.dataset, period=waiver.period,
            granted_at=waiver.granted_at,
        )))
    for made in ledger.decisions():
        acts.append((made.decided_at, partial(
            accept, into, made.submission_id, [made.unit], because=made.because, decided_by=made.decided_by, period=made.period,
            decided_at=made.decided_at,
        )))
    return acts


def _reckoned_on(home: Home) -> date | None:
    """The day by which the published build judged what is owed; None where nothing was."""
    from warehouse.serving import connect

    with connect(home) as con:
        if not con.execute("select 1 from duckdb_tables() where table_name = 'mart_submission_status'").fetchone():
            return None
        row = con.execute("select max(reckoned_on) from mart_submission_status").fetchone()
        return row[0] if row else None


def _receive_again(ledger: Ledger, again: Ledger, submissions: list[Submission]) -> None:
    """Enter submissions of one ledger into another, as they arrived: same bytes, name, sender, moment, and so the same id."""
    for one in submissions:
        entered, _ = again.receive(
            arrival_key=one.arrival_key, sha256=one.sha256, file_name=one.file_name, dataset=one.dataset, family=one.family,
            sender=one.sender, size=one.size, archived_as=one.archived_as, received_at=one.received_at,
        )
        if one.dataset is None:
            again.stage(entered.submission_id, staged_as=None, rows_read=0, rows_control=0, readable=False,
                        findings=ledger.findings(one.submission_id))


def _same(name: str, published: dict[str, Any], made: dict[str, Any]) -> bool:
    one, other = published["tables"].get(name), made["tables"].get(name)
    return one is not None and other is not None and one["checksum"] == other["checksum"]
