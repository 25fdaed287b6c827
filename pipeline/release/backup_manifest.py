"""The manifest of a backup: what lies in it, with the hash of every file. `backup` writes it last, `restore` reads it first.

A backup folder has the form of a home: archive/, ledger/, published/editions/, home.json and the settings. So one that
was copied by hand, which has no manifest, is read the same way.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.durable import sha256_of, whole_file

MANIFEST = "backup.json"
FORMAT = 1


class NoBackup(RuntimeError):
    """The folder is no backup, or not one that this program can read; the message says why."""


@dataclass(frozen=True)
class Kept:
    """A file of the backup, as it was written."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """home_id: whose backup it is; made_at: moment of the ledger's snapshot, None while the first backup is under way;
    ledger: path of its dump; rows: of the dump, by table; files: path in the folder to what was written there;
    published: the build that was current, and the checksums of its marts, None before the first;
    lacking: originals that were damaged or gone in the home, and are in no earlier backup of this folder.
    """

    home_id: str
    made_at: datetime | None = None
    made_by: str = ""
    ledger: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Kept] = field(default_factory=dict)
    published: Mapping[str, Any] | None = None
    lacking: Mapping[str, str] = field(default_factory=dict)

    def unlike(self, folder: Path, names: list[str] | None = None) -> dict[str, str]:
        """Files that are gone or damaged in a backup, and which of the two; of those named, or of all."""
        found = {}
        for name in sorted(self.files) if names is None else names:
            if not (folder / name).is_file():
                found[name] = "缺失 (missing)"
            elif not self.has(folder, name):
                found[name] = "已损坏 (damaged)"
        return found

    def has(self, folder: Path, name: str) -> bool:
        """Whether a backup has a file as it was written there, by its hash."""
        path, kept = folder / name, self.files.get(name)
        return (
            kept is not None and path.is_file() and path.stat().st_size == kept.size and sha256_of(path) == kept.sha256
        )


def read(folder: Path) -> Manifest | None:
    """The manifest of a backup; None where there is none. Raises NoBackup for one that cannot be read."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("format") != FORMAT:
            raise NoBackup(f"备份由更新的程序写成，请升级程序 (written by a newer program: upgrade): {path}")
        return Manifest(
            **{
                **stored,
                "made_at": stored["made_at"] and datetime.fromisoformat(stored["made_at"]),
                "files": {name: Kept(**kept) for name, kept in stored["files"].items()},
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoBackup(f"备份清单已损坏 (the backup's manifest is damaged): {path}: {error}") from error


def write(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the earlier one, in one atomic step."""
    stored = {**asdict(manifest), "format": FORMAT, "made_at": manifest.made_at and manifest.made_at.isoformat()}
    with whole_file(folder / MANIFEST) as temporary:
        temporary.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")
