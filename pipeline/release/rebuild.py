"""Rebuild: a second warehouse made from the archive and the history of what was done, the proof that nothing else is
needed. `warehouse rebuild` calls it.

Marts are made again; approved editions are not. An edition is what somebody signed, byte by byte, perhaps made by code
that is gone: made again it would be another one. So its folder is copied, once the manifest shows that it is whole and
the ledger that it is the one approved, and the approval is recorded with the moment and the actor that it had. An
edition for which that does not hold is reported, and left out; its number stays taken.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.build import run as build
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.release.acts import Act, acts_of
from pipeline.release.approval_record import APPROVED, approval_detail
from pipeline.release.comparison import differing
from pipeline.release.replay import Replay
from pipeline.run import read_and_decide
from warehouse import builds, editions, pins
from warehouse.home import Home
from warehouse.ledger import Ledger, Publication

PUBLISHED = "published"  # in the audit trail
LEFT_OUT = "edition_left_out"  # likewise: an edition whose folder a rebuild could not copy


def rebuild(home: Home, into: Home) -> dict[str, Any]:
    """Do everything that the ledger says was done once more in a new home, from the archive, and compare the marts with
    those published.

    Files are read again, and decided again by what was accepted then; confirmations, waivers, withdrawals and closed
    periods are entered in their place, all with the moments that they had. What the published build knew of comes first,
    and is published and compared; what came since follows, and is published where it changes something, unless a
    rollback holds the published build or the gate refuses it, as it did. What people let pass the gate passes again.
    Approved editions are copied.
    Returns {"submissions", "equal", "different": marts whose rows differ, "same_code": False where the published marts
    were made by other code, "gate": why what came since was not published, "editions": those copied, "not_kept": edition
    to the reason, "path": the new home}. Raises LedgerMissing where the ledger was lost, FileExistsError when the folder
    is there and not empty, LookupError when nothing was published.
    """
    with Ledger.open(home) as ledger:
        published = builds.manifest(home)
        if published is None:
            raise LookupError("还没有发布的数据，请先运行 (nothing is published yet; first run) `warehouse publish`")
        if into.root.exists() and any(into.root.iterdir()):
            raise FileExistsError(f"{into.root} 不是空文件夹 (is not empty)")
        into.ensure()
        shutil.copytree(home.archive, into.archive, dirs_exist_ok=True)
        Ledger.open(into, beside_archive=True).close()
        replay = Replay(ledger, into)
        moment = datetime.fromisoformat(published.get("as_of") or published["created_at"])
        acts = acts_of(ledger, skipped=(APPROVED,))
        replay.run(act for act in acts if act.at <= moment)
        after = [act for act in acts if act.at > moment and act.event.detail.get("build_id") != published["build_id"]]
        replay.at([moment], ledger.actor, partial(_enter_overrides, ledger, into, published), tick=timedelta(0))
        day = build.as_of_date(builds.database(home))
        scope = build.Scope(as_of_date=day)
        # in two, each at one moment: the gate's verdict is an event of its own, before that of the publication
        for steps, at in (
            (build.STEPS[:-1], moment),
            (build.STEPS[-1:], _published_at(ledger, published["build_id"], moment, after)),
        ):
            replay.at([at], ledger.actor, partial(build.run, into, scope, steps), tick=timedelta(0))
        made = builds.manifest(into)
        assert made is not None
        different = differing((published["tables"], _database(home)), (made["tables"], _database(into)))
        replay.run(after)
        submissions = len(ledger.submissions())
        held = pins.pinned(ledger)
    read_and_decide(into)  # what was not decided yet
    with Ledger.open(into) as again:
        update_receipt_index(into, again)
    if held:
        _pin(into, made["build_id"], held)
    gate = _build_what_came_since(into)
    not_kept = keep_editions(home, into)
    return {
        "submissions": submissions,
        "equal": not different,
        "different": different,
        "same_code": published["code_version"] == made["code_version"],
        "gate": gate,
        "editions": [one.edition for one in editions.approved(into)],
        "not_kept": not_kept,
        "path": str(into.root),
    }


def _enter_overrides(ledger: Ledger, into: Home, published: Mapping[str, Any]) -> None:
    """Let the gate pass in the new home what people let pass of the published content."""
    with Ledger.open(into, beside_archive=True) as again:
        for one in ledger.gate_overrides():
            if one.content_hash == published.get("content_hash"):
                again.override_gate(
                    one.build_id, one.content_hash, one.checks, because=one.because, decided_by=one.decided_by
                )


def _pin(into: Home, build_id: str, held: Publication) -> None:
    """Hold the build that was made anew as a rollback holds the one that it was made after."""
    with Ledger.open(into) as again:
        again.pin(build_id, because=str(held.pinned_because), decided_by=str(held.pinned_by))


def _build_what_came_since(into: Home) -> str | None:
    """Publish what came since, unless a rollback holds the build; gives why the gate refused it, None where it did not."""
    try:
        if build.is_due(into):
            build.run(into)
    except build.Pinned:
        return None
    except build.GateFailed as error:
        return str(error)
    return None


def _published_at(ledger: Ledger, build_id: str, moment: datetime, after: Sequence[Act]) -> datetime:
    """When the build is published in the new home: when it was, unless something else was done between that and the
    moment that it knew of.
    """
    event = next((one for one in ledger.events(actions=[PUBLISHED]) if one.detail["build_id"] == build_id), None)
    return event.at if event and moment < event.at and all(act.at > event.at for act in after) else moment


def _database(home: Home) -> Path:
    path = builds.database(home)
    assert path is not None
    return path


def keep_editions(home: Home, into: Home) -> dict[str, str]:
    """Copy the approved editions, and record their approvals as they were; gives those that cannot be kept, and why."""
    with Ledger.open(home) as ledger, Ledger.open(into, beside_archive=True) as again:
        events = ledger.events(actions=[APPROVED])
        unrecorded = {one.edition for one in editions.approved(home)} - {event.detail["edition"] for event in events}
        published = {one.detail["build_id"]: one for one in ledger.events(actions=[PUBLISHED])}
        entered = {one.detail["build_id"] for one in again.events(actions=[PUBLISHED])}
        not_kept = dict.fromkeys(
            sorted(unrecorded),
            "台账没有记下批准，请再批准一次 (the ledger has no record of its approval; approve it again)",
        )
        for event in events:
            folder = home.editions / event.detail["edition"]
            reason = unlike_approved(folder, event.detail, ledger)
            if reason:
                not_kept[folder.name] = reason
            else:
                editions.keep(folder, into)
                if event.detail["build_id"] not in entered:  # the build that was made anew has another id
                    made = published[event.detail["build_id"]]
                    again.note(PUBLISHED, detail=made.detail, at=made.at, actor=made.actor)
                    entered.add(event.detail["build_id"])
            again.note(LEFT_OUT if reason else APPROVED, detail=event.detail, at=event.at, actor=event.actor)
    return not_kept


def unlike_approved(folder: Path, approval: Mapping[str, Any], ledger: Ledger) -> str | None:
    """Why an edition's folder is not what was approved; None where it is. approval: as the ledger recorded it."""
    if not (folder / editions.EDITION).is_file() or not (folder / builds.MANIFEST).is_file():
        return "文件夹不在 (its folder is gone)"
    if not builds.is_intact(folder):
        return "文件与清单不符 (its files are not those of its manifest)"
    made = json.loads((folder / builds.MANIFEST).read_text(encoding="utf-8"))
    # by the audit trail: in a rebuilt warehouse, earlier builds stand nowhere else
    published = {
        (one.detail["build_id"], one.detail["inputs_fingerprint"]) for one in ledger.events(actions=[PUBLISHED])
    }
    signed = (made["build_id"], made["inputs_fingerprint"])
    if (
        approval_detail(editions.read(folder)) != approval
        or signed[0] != approval["build_id"]
        or signed not in published
    ):
        return "与台账所记的批准不符 (it is not what the ledger says was approved)"
    return None
