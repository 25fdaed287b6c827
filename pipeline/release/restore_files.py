"""The originals of a backup, or of a copy by hand: which files there are, which are damaged, and how they are laid out in
a home. `restore` calls it.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.release import backup_manifest
from pipeline.release.backup_groups import SETTINGS
from pipeline.release.backup_manifest import Manifest, NoBackup
from warehouse import archive, builds, editions
from warehouse.durable import READ_ONLY, TEMPORARY, sync_path, temporary_beside
from warehouse.home import Home
from warehouse.ledger_dump import copy_database

RESTORED = "restored"  # in the audit trail
READ_WRITE = 0o640
PROGRESS_EVERY = 500  # files


class DamagedBackup(RuntimeError):
    """Files of the backup are damaged or gone; the message names them, and nothing was written."""


@dataclass(frozen=True)
class Originals:
    """What a backup holds. files: path in the backup to path in the home; ledger: path of its dump; damaged: path to
    what is wrong. manifest: None of a copy by hand.
    """

    files: dict[str, str]
    ledger: str
    damaged: dict[str, str]
    manifest: Manifest | None


def originals_of(backup: Path) -> Originals:
    """What a folder holds of a home, verified. Raises NoBackup where it holds none."""
    manifest = backup_manifest.read(backup)
    if manifest is None:
        return _copied_by_hand(backup)
    if manifest.ledger is None:
        raise NoBackup(f"这个备份从未完成过，无法恢复 (this backup was never finished): {backup}")
    files = {name: _place(name) for name in manifest.files if name != manifest.ledger}
    return Originals(files, manifest.ledger, manifest.unlike(backup), manifest)


def _place(name: str) -> str:
    """Where a file of a backup lies in a home: settings are kept under their hashes."""
    return name.split("/", 2)[2] if name.startswith(f"{SETTINGS}/") else name


def _copied_by_hand(backup: Path) -> Originals:
    """archive/, ledger/ and published/editions/ of a home, as somebody copied them: the names of the archive and the
    manifests of editions hold their hashes, the ledger has none.
    """
    home = Home(backup)
    if not home.ledger_file.is_file():
        raise NoBackup(
            f"{backup} 既不是备份，也没有 ledger/ledger.sqlite；服务器上的台账请用 warehouse backup 备份 (is no backup, and "
            "has no ledger/ledger.sqlite: back up a ledger on a server with `warehouse backup`)"
        )
    paths = [path for folder in (home.archive, home.editions) for path in sorted(folder.rglob("*")) if path.is_file()]
    paths += [path for path in sorted(backup.iterdir()) if path.is_file() and not path.name.startswith(".")]
    files = {
        home.relative(path): home.relative(path) for path in paths if TEMPORARY not in str(path.relative_to(backup))
    }
    damaged = {}
    if reason := _fault_of_ledger(home.ledger_file):
        damaged[home.relative(home.ledger_file)] = reason
    for folder in sorted(home.archive.glob("??/*")):
        if not folder.name.startswith(TEMPORARY) and not archive.is_intact(home, folder.name):
            damaged |= {home.relative(path): "已损坏 (damaged)" for path in folder.iterdir()}
    for folder in sorted(home.editions.glob("*")):
        if not folder.name.startswith(TEMPORARY) and not is_whole_edition(folder):
            damaged[home.relative(folder)] = "已损坏 (damaged)"
            damaged |= {name: "已损坏 (damaged)" for name in files if name.startswith(f"{home.relative(folder)}/")}
    return Originals(files, home.relative(home.ledger_file), damaged, None)


def is_whole_edition(folder: Path) -> bool:
    """Whether an edition's folder says what it is, and has every file of its manifest."""
    try:
        editions.read(folder)
        return builds.is_intact(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _fault_of_ledger(file: Path) -> str | None:
    """What SQLite says against a ledger's file, of a copy of it: the backup is not touched."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        copy_database(file, copy)
        try:
            with closing(sqlite3.connect(copy)) as connection:
                found = connection.execute("pragma integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = str(error)
    return None if found == "ok" else f"已损坏 (damaged): {found}"


def lay_out(backup: Path, into: Home, originals: Originals, progress: Callable[[str], None]) -> None:
    """Copy every original but the ledger into a home; what is there already, by an interrupted restore, stays."""
    due = {name: place for name, place in originals.files.items() if name not in originals.damaged}
    for number, (name, place) in enumerate(due.items(), 1):
        if number % PROGRESS_EVERY == 0 or number == len(due):
            progress(f"{number}/{len(due)}: {place}")
        target = into.root / place
        if not target.is_file():
            put_original(backup / name, into, place)
            if place != name:
                target.chmod(READ_WRITE)  # a setting


def put_original(source: Path, into: Home, place: str) -> None:
    """Copy a file to its place in a home, whole or not at all. What a crash leaves lies at the home's root: a stray file
    in a folder of the archive would change the hash of its submission.
    """
    target = into.root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = temporary_beside(into.root / target.name)
    try:
        shutil.copyfile(source, draft)
        draft.chmod(READ_ONLY)
        sync_path(draft)
        os.replace(draft, target)
        sync_path(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def listed(names: Mapping[str, str], most: int = 10) -> str:
    """Names with what is wrong with them, in one line; the first ones of many."""
    shown = "; ".join(f"{name} {reason}" for name, reason in list(names.items())[:most])
    return shown if len(names) <= most else f"{shown} …"
