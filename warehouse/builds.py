"""Published builds: immutable folders, and the one pointer that readers follow. `pipeline.build` publishes; everything
that serves or compares builds reads here.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse.durable import remove_leftovers, sha256_of, sync_path, temporary_beside, whole_folder
from warehouse.home import Home
from warehouse.locks import publisher, writer
from warehouse.marts import DATABASE, PARQUET, Mart, copy_marts

MANIFEST = "manifest.json"
DATA_DOCS = "data_docs"
KEEP = timedelta(days=30)  # a monthly report can still be compared with the build before it
MADE_OF = ("inputs_fingerprint", "outcomes_fingerprint", "code_version")


@dataclass(frozen=True)
class Published:
    """The build that is current after publishing. is_new: False when it already was."""

    build_id: str
    path: Path
    is_new: bool


def current(home: Home) -> Path | None:
    """Folder of the current build, resolved once, so that all that is read from it belongs together; None before the
    first.
    """
    return home.current.resolve() if home.current.is_symlink() else None


def database(home: Home) -> Path | None:
    """The current build's database file, or None before the first publication."""
    folder = current(home)
    return folder / DATABASE if folder else None


def manifest(home: Home) -> dict[str, Any] | None:
    """The manifest of the current build: build_id, created_at, inputs_fingerprint, code_version, previous, tables,
    files, versions.
    """
    folder = current(home)
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8")) if folder else None


def _build_id(home: Home, moment: datetime, inputs_fingerprint: str, code_version: str) -> str:
    """Sorts by time; ends in what it was made of. Two within one second differ by a number."""
    base = f"{moment:%Y%m%dT%H%M%SZ}-{inputs_fingerprint[:8]}-{code_version[:8]}"
    number, name = 1, base
    while (home.builds / name).exists():
        number += 1
        name = f"{base}.{number}"
    return name


def _write_manifest(
    folder: Path,
    build_id: str,
    moment: datetime,
    inputs_fingerprint: str,
    code_version: str,
    marts: Mapping[str, Mart],
    previous: str | None,
    extra: Mapping[str, Any],
) -> None:
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {
        **extra,
        "build_id": build_id,
        "created_at": moment.isoformat(),
        "inputs_fingerprint": inputs_fingerprint,
        "code_version": code_version,
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


def _point(home: Home, build_id: str) -> None:
    """Move `current` to a build in one atomic step."""
    link = temporary_beside(home.current)
    link.symlink_to(Path("builds") / build_id)
    os.replace(link, home.current)
    sync_path(home.published)


def publish(
    home: Home,
    *,
    build_db: Path,
    tables: Sequence[str],
    inputs_fingerprint: str,
    code_version: str,
    manifest_extra: Mapping[str, Any] | None = None,
    data_docs: Path | None = None,
    also: Callable[[Path], None] = lambda folder: None,
    revision: Callable[[Path, Path | None, Path], dict[str, Mart]] = lambda database, before, parquet: {},
    is_forced: bool = False,
) -> Published:
    """Write the public marts to a new immutable folder and move `current` to it.

    tables: `schema.name` in the build. also: writes what else of the build belongs into the folder. What is made of the
    same as the current build (MADE_OF) changes nothing, unless is_forced. What it changes beside the current build stands in its
    `mart_revision`. Whatever fails or is killed, `current` stays where it was; what was left behind is removed the
    next time. Builds older than KEEP go.
    Raises locks.Busy, ValueError, duckdb.Error, OSError.
    """
    home.builds.mkdir(parents=True, exist_ok=True)
    with publisher(home):
        remove_leftovers(home.published)
        remove_leftovers(home.builds)
        made = manifest(home)
        new = {"inputs_fingerprint": inputs_fingerprint, "code_version": code_version, **(manifest_extra or {})}
        if made and not is_forced and all(made.get(name) == new.get(name) for name in MADE_OF):
            return Published(made["build_id"], home.builds / made["build_id"], is_new=False)
        moment = datetime.now(UTC)
        build_id = _build_id(home, moment, inputs_fingerprint, code_version)
        with whole_folder(home.builds / build_id) as folder:
            with writer(home) if build_db == home.build_db else nullcontext():
                marts = copy_marts(build_db, folder, tables)
                also(folder)
            if data_docs and data_docs.is_dir():
                shutil.copytree(data_docs, folder / DATA_DOCS)
            previous = made["build_id"] if made else None
            marts |= revision(folder / DATABASE, database(home), folder / PARQUET)
            _write_manifest(
                folder, build_id, moment, inputs_fingerprint, code_version, marts, previous, manifest_extra or {}
            )
        _point(home, build_id)
        prune(home)
        return Published(build_id, home.builds / build_id, is_new=True)


def prune(home: Home, keep: timedelta = KEEP, now: datetime | None = None) -> list[str]:
    """Remove builds older than `keep`, never the current one; gives their ids. Who has one open keeps reading it."""
    oldest = (now or datetime.now(UTC)) - keep
    removed = []
    with publisher(home):
        pointed = current(home)
        for folder in sorted(path for path in home.builds.iterdir() if (path / MANIFEST).is_file()):
            created = datetime.fromisoformat(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["created_at"])
            if folder.resolve() != pointed and created < oldest:
                # renamed first: a build is there whole or not at all, also when this is killed half-way
                doomed = temporary_beside(folder)
                folder.rename(doomed)
                shutil.rmtree(doomed)
                removed.append(folder.name)
    return removed


def is_intact(folder: Path) -> bool:
    """Whether every file of a published build is there, and still has the hash that its manifest names."""
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return all((folder / name).is_file() and sha256_of(folder / name) == file["sha256"] for name, file in files.items())
