"""Published builds as they lie on the disk: immutable folders, and the one pointer that readers follow. Everything that
serves or compares builds reads here; warehouse.publication writes them and moves the pointer.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse.durable import sha256_of, sync_path, temporary_beside, whole_folder
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import writer
from warehouse.marts import DATABASE, PARQUET, PUBLIC, Mart, content_hash, copy_marts

MANIFEST = "manifest.json"
DATA_DOCS = "data_docs"
MADE_OF = ("inputs_fingerprint", "outcomes_fingerprint", "code_version", "as_of_date")
"""Keys of a manifest: two builds in which they are equal are the same. as_of_date: the day by which reports were expected."""


class ContentMismatch(RuntimeError):
    """The marts are not those that the gate judged."""

    def __init__(self, build_id: str) -> None:
        super().__init__(
            f"构建库的内容与构建 {build_id} 通过审核时的不同：审核之后有人改动了它；没有发布，请重新构建：warehouse publish --force "
            f"(the build database no longer holds what the gate judged as {build_id}: something changed it afterwards; "
            "nothing was published, build again: warehouse publish --force)"
        )


@dataclass(frozen=True)
class NewBuild:
    """A build to be written. content_hash: of the marts that the gate judged; extra: what else its manifest says."""

    build_id: str
    inputs_fingerprint: str
    code_version: str
    content_hash: str
    extra: Mapping[str, Any]

    def is_made_of(self, made: Mapping[str, Any]) -> bool:
        """Whether a published build, by its manifest, was made of the very same (MADE_OF)."""
        own = {**self.extra, "inputs_fingerprint": self.inputs_fingerprint, "code_version": self.code_version}
        return all(made.get(name) == own.get(name) for name in MADE_OF)


def current(home: Home) -> Path | None:
    """Folder of the current build, resolved once, so that all that is read from it belongs together; None before the
    first, and where `current` leads to no build any more.
    """
    if not home.current.is_symlink():
        return None
    try:
        folder = home.current.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return None
    return folder if (folder / DATABASE).is_file() else None


def database(home: Home) -> Path | None:
    """The current build's database file, or None before the first publication."""
    folder = current(home)
    return folder / DATABASE if folder else None


def public_database(home: Home) -> Path | None:
    """The database file of the current build's public set; None before the first publication, and of a build that has none."""
    folder = current(home)
    path = folder / PUBLIC / DATABASE if folder else None
    return path if path and path.is_file() else None


def manifest(home: Home) -> dict[str, Any] | None:
    """The manifest of the current build: build_id, created_at, inputs_fingerprint, code_version, as_of_date,
    content_hash, gate, previous, tables, files, versions. None where nothing is published, or it is damaged.
    """
    folder = current(home)
    return read_manifest(folder) if folder else None


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in the folder of a build; None where there is none, or it is cut short."""
    try:
        read = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return read if isinstance(read, dict) and isinstance(read.get("files"), dict) else None


def new_build_id(home: Home, ledger: Ledger, inputs_fingerprint: str, code_version: str) -> str:
    """An id for a build that is judged now. Sorts by time; ends in what it was made of. Two within one second differ by
    a number.
    """
    base = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{inputs_fingerprint[:8]}-{code_version[:8]}"
    number, name = 1, base
    while (home.builds / name).exists() or ledger.verdict(name) is not None:
        number += 1
        name = f"{base}.{number}"
    return name


def point(home: Home, build_id: str) -> None:
    """Move `current` to a build in one atomic step."""
    link = temporary_beside(home.current)
    link.symlink_to(Path("builds") / build_id)
    os.replace(link, home.current)
    sync_path(home.published)


def write_build(
    home: Home,
    new: NewBuild,
    *,
    build_db: Path,
    tables: Sequence[str],
    data_docs: Path | None = None,
    also: Callable[[Path], None] = lambda folder: None,
    fill: Callable[[Path, Path | None, Path], dict[str, Mart]] = lambda database, before, parquet: {},
) -> Path:
    """Write the public marts of a build database to a new immutable folder, whole or not at all; gives it.

    tables: `schema.name` in the build. fill: fills the marts that only publishing knows, as what changed beside the current
    build, and gives them. also: writes what else of the build belongs into the folder, when its marts are whole.
    Raises ContentMismatch where the marts are not those that the gate judged, ValueError, duckdb.Error, OSError.
    """
    made = manifest(home)
    with whole_folder(home.builds / new.build_id) as folder:
        with writer(home) if build_db == home.build_db else nullcontext():
            marts = copy_marts(build_db, folder, tables)
            copied = content_hash({name: mart.checksum for name, mart in marts.items()})
            if copied != new.content_hash:
                raise ContentMismatch(new.build_id)
            marts |= fill(folder / DATABASE, database(home), folder / PARQUET)
            also(folder)
        if data_docs and data_docs.is_dir():
            shutil.copytree(data_docs, folder / DATA_DOCS)
        _write_manifest(folder, new, marts, made["build_id"] if made else None)
    return home.builds / new.build_id


def _write_manifest(folder: Path, new: NewBuild, marts: Mapping[str, Mart], previous: str | None) -> None:
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {
        **new.extra,
        "build_id": new.build_id,
        "created_at": datetime.now(UTC).isoformat(),
        "inputs_fingerprint": new.inputs_fingerprint,
        "code_version": new.code_version,
        "content_hash": new.content_hash,
        "previous": previous,
        "tables": {name: mart.as_dict() for name, mart in marts.items()},
        "files": files,
        "versions": {
            "python": sys.version.split()[0],
            **{name: version(name) for name in ("duckdb", "dbt-core", "dbt-duckdb")},
        },
    }
    (folder / MANIFEST).write_text(
        json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )


def is_intact(folder: Path) -> bool:
    """Whether every file of a published build is there, and still has the hash that its manifest names."""
    made = read_manifest(folder)
    return made is not None and all(
        (folder / name).is_file() and sha256_of(folder / name) == file["sha256"] for name, file in made["files"].items()
    )
