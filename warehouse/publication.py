"""Publishing, rolling back and keeping of builds: each a few steps in the ledger and the file system, in an order in which
whatever is interrupted is finished or undone by `recover`. `pipeline.build` and `pipeline.release` call it.

A publication: the folder is written, the ledger enters it as prepared, `current` moves, the ledger makes it current.
A rollback: the ledger pins the older build, `current` moves, the ledger makes it current.
"""

import logging
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse import builds, editions, notices
from warehouse.builds import MANIFEST, NewBuild, current, is_intact, manifest, point, read_manifest, write_build
from warehouse.durable import remove_leftovers, temporary_beside
from warehouse.home import Home
from warehouse.ledger import Ledger, Publication
from warehouse.locks import publisher
from warehouse.marts import DATABASE, Mart
from warehouse.pins import Pinned, pinned
from warehouse.settings import Retention, read_settings

APPROVED = "approved"
"""Action of the audit trail's event of an approval; its detail names the build."""
UNFINISHED_FOR = timedelta(minutes=10)
"""Age of its manifest up to which a whole build that the ledger does not know is taken for what an interrupted publication
left: milliseconds lie between the two, and the next run mostly looks within minutes."""
DAMAGED_REMEDY = (
    "下一次构建重新发布：warehouse publish --force；要用较早的一版：warehouse rollback 构建 "
    "(the next build publishes anew: warehouse publish --force; for an earlier one: warehouse rollback BUILD)"
)
CUT_SHORT = "的清单或数据库缺失或残缺 (its manifest or database is missing or cut short)"
UNKNOWN = "完整，但台账里没有 (is whole, but not in the ledger)"
UNKNOWN_REMEDY = (
    "多半是台账被换成了较早的一份：那以后的报送与决定也不在其中。先停 (make down)，换回最新的台账（或 warehouse restore 备份 --into "
    "新仓库），再把文件夹移回 published/builds/（去掉末尾的时间）；确属中断的发布遗留的，可以删去 (most likely an older ledger was put "
    "back, which lacks later submissions and decisions too: stop, put the newest ledger back or restore a backup, then move the "
    "folder back into published/builds/ without the time at its end; what an interrupted publication left may be removed)"
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published:
    """The build that is current after publishing. is_new: False when it already was."""

    build_id: str
    path: Path
    is_new: bool


def publish(
    home: Home,
    ledger: Ledger,
    new: NewBuild,
    *,
    build_db: Path,
    tables: Sequence[str],
    data_docs: Path | None = None,
    also: Callable[[Path], None] = lambda folder: None,
    fill: Callable[[Path, Path | None, Path], dict[str, Mart]] = lambda database, before, parquet: {},
    is_forced: bool = False,
    check_lease: Callable[[], None] = lambda: None,
) -> Published:
    """Write a build's folder and make it the current one; parameters as of `builds.write_build`.

    What is made of the same as the current build changes nothing, unless is_forced. check_lease: raises where another
    build took over while the folder was written; then nothing is published. Whatever fails or is killed,
    readers have the one build or the other, whole; builds that are kept no longer go.
    Raises Pinned, builds.ContentMismatch, locks.Busy, settings.InvalidSettings, ValueError, duckdb.Error, OSError.
    """
    home.builds.mkdir(parents=True, exist_ok=True)
    with publisher(home):
        recover(home, ledger)
        made = manifest(home)
        if made and not is_forced and new.is_made_of(made):
            return Published(made["build_id"], home.builds / made["build_id"], is_new=False)
        if held := pinned(ledger):
            raise Pinned(held)
        retention = read_settings(home).retention  # before anything moves: it may be invalid
        path = write_build(home, new, build_db=build_db, tables=tables, data_docs=data_docs, also=also, fill=fill)
        check_lease()
        _enter(home, ledger, path, new.inputs_fingerprint, new.content_hash)
        point(home, new.build_id)
        ledger.make_current(new.build_id)
        prune(home, ledger, retention)
        return Published(new.build_id, path, is_new=True)


def _enter(home: Home, ledger: Ledger, folder: Path, inputs_fingerprint: str, content_hash: str | None) -> None:
    ledger.prepare_publication(
        folder.name, inputs_fingerprint=inputs_fingerprint, path=home.relative(folder), content_hash=content_hash
    )


def roll_back(home: Home, ledger: Ledger, build_id: str, *, because: str, decided_by: str) -> Publication:
    """Make a build that was published before the current one, and pin it: it stays until it is released.

    Raises ValueError for one that was never published, is gone or damaged, locks.Busy, OSError.
    """
    with publisher(home):
        recover(home, ledger)
        check_can_roll_back(home, ledger, build_id)
        ledger.pin(build_id, because=because, decided_by=decided_by)
        _finish_rollback(home, ledger, build_id)
    return next(one for one in ledger.publications() if one.build_id == build_id)


def check_can_roll_back(home: Home, ledger: Ledger, build_id: str) -> None:
    """Raises ValueError where a build cannot be made current again: never published, gone, or damaged."""
    known = [one.build_id for one in ledger.publications() if is_whole(home.builds / one.build_id)]
    if build_id not in known:
        names = [*(one.edition for one in editions.approved(home) if one.build_id in known), *known]
        raise ValueError(
            f"没有可以回到的构建 {build_id}，有 (no such published build; there are): {'、'.join(names) or '无'}"
        )
    if not is_intact(home.builds / build_id):
        raise ValueError(f"构建 {build_id} 的文件与其清单不符，不能回到它 (its files are not those of its manifest)")


def _finish_rollback(home: Home, ledger: Ledger, build_id: str) -> None:
    point(home, build_id)
    ledger.make_current(build_id, former="rolled_back")


def is_whole(folder: Path) -> bool:
    """Whether a build's folder has a database and a manifest of its own that can be read: what readers need."""
    made = read_manifest(folder)
    return made is not None and made.get("build_id") == folder.name and (folder / DATABASE).is_file()


def _is_same(folder: Path, other: Path | None) -> bool:
    """Whether a build's folder is the one that `current` leads to, by `builds.current`, which follows links."""
    return other is not None and folder.resolve() == other


def recover(home: Home, ledger: Ledger) -> list[str]:
    """Finish or undo what was interrupted, and set aside what is damaged; gives a line for each thing done.

    Called before anything is published or rolled back. What is set aside is entered as a notice; a damaged build that
    readers still use stays until another takes its place.
    """
    home.builds.mkdir(parents=True, exist_ok=True)
    with publisher(home):
        for folder in (home.published, home.builds):
            remove_leftovers(folder)
        done = [*_free_the_link(home, ledger)]
        linked = current(home)
        done += _finish_prepared(home, ledger, linked)
        known = {one.build_id for one in (*ledger.publications(), *ledger.publications("prepared"))}
        for folder in sorted(path for path in home.builds.iterdir() if path.is_dir()):
            done += _settle_folder(
                home, ledger, folder, is_known=folder.name in known, is_linked=_is_same(folder, linked)
            )
        done += _repair_link(home, ledger)
    for line in done:
        log.warning(line)
    return done


def _free_the_link(home: Home, ledger: Ledger) -> list[str]:
    """Where something stands in the place of `current` that is no link, set it aside."""
    if home.current.is_symlink() or not home.current.exists():
        return []
    return [
        _set_aside(
            home, ledger, home.current, "在 current 的位置上，却不是链接 (is in the place of `current`, and no link)"
        )
    ]


def _finish_prepared(home: Home, ledger: Ledger, linked: Path | None) -> list[str]:
    """A publication that was interrupted: finished where `current` has moved, else undone. Likewise a rollback."""
    done = []
    for one in ledger.publications("prepared"):
        folder = home.absolute(one.path)
        if _is_same(folder, linked) and is_whole(folder):
            ledger.make_current(one.build_id)
            done.append(f"发布中断，已补记 (an interrupted publication was finished): {one.build_id}")
            continue
        ledger.forget_prepared(one.build_id)
        if folder.is_dir() and not _is_same(folder, linked):
            _remove(folder)
        done.append(f"发布中断，已撤销 (an interrupted publication was undone): {one.build_id}")
    pins = [one for one in ledger.publications() if one.pinned_at is not None and one.state != "current"]
    for one in sorted(pins, key=lambda one: one.pinned_at or one.prepared_at):
        if is_whole(home.builds / one.build_id):
            _finish_rollback(home, ledger, one.build_id)
            done.append(f"回退中断，已完成 (an interrupted rollback was finished): {one.build_id}")
    return done


def _settle_folder(home: Home, ledger: Ledger, folder: Path, *, is_known: bool, is_linked: bool) -> list[str]:
    """One build's folder: a damaged one is set aside. One that the ledger does not know is recorded where readers use it,
    removed where it was just written by a publication that was interrupted, and else set aside: an older ledger may have
    been put back, which does not know what was published since.
    """
    made = read_manifest(folder)
    if not is_whole(folder) or made is None:
        return [] if is_linked else [_set_aside(home, ledger, folder, CUT_SHORT)]
    if is_known:
        return []
    if is_linked:
        _enter(home, ledger, folder, made["inputs_fingerprint"], made.get("content_hash"))
        ledger.make_current(folder.name)
        return [f"当前版本未入台账，已补记 (the current build was not in the ledger; recorded): {folder.name}"]
    if datetime.now(UTC) - datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC) > UNFINISHED_FOR:
        return [_set_aside(home, ledger, folder, UNKNOWN, UNKNOWN_REMEDY)]
    _remove(folder)
    return [f"从未发布的构建，已删除 (a build that was never published was removed): {folder.name}"]


def _repair_link(home: Home, ledger: Ledger) -> list[str]:
    """Make `current` lead where the ledger says, where that build is whole."""
    one = ledger.current_publication()
    if one is None or _is_same(home.builds / one.build_id, current(home)) or not is_whole(home.builds / one.build_id):
        return []
    point(home, one.build_id)
    return [f"current 与台账不符，已指回 (`current` did not lead where the ledger says; repaired): {one.build_id}"]


def _set_aside(home: Home, ledger: Ledger, path: Path, what: str, remedy: str = DAMAGED_REMEDY) -> str:
    home.damaged_builds.mkdir(parents=True, exist_ok=True)
    aside = home.damaged_builds / f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    os.rename(path, aside)
    line = f"{path.name} {what}，已移到 (set aside as) {aside}"
    notices.notify(
        home,
        ledger,
        "build_damaged",
        f"damaged {aside.name}",
        f"已发布的构建已移开 (a published build was set aside): {path.name}",
        f"{line}。{remedy}",
    )
    return line


def _remove(folder: Path) -> None:
    """Remove a build's folder. Renamed first: it is there whole or not at all, also when this is killed half-way."""
    doomed = temporary_beside(folder)
    folder.rename(doomed)
    shutil.rmtree(doomed)


def prune(home: Home, ledger: Ledger, retention: Retention, now: datetime | None = None) -> list[str]:
    """Remove builds that another replaced longer ago than is kept; gives their ids. Who has one open keeps reading it.

    Kept in any case: the current one, the last ones, those pinned, and those approved.
    """
    oldest = (now or datetime.now(UTC)) - timedelta(days=retention.days)
    with publisher(home):
        every = sorted(ledger.publications(), key=lambda one: one.published_at or one.prepared_at)
        kept = {one.build_id for one in every[-retention.builds :]}
        kept |= {str(event.detail["build_id"]) for event in ledger.events(actions=[APPROVED])}
        pointed = current(home)
        removed = []
        for one in every:
            folder = home.builds / one.build_id
            is_old = one.superseded_at is not None and one.superseded_at < oldest and one.pinned_at is None
            if is_old and one.build_id not in kept and not _is_same(folder, pointed) and folder.is_dir():
                _remove(folder)
                removed.append(one.build_id)
    return removed


def last_whole_database(home: Home, ledger: Ledger) -> Path | None:
    """The database that the gate compares a new build with: the current one's, or, where that is gone, that of the last
    published build that is still there.
    """
    if found := builds.database(home):
        return found
    every = sorted(ledger.publications(), key=lambda one: one.published_at or one.prepared_at)
    folders = [home.builds / one.build_id for one in reversed(every)]
    return next((folder / DATABASE for folder in folders if is_whole(folder)), None)
