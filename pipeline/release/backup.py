"""Backup: the originals of a home in another folder: ledger, archive, approved editions, settings. `warehouse backup`
calls it.

Everything else of a home is derived, and is made again by `restore`; but the build that is current is kept beside the
originals: a rollback may hold it, and the gate compares the next build with it. The ledger is taken first, as it stood at one
moment; archived files never change and are there before the ledger names them, so what is copied after it is what it
speaks of. The manifest is written last: until then, the folder is the earlier backup.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from pipeline.build import run as build
from pipeline.release import backup_manifest
from pipeline.release.backup_groups import SETTINGS, Group, Source, groups_of
from pipeline.release.backup_manifest import Kept, Manifest, NoBackup
from warehouse import archive, builds
from warehouse.durable import READ_ONLY, TEMPORARY, remove_leftovers, sha256_of, sync_path, temporary_beside
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger_dump import dump_ledger
from warehouse.locks import Busy

BACKED_UP = "backed_up"  # in the audit trail
LOCK = ".backup.lock"
LEDGER = "ledger/ledger-{:%Y%m%dT%H%M%S%fZ}.sqlite"
FOLDER_PARTS = 3  # archive/ab/abc… and published/editions/2025-07.1: the folder of a group
REPLACED = ("ledger", SETTINGS, "published/builds")  # folders of which only the last backup is kept
PROGRESS_EVERY = 100  # submissions: a line of progress every few seconds on a slow disk
MADE_OF = ("build_id", "as_of", "inputs_fingerprint", "outcomes_fingerprint", "code_version")


def backup(
    home: Home,
    into: Path,
    *,
    actor: str | None = None,
    is_dry_run: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Write a backup of a home into a folder, or bring the one that is there up to date.

    Loads and builds may go on meanwhile. Files that are there with the hash of the earlier manifest are not copied
    again; what lies there is read and hashed every time, as a disk may have damaged it since. Whatever fails or is
    killed, the earlier backup in the folder stays whole.
    Returns {"into", "made_at", "rows": of the ledger, "files", "copied": of them, beside the ledger, which is always
    written anew, "bytes_copied", "lacking": originals that are damaged or gone}; with is_dry_run what would be.
    Raises NoBackup for a folder that cannot be one of this home's, locks.Busy, OSError.
    """
    into = into.resolve()
    _refuse_place(home, into)
    with Ledger.open(home, actor=actor) as ledger:
        earlier = _earlier(into, ledger.home_id())
        if is_dry_run:
            return _planned(home, ledger, into, earlier)
        into.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(into / LOCK, timeout=0):
                return _backup(home, ledger, into, earlier, progress)
        except Timeout:
            raise Busy(f"另一进程正在往这里备份 (another process is writing a backup here): {into}") from None


def _backup(
    home: Home, ledger: Ledger, into: Path, earlier: Manifest | None, progress: Callable[[str], None]
) -> dict[str, Any]:
    for leftover in list(into.rglob(f"{TEMPORARY}*")):
        remove_leftovers(leftover.parent)
    if earlier is None:
        earlier = Manifest(ledger.home_id())
        backup_manifest.write(into, earlier)
    published = _published(home)  # before the ledger: so it is of a moment that the ledger knows
    made_at = datetime.now(UTC)
    name = LEDGER.format(made_at)
    progress("台账 (the ledger)")
    rows = dump_ledger(ledger, into / name)
    files, lacking, keeper = {name: _of(into / name)}, {}, Keeper(into, earlier)
    for number, group in enumerate(groups_of(home, ledger, _build_id(published), rows["event"]), 1):
        if number % PROGRESS_EVERY == 0 or not group.sha256:
            progress(f"{number}: {group.name}")
        kept, reason = keeper.keep(group)
        files |= kept
        if reason:
            lacking[group.name] = reason
    manifest = replace(
        earlier,
        made_at=made_at,
        made_by=ledger.actor,
        ledger=name,
        rows=rows,
        files=files,
        published=published,
        lacking=lacking,
    )
    backup_manifest.write(into, manifest)
    _remove_replaced(into, files)
    report = {
        "into": str(into),
        "made_at": made_at.isoformat(),
        "rows": sum(rows.values()),
        "files": len(files),
        "copied": keeper.copied,
        "bytes_copied": keeper.bytes_copied,
        "lacking": lacking,
    }
    ledger.note(BACKED_UP, detail={name: report[name] for name in ("into", "made_at", "files", "copied")})
    return report


def _remove_replaced(into: Path, files: Mapping[str, Kept]) -> None:
    """Remove the ledger, settings and build of the earlier backup; what was archived or approved stays for ever."""
    for old in sorted([path for folder in REPLACED for path in (into / folder).rglob("*")], reverse=True):
        if old.is_dir() and not any(old.iterdir()):
            old.rmdir()
        elif old.is_file() and old.relative_to(into).as_posix() not in files:
            old.unlink()


def _build_id(published: Mapping[str, Any] | None) -> str | None:
    return None if published is None else str(published["build_id"])


def _refuse_place(home: Home, into: Path) -> None:
    root = home.root.resolve()
    if into == root or root in into.parents or into in root.parents:
        raise NoBackup(
            f"备份不能放在仓库里，也不能包住仓库：{into}；请换一个文件夹，最好在另一块盘上 (a backup must lie outside the "
            "home, best on another disk)"
        )


def _earlier(into: Path, home_id: str) -> Manifest | None:
    """The backup of this home that lies in a folder; None where the folder is empty or not there. Raises NoBackup."""
    earlier = backup_manifest.read(into)
    if earlier is None and into.is_dir() and any(not one.name.startswith((LOCK, TEMPORARY)) for one in into.iterdir()):
        raise NoBackup(f"{into} 不是空文件夹，也不是备份 (is neither empty nor a backup)")
    if earlier is not None and earlier.home_id != home_id:
        raise NoBackup(
            f"{into} 是另一个仓库的备份（{earlier.home_id}），请换一个文件夹 (is another home's backup: choose another folder)"
        )
    return earlier


def _planned(home: Home, ledger: Ledger, into: Path, earlier: Manifest | None) -> dict[str, Any]:
    """What a backup would copy."""
    known = earlier or Manifest(ledger.home_id())
    groups = list(groups_of(home, ledger, _build_id(_published(home))))
    sources = [one for group in groups for one in group.sources]
    new = [
        one.path
        for one in sources
        if not known.has(into, one.name) or one.sha256 not in (None, known.files[one.name].sha256)
    ]
    return {
        "into": str(into),
        "files": len(sources) + 1,
        "copied": len(new),
        "bytes_copied": sum(path.stat().st_size for path in new),
        "lacking": {group.name: group.reason for group in groups if group.reason},
    }


class Keeper:
    """Copies groups into a backup where they are not there yet. copied: files; bytes_copied: of them."""

    def __init__(self, into: Path, earlier: Manifest) -> None:
        self._into = into
        self._earlier = earlier
        self._files = earlier.files
        self._lacking = earlier.lacking
        self._by_folder: dict[str, dict[str, Kept]] = defaultdict(dict)
        for name, kept in earlier.files.items():
            self._by_folder["/".join(name.split("/")[:FOLDER_PARTS])][name] = kept
        self.copied = self.bytes_copied = 0

    def keep(self, group: Group) -> tuple[dict[str, Kept], str | None]:
        """Give what the backup has of a group now, and why that is not all of it.

        What is damaged or gone in the home stays as an earlier backup has it. Raises OSError.
        """
        before = {one.name: self._files[one.name] for one in group.sources if one.name in self._files}
        before |= self._by_folder.get(group.name, {})
        is_whole = bool(before) and group.name not in self._lacking and all(map(self._is_there, before))
        if is_whole and group.sha256:
            return before, None
        files = {one.name: kept for one in group.sources if (kept := self._kept(one)) is not None}
        reason = group.reason
        if len(files) < len(group.sources) or (
            group.sha256 and files and archive.content_hash([self._into / name for name in files]) != group.sha256
        ):
            reason = "已损坏 (damaged)"
        return (before, None) if reason and is_whole else (files, reason)

    def _is_there(self, name: str) -> bool:
        return self._earlier.has(self._into, name)

    def _kept(self, source: Source) -> Kept | None:
        """The file in the backup, copied unless it is there; None where it has not the hash that it must have."""
        known, target = self._files.get(source.name), self._into / source.name
        if known and known.sha256 == source.sha256 and self._is_there(source.name):
            return known
        if known is None and target.is_file() and source.sha256 and sha256_of(target) == source.sha256:
            return _of(target)  # copied by a backup that did not come to its end
        kept = _copy(source.path, target, source.sha256)
        if kept:
            self.copied += 1
            self.bytes_copied += kept.size
        return kept


def _of(path: Path) -> Kept:
    return Kept(path.stat().st_size, sha256_of(path))


def _copy(path: Path, target: Path, wanted: str | None) -> Kept | None:
    """Copy a file whole or not at all; None, and nothing is copied, where it has not the hash that it must have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(target)
    try:
        shutil.copyfile(path, temporary)
        kept = _of(temporary)
        if wanted is not None and kept.sha256 != wanted:
            return None
        temporary.chmod(READ_ONLY)
        sync_path(temporary)
        os.replace(temporary, target)
        sync_path(target.parent)
        return kept
    finally:
        temporary.unlink(missing_ok=True)


def _published(home: Home) -> dict[str, Any] | None:
    """The current build and the checksums of its marts, by which a restored home is compared with this one."""
    try:
        made, database = builds.manifest(home), builds.database(home)
        day = build.as_of_date(database)
    except (OSError, ValueError, duckdb.Error):
        return None
    if made is None:
        return None
    checksums = {name: table["checksum"] for name, table in made["tables"].items()}
    return {
        **{name: made.get(name) for name in MADE_OF},
        "as_of_date": day and day.isoformat(),
        "checksums": checksums,
    }
