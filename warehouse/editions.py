"""Editions: published builds that somebody approved. Immutable, named by their period (2025-07.1), kept for ever.
`pipeline.release` approves and copies them.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse import builds
from warehouse.durable import remove_leftovers, whole_file, whole_folder
from warehouse.home import Home
from warehouse.locks import publisher
from warehouse.marts import DATABASE

EDITION = "edition.json"
REVOKED = "revoked.json"
"""Beside it in the folder of an edition that was revoked; all other files stay as they were approved."""
PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?")


class UnknownBuild(LookupError):
    """There is no published build or edition of that name (any more)."""


@dataclass(frozen=True)
class Edition:
    """An approved build. period: the one that it is for; closes: `dataset period` of the reporting periods that it
    closed; login: of the system's user who entered it; revoked_*: None unless it was revoked.
    """

    edition: str
    period: str
    build_id: str
    approved_by: str
    approved_at: datetime
    because: str
    closes: tuple[str, ...] = ()
    login: str = ""
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    revoked_because: str | None = None

    @property
    def is_revoked(self) -> bool:
        """Whether it no longer stands."""
        return self.revoked_at is not None


def read(folder: Path) -> Edition:
    """The edition in a folder, as its edition.json describes it, and its revoked.json where it was revoked."""
    stored = json.loads((folder / EDITION).read_text(encoding="utf-8"))
    revoked = folder / REVOKED
    stored |= json.loads(revoked.read_text(encoding="utf-8")) if revoked.is_file() else {}
    for moment in ("approved_at", "revoked_at"):
        if stored.get(moment):
            stored[moment] = datetime.fromisoformat(stored[moment])
    return Edition(**{**stored, "closes": tuple(stored["closes"])})


def approved(home: Home) -> list[Edition]:
    """Every edition, by period and number."""
    found = [read(path.parent) for path in home.editions.glob(f"*/{EDITION}")]
    return sorted(found, key=lambda one: (one.period, int(one.edition.rpartition(".")[2])))


def last_standing(home: Home, but: Edition | None = None) -> Edition | None:
    """The edition that was approved last and is not revoked; but: one that does not count."""
    standing = [one for one in approved(home) if not one.is_revoked and one != but]
    return max(standing, key=lambda one: one.approved_at, default=None)


def named(home: Home, name: str) -> Edition:
    """The edition of a name, revoked or not. Raises UnknownBuild."""
    folder = home.editions / name
    if not (folder / EDITION).is_file():
        known = "、".join(one.edition for one in approved(home)) or "无"
        raise UnknownBuild(f"没有版次 {name}；有 (there are): {known}")
    return read(folder)


def numbered(home: Home, period: str) -> list[Edition]:
    """The editions of a period, revoked ones included, by number. Raises ValueError for no period."""
    if not PERIOD.fullmatch(period):
        raise ValueError(f"期次写作 2025、2025Q3 或 2025-07 (a period is written so): {period}")
    return [one for one in approved(home) if one.period == period]


def next_name(home: Home, period: str, used: Iterable[str] = ()) -> str:
    """The name of a period's next edition: 2025-07 → 2025-07.1, then .2; a number is never used again.

    used: names that the ledger knows, of editions whose folders may be gone.
    """
    names = [one.rpartition(".") for one in (*(one.edition for one in numbered(home, period)), *used)]
    numbers = [int(number) for of, _, number in names if of == period and number.isdecimal()]
    return f"{period}.{max(numbers, default=0) + 1}"


def edition_of(home: Home, period: str, build_id: str) -> Edition | None:
    """The edition of a period that a build is already; None where it is none that stands."""
    return next((one for one in numbered(home, period) if one.build_id == build_id and not one.is_revoked), None)


def approve(
    home: Home,
    period: str,
    build: Path,
    *,
    approved_by: str,
    because: str = "",
    closes: Sequence[str] = (),
    login: str = "",
    used: Iterable[str] = (),
) -> tuple[Edition, bool]:
    """Make a build's folder the next edition of a period; gives it, and whether it is new.

    The build's files are linked into a folder of their own, which nothing removes. A build again is the edition that it
    is already. Raises UnknownBuild when the build is gone or damaged, ValueError for no period, locks.Busy, OSError.
    """
    with publisher(home):
        if not (build / builds.MANIFEST).is_file():
            raise UnknownBuild(f"构建已不在 (the build is gone): {build.name}")
        home.editions.mkdir(parents=True, exist_ok=True)
        remove_leftovers(home.editions)
        if known := edition_of(home, period, build.name):
            return known, False
        if not builds.is_intact(build):
            raise UnknownBuild(
                f"构建已损坏，不能批准；请用 warehouse publish --force 重新发布 (the build is damaged, publish again): {build.name}"
            )
        moment = datetime.now(UTC)
        new = Edition(
            next_name(home, period, used), period, build.name, approved_by, moment, because, tuple(closes), login
        )
        with whole_folder(home.editions / new.edition) as folder:
            shutil.copytree(build, folder, dirs_exist_ok=True, copy_function=_link)
            stored = {name: value for name, value in asdict(new).items() if not name.startswith("revoked_")}
            stored["approved_at"] = moment.isoformat()
            (folder / EDITION).write_text(json.dumps(stored, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return new, True


def revoke(home: Home, name: str, *, revoked_by: str, because: str) -> tuple[Edition, bool]:
    """Mark an edition as revoked: it stays, with its files as they were approved; gives it, and whether that is new.

    Raises UnknownBuild, locks.Busy, OSError.
    """
    with publisher(home):
        before = named(home, name)
        if before.is_revoked:
            return before, False
        stored = {
            "revoked_by": revoked_by,
            "revoked_at": datetime.now(UTC).isoformat(),
            "revoked_because": because,
        }
        folder = home.editions / name
        with whole_file(folder / REVOKED) as temporary:
            temporary.write_text(json.dumps(stored, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return read(folder), True


def keep(folder: Path, into: Home) -> None:
    """Copy an edition, whole, into a home that has none of that name. Raises FileExistsError or OSError (ENOTEMPTY)
    where it has.
    """
    with publisher(into), whole_folder(into.editions / folder.name) as kept:
        shutil.copytree(folder, kept, dirs_exist_ok=True)


def _link(source: str, target: str) -> str:
    """The same file under a second name: it costs nothing, and stays when the build goes. Copied where the disk knows
    no links.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def folder_of(home: Home, name: str) -> Path:
    """Folder of an edition (2025-07.1), of a build by its id, or of `current` or `previous`. Raises UnknownBuild."""
    folder = home.editions / name
    if not (folder / builds.MANIFEST).is_file():
        folder = home.builds / _build_id(home, name)
    if not all((folder / file).is_file() for file in (builds.MANIFEST, DATABASE)):
        raise _unknown(home, f"没有这次构建或版次 {name} (no such build or edition)")
    return folder


def build_of(home: Home, name: str) -> str:
    """The id of the build that a name means: an edition's build, `current`, `previous`, or an id as it is, there or not.

    Raises UnknownBuild.
    """
    return read(home.editions / name).build_id if (home.editions / name / EDITION).is_file() else _build_id(home, name)


def _build_id(home: Home, name: str) -> str:
    if name not in ("current", "previous"):
        return name
    folder = builds.current(home)
    if folder is None and home.current.is_symlink():
        gone = f"current 的链接断了 (`current` leads to a build that is gone): {os.readlink(home.current)}"
        raise _unknown(home, f"{gone}；warehouse publish --force")
    if folder is None:
        raise UnknownBuild(
            "还没有发布的数据，用 warehouse load 收取并发布 (nothing is published yet; run warehouse load)"
        )
    if name == "current":
        return folder.name
    made = builds.read_manifest(folder)
    if not made or not made["previous"]:
        raise _unknown(home, "current 之前没有构建 (no build was published before the current one)")
    return str(made["previous"])


def _unknown(home: Home, why: str) -> UnknownBuild:
    names = [one.edition for one in approved(home)]
    names += [path.name for path in sorted(home.builds.glob("*")) if (path / builds.MANIFEST).is_file()]
    return UnknownBuild(f"{why}；有 (there are): {'、'.join(names) or '无'}")
