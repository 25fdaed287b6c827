"""Restore: a home made of a backup, or of a home's archive, ledger and editions that were copied by hand. `warehouse
restore` calls it.

The ledger is put in its place last of all originals: until then the folder is no home. Then everything derived is made
again: staged files from the archive, the marts, receipts. Interrupted, it goes on when it is run again.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.build import run as build
from pipeline.build.build_facts import MARTS_OF_PUBLISHING
from pipeline.intake.receipt_index import update_receipt_index
from pipeline.intake.receipts import give_receipt
from pipeline.intake.restage import STAGED_AGAIN, StagedLost, is_missing, restage
from pipeline.release import backup_manifest
from pipeline.release.as_of import make_marts
from pipeline.release.backup_manifest import Manifest, NoBackup
from pipeline.release.restore_files import RESTORED, DamagedBackup, Originals, lay_out, listed, originals_of
from warehouse import builds, editions, pins, publication
from warehouse.durable import TEMPORARY, remove_leftovers, whole_file
from warehouse.home import Home
from warehouse.ledger import Event, Ledger
from warehouse.ledger.publications import RELEASED
from warehouse.ledger.versions import READ_AGAIN
from warehouse.ledger_dump import LedgerNotEmpty, is_filled, load_ledger

STATE = ".restoring.json"
FILLING, FILLED = "filling", "filled"  # how far an interrupted restore came with the ledger: it is filled in one step
READ_ONCE_MORE = (READ_AGAIN, STAGED_AGAIN)  # in the audit trail; what was decided stays
HOW_READ = "mart_reading"
"""The mart of how each file was read; a program that reads the originals otherwise says so of its own reading."""
NOT_IN_BACKUP = "恢复：该构建不在备份中 (not in the backup)"  # why a rollback was released
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """The restored marts beside those that were current in the backup. different: marts with other rows."""

    build_id: str | None
    different: tuple[str, ...]
    is_same_code: bool


def restore(
    backup: Path,
    into: Home,
    *,
    actor: str | None = None,
    despite_damage: bool = False,
    is_dry_run: bool = False,
    progress: Progress = lambda line: None,
) -> dict[str, Any]:
    """Make a home of a backup in a folder that is empty or not there, and say whether its marts are those of the backup.

    into: where it has a ledger server, the ledger goes into that empty database. despite_damage: leave out damaged
    originals (never the ledger). Interrupted, run it again: it goes on.
    Returns {"home", "made_at", "made_by": of the backup, "hashes_checked", "left_out": damaged, "lacking": what the
    home had lost when it was backed up, and why, "submissions", "read_again": by this restore, also before an interruption,
    "different_readings": submission to what differs, "lost": submissions without a staged file, "rollback_released": a
    build that a rollback held and that the backup has not, "editions", "build", "gate": why it was not published,
    "not_built": why nothing could be built, "pinned": by whom and why a rollback holds the build, "equal", "different":
    marts, "same_code"}; equal is None where the backup does not
    say what was current.
    Raises NoBackup, DamagedBackup, FileExistsError, ledger_dump.LedgerNotEmpty, OSError.
    """
    backup = backup.resolve()
    if into.root == backup or backup in into.root.parents:
        raise NoBackup(f"不能恢复到备份里面 (the home must lie outside the backup): {into.root}")
    state = _state(backup, into)
    progress("核对备份的哈希值 (verifying the hashes of the backup)")
    if not state["ledger"] and is_filled(into):
        raise LedgerNotEmpty(
            f"要恢复到的台账不是空的：{(into.ledger_server and 'WAREHOUSE_LEDGER_URL') or into.ledger_file}；请给一个空数据库 (the "
            "ledger to restore into is not empty: name an empty database)"
        )
    originals = originals_of(backup)
    damaged = originals.damaged
    if damaged and (not despite_damage or originals.ledger in damaged):
        raise DamagedBackup(
            f"备份中有 {len(damaged)} 个文件缺失或损坏，未恢复任何内容：{listed(damaged)}；可用 --despite-damage 略过（台账除外）"
            " (files of the backup are missing or damaged, nothing was restored: --despite-damage leaves them out)"
        )
    report: dict[str, Any] = {
        "home": str(into.root),
        "made_at": originals.manifest and originals.manifest.made_at and originals.manifest.made_at.isoformat(),
        "made_by": originals.manifest and originals.manifest.made_by,
        "hashes_checked": originals.manifest is not None,
        "left_out": damaged,
        "lacking": dict(originals.manifest.lacking) if originals.manifest else {},
    }
    if is_dry_run:
        return {**report, "files": len(originals.files) + 1}  # the ledger, too
    if state["ledger"] != FILLED:
        _put_originals(backup, into, originals, state, progress)
    with Ledger.open(into, actor=actor) as ledger:
        if not any(event.detail.get("restore") == state["restore"] for event in ledger.events(actions=[RESTORED])):
            ledger.note(RESTORED, detail={**report, "backup": str(backup), "restore": state["restore"]})
        report["rollback_released"] = _release_what_is_gone(into, ledger, state["restore"])
        for leftover in list(into.root.rglob(f"{TEMPORARY}*")):  # of a run that was killed: nobody else is here yet
            remove_leftovers(leftover.parent)
        again = restage(into, ledger, progress=progress)
        again.check(again.failed)  # a failure of ours: the restore goes on from here when it is asked again
        publication.recover(into, ledger)  # `current` leads to the build of the backup, where that has one
        report |= {
            "submissions": len(ledger.submissions()),
            "read_again": sum(one.staged_as is not None and not is_missing(into, one) for one in ledger.submissions()),
            "different_readings": _different_readings(ledger, state["restore"]),
            "lost": dict(again.lost),
            "editions": [one.edition for one in editions.approved(into)],
        }
    try:
        report |= _publish(into, originals.manifest, state["restore"], progress)
    except StagedLost as error:
        report |= {"build": None, "equal": None, "different": [], "not_built": str(error)}
    _write_receipts(into, progress)
    (into.root / STATE).unlink()
    return report


def is_clean(report: Mapping[str, Any]) -> bool:
    """Whether nothing of a restored home differs from what the backup says, as far as it says."""
    unlike = (
        "left_out",
        "lacking",
        "different_readings",
        "lost",
        "rollback_released",
        "different",
        "gate",
        "not_built",
    )
    return not any(report.get(name) for name in unlike)


def _state(backup: Path, into: Home) -> dict[str, Any]:
    """How far an interrupted restore of this very backup came. Raises FileExistsError for a folder with anything else."""
    manifest = backup_manifest.read(backup)
    name = f"{backup} {manifest.made_at.isoformat() if manifest and manifest.made_at else ''}".strip()
    file = into.root / STATE
    if file.is_file():
        state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if state["restore"] == name:
            return state
        raise FileExistsError(
            f"{into.root} 里有另一次未完成的恢复（{state['restore']}）；请清空该文件夹再运行 (holds an unfinished restore of "
            "another backup: empty the folder, then run this again)"
        )
    if into.root.exists() and any(not one.name.startswith(TEMPORARY) for one in into.root.iterdir()):
        raise FileExistsError(f"{into.root} 不是空文件夹 (is not empty)")
    return {"restore": name, "ledger": ""}


def _write_state(into: Home, state: Mapping[str, Any]) -> None:
    with whole_file(into.root / STATE) as temporary:
        temporary.write_text(json.dumps(state), encoding="utf-8")


def _put_originals(backup: Path, into: Home, originals: Originals, state: dict[str, Any], progress: Progress) -> None:
    into.root.mkdir(parents=True, exist_ok=True)
    _write_state(into, state)
    for leftover in into.root.glob(f"{TEMPORARY}*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    into.ensure()
    lay_out(backup, into, originals, progress)
    progress("台账 (the ledger)")
    if not (state["ledger"] == FILLING and is_filled(into)):
        state["ledger"] = FILLING
        _write_state(into, state)
        load_ledger(into, backup / originals.ledger)
    state["ledger"] = FILLED
    _write_state(into, state)


def _since(ledger: Ledger, restored: str, action: str) -> list[Event]:
    """What of this kind was done since a restore began, by the audit trail: also before it was interrupted."""
    events = ledger.events(actions=[RESTORED, action])
    began = next(one.event_id for one in events if one.action == RESTORED and one.detail.get("restore") == restored)
    return [one for one in events if one.action == action and one.event_id > began]


def _different_readings(ledger: Ledger, restored: str) -> dict[str, str]:
    found = _since(ledger, restored, READ_AGAIN)
    return {str(one.submission_id): str(one.detail["differs"]) for one in found if one.detail.get("differs")}


def _release_what_is_gone(into: Home, ledger: Ledger, restored: str) -> str | None:
    """Release a build that a rollback held and that is not there (a copy by hand has no builds): nothing could be published
    beside it. Gives its id, also where that was done before an interruption; None where there is none.
    """
    for one in ledger.publications():
        if one.pinned_at and not into.absolute(one.path).is_dir():
            ledger.release_pin(one.build_id, because=NOT_IN_BACKUP, decided_by=ledger.actor)
    released = _since(ledger, restored, RELEASED)
    return str(released[-1].detail["build_id"]) if released else None


def _publish(into: Home, manifest: Manifest | None, restored: str, progress: Progress) -> dict[str, Any]:
    """Build and publish, and compare with the build that was current in the backup; how files were read is not compared where
    another program than then has read them again.
    """
    progress("构建并发布 (building and publishing)")
    published = manifest and manifest.published
    day = date.fromisoformat(published["as_of_date"]) if published and published["as_of_date"] else None
    is_the_same = bool(published and _is_of_now(into, published))
    compared = None
    with Ledger.open(into) as ledger:
        held = pins.pinned(ledger)
        left_out = MARTS_OF_PUBLISHING | ({HOW_READ} if _since(ledger, restored, READ_AGAIN) else set())
    if published and published["as_of"] and (held or not is_the_same):
        progress("按备份时的构建时点比对 (comparing as of the build in the backup)")
        with tempfile.TemporaryDirectory(dir=into.root, prefix=TEMPORARY) as folder:
            moment = datetime.fromisoformat(published["as_of"])
            tables = make_marts(into, moment, day or moment.date(), Path(folder) / "marts")
            compared = _comparison(published, tables, build.code_version(), left_out)
    gate = None
    scope = build.Scope(as_of_date=day if is_the_same else None, is_forced=is_the_same)
    try:
        if not held and (is_the_same or build.is_due(into)):
            build.run(into, scope)
    except build.GateFailed as error:
        gate = str(error)
    made = builds.manifest(into)
    if published and is_the_same and not held and made:
        compared = _comparison(published, made["tables"], made["code_version"], left_out)
    return {
        "build": made and made["build_id"],
        "gate": gate,
        "pinned": held and f"{held.pinned_by}: {held.pinned_because}",
        "equal": None if compared is None else not compared.different,
        "different": [] if compared is None else list(compared.different),
        "same_code": None if compared is None else compared.is_same_code,
    }


def _is_of_now(into: Home, published: Mapping[str, Any]) -> bool:
    """Whether nothing happened to any submission, waiver or period after the build that was current."""
    moment = published["as_of"] and datetime.fromisoformat(published["as_of"])
    with Ledger.open(into) as ledger:
        return moment is not None and not any(
            event.at > moment and (event.submission_id or event.dataset or event.reporting_unit)
            for event in ledger.events()
            if event.action not in READ_ONCE_MORE
        )


def _comparison(
    published: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], code_version: str, left_out: Collection[str]
) -> Comparison:
    before, after = published["checksums"], {name: table["checksum"] for name, table in tables.items()}
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return Comparison(
        published["build_id"], tuple(sorted(different.difference(left_out))), published["code_version"] == code_version
    )


def _write_receipts(into: Home, progress: Progress) -> None:
    """Receipts are derived: they are written again where the ledger knows of one."""
    with Ledger.open(into) as ledger:
        due = [one for one in ledger.submissions() if one.receipt_as and not into.absolute(one.receipt_as).is_dir()]
        for number, one in enumerate(due, 1):
            progress(f"回执 {number}/{len(due)} (receipts): {one.submission_id}")
            give_receipt(into, ledger, one.submission_id)
        update_receipt_index(into, ledger)
