"""Rebuild: a second warehouse made from the archive and the overrides alone, the proof that nothing else is needed.
`warehouse rebuild` calls it.

Marts are made again; approved editions are not. An edition is what somebody signed, byte by byte, perhaps made by code
that is gone: made again it would be another one. So its folder is copied, once the manifest shows that it is whole and
the ledger that it is the one approved, and the approval is recorded with the moment and the actor that it had. An
edition for which that does not hold is reported, and left out.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from contracts import FAMILIES
from pipeline.build import run as build
from pipeline.intake import receive as intake
from pipeline.intake.decide import TO_DECIDE, decide_submission
from pipeline.intake.override import accept, waive
from pipeline.intake.receipts import give_receipt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.release.approve import APPROVED, approval_detail
from pipeline.release.comparison import differing
from pipeline.run import read_and_decide
from warehouse import builds, editions
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.ledger.submissions import DISTRICT_TIME

Act = tuple[datetime, Callable[[], Any] | str]
"""When something was done, and what: the id of a submission that was decided, or a function that does it again."""


def rebuild(home: Home, into: Home) -> dict[str, Any]:
    """Read every archived submission once more into a new home, and compare the marts with those published.

    What the published build knew of is replayed and compared first; what came since follows, and is published in the
    new home where it changes something. Confirmations, waivers and closed periods are entered again in their place;
    approved editions are copied.
    Returns {"submissions", "equal", "different": marts whose rows differ, "same_code": False where the published marts
    were made by other code, "editions": those copied, "not_kept": edition to the reason, "path": the new home}.
    Raises FileExistsError when the folder is there and not empty, LookupError when nothing was published.
    """
    published = builds.manifest(home)
    if published is None:
        raise LookupError("还没有发布的数据，请先运行 (nothing is published yet; first run) `warehouse publish`")
    if into.root.exists() and any(into.root.iterdir()):
        raise FileExistsError(f"{into.root} 不是空文件夹 (is not empty)")
    into.ensure()
    shutil.copytree(home.archive, into.archive, dirs_exist_ok=True)
    with Ledger.open(home) as ledger:
        submissions = ledger.submissions()
    known = _known(home)
    moment = datetime.fromisoformat(published["created_at"])
    _replay(home, into, [one for one in submissions if one.submission_id in known], until=moment)
    build.run(into, build.Scope(as_of_date=build.as_of_date(builds.database(home))))
    made = builds.manifest(into)
    assert made is not None
    different = differing((published["tables"], _database(home)), (made["tables"], _database(into)))
    _replay(home, into, [one for one in submissions if one.submission_id not in known], since=moment)
    if build.is_due(into):
        build.run(into)
    not_kept = keep_editions(home, into)
    return {
        "submissions": len(submissions),
        "equal": not different,
        "different": different,
        "same_code": published["code_version"] == made["code_version"],
        "editions": [one.edition for one in editions.approved(into)],
        "not_kept": not_kept,
        "path": str(into.root),
    }


def _database(home: Home) -> Path:
    path = builds.database(home)
    assert path is not None
    return path


def keep_editions(home: Home, into: Home) -> dict[str, str]:
    """Copy the approved editions, and record their approvals as they were; gives those that cannot be kept, and why."""
    with Ledger.open(home) as ledger, Ledger.open(into, beside_archive=True) as again:
        events = ledger.events(actions=[APPROVED])
        fingerprints = {one.build_id: one.inputs_fingerprint for one in ledger.publications()}
        unrecorded = {one.edition for one in editions.approved(home)} - {event.detail["edition"] for event in events}
        not_kept = dict.fromkeys(
            sorted(unrecorded),
            "台账没有记下批准，请再批准一次 (the ledger has no record of its approval; approve it again)",
        )
        for event in events:
            folder = home.editions / event.detail["edition"]
            reason = _unlike(folder, event.detail, fingerprints)
            if reason:
                not_kept[folder.name] = reason
                continue
            editions.keep(folder, into)
            again.note(APPROVED, detail=event.detail, at=event.at, actor=event.actor)
    return not_kept


def _unlike(folder: Path, approval: Mapping[str, Any], fingerprints: Mapping[str, str]) -> str | None:
    """Why an edition's folder is not what was approved; None where it is. approval: as the ledger recorded it;
    fingerprints: of published builds.
    """
    if not (folder / editions.EDITION).is_file() or not (folder / builds.MANIFEST).is_file():
        return "文件夹不在 (its folder is gone)"
    if not builds.is_intact(folder):
        return "文件与清单不符 (its files are not those of its manifest)"
    made = json.loads((folder / builds.MANIFEST).read_text(encoding="utf-8"))
    if approval_detail(editions.read(folder)) != approval or (made["build_id"], made["inputs_fingerprint"]) != (
        approval["build_id"],
        fingerprints.get(approval["build_id"]),
    ):
        return "与台账所记的批准不符 (it is not what the ledger says was approved)"
    return None


def _known(home: Home) -> set[str]:
    """Submissions that had arrived when the published build was made."""
    with duckdb.connect(str(builds.database(home)), read_only=True) as con:
        return {name for (name,) in con.execute("select submission_id from mart_submission").fetchall()}


def _replay(
    home: Home,
    into: Home,
    submissions: Sequence[Submission],
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Enter submissions as they arrived, read them, and decide them in the order in which they were decided, overrides
    and closed periods in between.

    So each meets what was accepted when it was decided first, and ends as it ended then.
    """
    with Ledger.open(home) as ledger, Ledger.open(into, beside_archive=True) as again:
        for one in submissions:
            _enter(ledger, again, one, into)
        entered = [
            act
            for act in _overrides(ledger, into, again)
            if (since is None or act[0] > since) and (until is None or act[0] <= until)
        ]
    for family in FAMILIES:
        for batch in intake.batches(into, family):
            intake.read_batch(into, batch)
    decisions: list[Act] = [(one.settled_at, one.submission_id) for one in submissions if one.settled_at]
    for is_decision, acts in groupby(
        sorted([*decisions, *entered], key=lambda one: one[0]), lambda act: isinstance(act[1], str)
    ):
        if is_decision:
            _decide(into, [str(name) for _, name in acts])
        else:
            for _, act in acts:
                assert not isinstance(act, str)
                act()
    read_and_decide(into)  # what was not decided yet


def _decide(into: Home, names: Sequence[str]) -> None:
    with Ledger.open(into, beside_archive=True) as again, RuleRunner(into, again) as rule_runner:
        for name in names:
            staged = again.get(name)
            if staged.state in TO_DECIDE:
                decide_submission(into, again, rule_runner, staged)


def _overrides(ledger: Ledger, into: Home, again: Ledger) -> list[Act]:
    """Overrides and periods of one ledger, to be entered again in another."""
    acts: list[Act] = []
    for item in ledger.periods():
        acts.append(
            (item.opened_at, partial(again.open_period, item.dataset, item.period, item.due_on, item.opened_at))
        )
        if item.closed_at:
            acts.append((item.closed_at, partial(again.close_period, item.dataset, item.period, item.closed_at)))
    for waiver in ledger.waivers():
        acts.append(
            (
                waiver.granted_at,
                partial(
                    waive,
                    into,
                    waiver.rule_id,
                    waiver.reporting_unit,
                    approver=waiver.approver,
                    because=waiver.because,
                    until_on=waiver.until_on,
                    today=waiver.granted_at.astimezone(DISTRICT_TIME).date(),
                    dataset=waiver.dataset,
                    period=waiver.period,
                    granted_at=waiver.granted_at,
                ),
            )
        )
    for made in ledger.confirmations():
        acts.append(
            (
                made.decided_at,
                partial(
                    accept,
                    into,
                    made.submission_id,
                    [made.reporting_unit],
                    because=made.because,
                    decided_by=made.decided_by,
                    period=made.period,
                    decided_at=made.decided_at,
                ),
            )
        )
    return acts


def _enter(ledger: Ledger, again: Ledger, one: Submission, into: Home) -> None:
    """Enter a submission with the same bytes, name, sender and moment, and so the same id; one that was not recognised
    then is refused with the same findings.
    """
    entered, _ = again.receive(
        arrival_key=one.arrival_key,
        sha256=one.sha256,
        file_name=one.file_name,
        dataset=one.dataset,
        family=one.family,
        sender=one.sender,
        size=one.size,
        archived_as=one.archived_as,
        received_at=one.received_at,
    )
    if one.dataset is None and entered.state == "received":
        found = ledger.findings(one.submission_id)
        again.stage(entered.submission_id, staged_as=None, rows_read=0, rows_control=0, readable=False, findings=found)
        give_receipt(into, again, one.submission_id)
