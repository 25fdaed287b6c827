"""Single originals of a backup put back into the home that is there. `warehouse restore --file` calls it."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.release import backup_manifest
from pipeline.release.backup_manifest import NoBackup
from pipeline.release.restore_files import RESTORED, DamagedBackup, listed, put_original
from warehouse.home import Home
from warehouse.ledger import Ledger


def restore_files(backup: Path, into: Home, names: Sequence[str]) -> list[str]:
    """Put single originals of a backup back into the home that it is of: files, or folders of them (archive/ab/abc…);
    gives those put back.

    What is there whole stays. Raises NoBackup for another home's backup or a name that it does not have, DamagedBackup.
    """
    manifest = backup_manifest.read(backup)
    if manifest is None or manifest.ledger is None:
        raise NoBackup(f"{backup} 不是备份 (is no backup)")
    with Ledger.open(into) as ledger:
        if ledger.home_id() != manifest.home_id:
            raise NoBackup(f"{backup} 是另一个仓库的备份 (is another home's backup)")
        chosen = []
        for name in names:
            found = [
                one
                for one in manifest.files
                if (one == name or one.startswith(f"{name.rstrip('/')}/"))
                and one.startswith(("archive/", "published/"))
            ]
            if not found:
                raise NoBackup(f"备份中没有 (the backup does not have): {name}")
            chosen += found
        if damaged := manifest.unlike(backup, chosen):
            raise DamagedBackup(f"备份中的文件已损坏 (damaged in the backup): {listed(damaged)}")
        due = [name for name in chosen if manifest.unlike(into.root, [name])]
        for name in due:
            put_original(backup / name, into, name)
        ledger.note(RESTORED, detail={"backup": str(backup), "files": due})
    return due
