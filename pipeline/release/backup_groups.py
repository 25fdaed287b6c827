"""What a backup keeps of a home, in groups of files that belong together: its originals, and the build that is current.
`pipeline.release.backup` copies them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.release.approval_record import APPROVED
from warehouse import builds
from warehouse.durable import TEMPORARY, sha256_of
from warehouse.home import Home
from warehouse.ledger import Ledger

SETTINGS = "settings"
IDENTITY = "home.json"


@dataclass(frozen=True)
class Source:
    """A file to be kept. name: its path in the backup; sha256: the hash that it must have, None where only that of its
    whole submission is known.
    """

    name: str
    path: Path
    sha256: str | None


@dataclass(frozen=True)
class Group:
    """Files that belong together: the settings, an archived submission, an edition, the current build. sha256: of a submission's content;
    reason: why the files cannot be named.
    """

    name: str
    sources: tuple[Source, ...]
    sha256: str | None = None
    reason: str | None = None


def groups_of(home: Home, ledger: Ledger, build_id: str | None, events: int | None = None) -> Iterator[Group]:
    """Everything that is kept. build_id: of the current build; events: how many the ledger's dump knows; what was
    approved after them is left out.
    """
    paths = [path for path in sorted(home.root.iterdir()) if path.is_file() and not path.name.startswith(".")]
    yield Group(SETTINGS, tuple(_setting(path, sha256_of(path)) for path in paths))
    for archived_as, sha256 in dict.fromkeys((one.archived_as, one.sha256) for one in ledger.submissions()):
        folder = home.absolute(archived_as)
        members = sorted(folder.iterdir()) if folder.is_dir() else []
        whole = sha256 if len(members) == 1 else None
        sources = tuple(Source(f"{archived_as}/{path.name}", path, whole) for path in members)
        yield Group(archived_as, sources, sha256, None if sources else "缺失 (missing)")
    later = [] if events is None else ledger.events()[events:]
    too_new = {event.detail["edition"] for event in later if event.action == APPROVED}
    for folder in sorted(home.editions.glob("*")):
        if not folder.name.startswith(TEMPORARY) and folder.name not in too_new:
            yield _build(home, folder)
    if build_id is not None and builds.is_intact(home.builds / build_id):  # else it is derived, and made again
        yield _build(home, home.builds / build_id)


def _setting(path: Path, sha256: str) -> Source:
    """home.json never changes; another setting is kept under its hash, so that the earlier backup keeps its own."""
    name = path.name if path.name == IDENTITY else f"{SETTINGS}/{sha256[:12]}/{path.name}"
    return Source(name, path, sha256)


def _build(home: Home, folder: Path) -> Group:
    """An edition, or a published build."""
    name = home.relative(folder)
    try:
        hashes = json.loads((folder / builds.MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Group(name, (), reason=f"已损坏 (damaged): {error}")
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    sources = [
        Source(f"{name}/{inner}", path, hashes[inner]["sha256"] if inner in hashes else sha256_of(path))
        for inner, path in paths.items()
    ]
    gone = sorted(hashes.keys() - paths.keys())
    return Group(name, tuple(sources), reason=f"缺失 (missing): {', '.join(gone)}" if gone else None)
