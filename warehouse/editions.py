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
from warehouse.durable import remove_leftovers, whole_folder
from warehouse.home import Home
from warehouse.locks import publisher
from warehouse.marts import DATABASE

EDITION = "edition.json"
PERIOD = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])|Q[1-4])?")


class UnknownBuild(LookupError):
    """There is no published build or edition of that name (any more)."""


@dataclass(frozen=True)
class Edition:
    """An approved build. period: the one that it is for; closes: `dataset period` of the reporting periods that it
    closed; login: who ran the approval, by the system or WAREHOUSE_ACTOR, beside the name that was given; "" of editions
    approved before it was recorded.
    """

    edition: str
    period: str
    build_id: str
    approved_by: str
    approved_at: datetime
    because: str
    closes: tuple[str, ...] = ()
    login: str = ""


def read(folder: Path) -> Edition:
    """The edition in a folder, as its edition.json describes it."""
    stored = json.loads((folder / EDITION).read_text(encoding="utf-8"))
    return Edition(
        **{**stored, "approved_at": datetime.fromisoformat(stored["approved_at"]), "closes": tuple(stored["closes"])}
    )


def approved(home: Home) -> list[Edition]:
    """Every edition, by period and number."""
    found = [read(path.parent) for path in home.editions.glob(f"*/{EDITION}")]
    return sorted(found, key=lambda one: (one.period, int(one.edition.rpartition(".")[2])))


def approve(
    home: Home,
    period: str,
    *,
    approved_by: str,
    because: str = "",
    closes: Sequence[str] = (),
    login: str = "",
    used: Iterable[str] = (),
) -> tuple[Edition, bool]:
    """Make the current build the next edition of a period: 2025-07 → 2025-07.1, then .2; gives it, and whether it is
    new.

    used: names of editions that the ledger knows: a number is never given again, also when its folder is gone.
    The build's files are linked into a folder of their own, which nothing removes. The current build again is the
    edition that it is already. Raises UnknownBuild when nothing is published, ValueError for no period, locks.Busy,
    OSError.
    """
    if not PERIOD.fullmatch(period):
        raise ValueError(f"期次写作 2025、2025Q3 或 2025-07 (a period is written so): {period}")
    with publisher(home):
        build = builds.current(home)
        if build is None:
            raise UnknownBuild("还没有发布的数据 (nothing is published yet)")
        home.editions.mkdir(parents=True, exist_ok=True)
        remove_leftovers(home.editions)
        earlier = [one for one in approved(home) if one.period == period]
        if known := [one for one in earlier if one.build_id == build.name]:
            return known[0], False
        new = Edition(
            f"{period}.{_next_number(home, period, used)}",
            period,
            build.name,
            approved_by,
            datetime.now(UTC),
            because,
            tuple(closes),
            login,
        )
        with whole_folder(home.editions / new.edition) as folder:
            shutil.copytree(build, folder, dirs_exist_ok=True, copy_function=_link)
            stored = {**asdict(new), "approved_at": new.approved_at.isoformat()}
            (folder / EDITION).write_text(json.dumps(stored, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return new, True


def _next_number(home: Home, period: str, used: Iterable[str]) -> int:
    """One more than the highest number of a period that any folder or the ledger knows."""
    names = [*used, *(path.name for path in home.editions.iterdir())]
    numbers = [name.rpartition(".")[2] for name in names if name.rpartition(".")[0] == period]
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0) + 1


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
    if name == "previous":
        made = builds.manifest(home)
        name = str(made["previous"]) if made and made["previous"] else name
    folder = (
        builds.current(home)
        if name == "current"
        else next(
            (path for path in (home.editions / name, home.builds / name) if (path / builds.MANIFEST).is_file()), None
        )
    )
    if folder is None or not (folder / DATABASE).is_file():
        known = [one.edition for one in approved(home)] + [
            path.name for path in sorted(home.builds.glob("*")) if path.is_dir()
        ]
        raise UnknownBuild(f"没有 {name}；有 (there are): {'、'.join(known) or '无'}")
    return folder
