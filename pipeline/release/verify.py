"""Verify: ledger, archive, staged files, builds and editions held against each other. `warehouse verify` calls it.

Originals (ledger, archive, editions) come back only from a backup; what is derived (staged files, builds) is made again.
Nothing is changed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any, Literal

from sqlalchemy import text

from pipeline.release.approval_record import APPROVED, REVOKED
from pipeline.release.rebuild import unlike_approved
from warehouse import archive, builds, editions
from warehouse.durable import TEMPORARY, sha256_of
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.staged import NORMALIZATION_LOG_SUFFIX, lacks_normalization_log

Kind = Literal["missing", "damaged", "unknown", "unrecorded"]
Room = Literal["ledger", "archive", "staged", "builds", "editions"]
KINDS_ZH: dict[Kind, str] = {"missing": "缺失", "damaged": "损坏", "unknown": "来历不明", "unrecorded": "未登记"}
HASH_OF_STAGED = re.compile(r"-([0-9a-f]{12})\.parquet$")

FROM_BACKUP = (
    "原件只在备份里：warehouse restore <备份> --into {home} --file {path}",
    "only a backup has it: warehouse restore BACKUP --into {home} --file {path}",
)
LEDGER_FROM_BACKUP = (
    "从备份恢复到新的文件夹：warehouse restore <备份> --into <新仓库>",
    "restore a backup into a new folder: warehouse restore BACKUP --into NEW",
)
MADE_AGAIN = (
    "可重新生成：删去该文件，下次 warehouse publish 会从存档重新读取",
    "derived: remove the file, the next `warehouse publish` reads the archive again",
)
READ_AGAIN = (
    "归一化记录可重新生成：下次 warehouse load 或 warehouse publish 会从存档重新读取",
    "derived: the next `warehouse load` or `warehouse publish` reads the archive again",
)
BUILT_AGAIN = (
    "可重新生成：warehouse publish --force",
    "derived: warehouse publish --force",
)
LEFT_BY_A_CRASH = (
    "中断时留下，不影响任何数字；确认无用后可删",
    "left by something that was interrupted; no figure depends on it; may be removed",
)
NEVER_ENTERED = (
    "已存档而未登记：原文件若已不在收件箱，请把它放回收件箱",
    "archived but never entered: if its file is no longer in the inbox, put it there again",
)
NOT_APPROVED = (
    "台账没有记下批准：若内容无误，请再批准一次：warehouse approve {build} --period {period} --because …",
    "the ledger has no record of its approval; if it is right, approve it again by that command",
)
NOT_REVOKED = (
    "台账没有记下撤销：若确已撤销，请再撤销一次：warehouse revoke {edition} --because …",
    "the ledger has no record of its revocation; if it is right, revoke it again by that command",
)
NO_PUBLICATION = (
    "台账没有记下发布：再运行 warehouse publish",
    "the ledger does not know it: run warehouse publish again",
)


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it should be. path: relative to the home; is_original: only a backup has it."""

    kind: Kind
    room: Room
    path: str
    detail: str
    is_original: bool
    remedy: str
    remedy_en: str


@dataclass(frozen=True)
class Verified:
    """What was looked at, by room, and what was found."""

    checked: dict[str, int]
    findings: tuple[Fault, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"checked": self.checked, "findings": [asdict(one) for one in self.findings]}

    def lines(self) -> Iterator[str]:
        """For people: what was looked at, then each finding with its remedy."""
        yield "已核对 (verified): " + "，".join(f"{room} {count}" for room, count in self.checked.items())
        for one in self.findings:
            yield f"{KINDS_ZH[one.kind]} ({one.kind}) {one.path} {one.detail}".rstrip()
            yield f"  → {one.remedy} ({one.remedy_en})"
        if not self.findings:
            yield "没有发现问题 (nothing found)"


def verify(home: Home, progress: Callable[[str], None] = lambda line: None) -> Verified:
    """Hold what lies in a home against its ledger, and every file against its hash.

    Raises warehouse.ledger.LedgerMissing, WrongLedger.
    """
    checked: Counter[str] = Counter()
    found: list[Fault] = []
    with Ledger.open(home) as ledger:
        submissions = ledger.submissions()
        rooms: dict[Room, Iterator[tuple[int, Iterable[Fault]]]] = {
            "ledger": _ledger(home, ledger),
            "archive": _archive(home, submissions),
            "staged": _staged(home, submissions),
            "builds": _builds(home, ledger),
            "editions": _editions(home, ledger),
        }
        for room, parts in rooms.items():
            progress(f"核对 (verifying) {room}")
            for count, faults in parts:
                checked[room] += count
                found += faults
    return Verified(dict(checked), tuple(found))


def _fault(
    home: Home, kind: Kind, room: Room, path: Path | str, remedy: tuple[str, str], detail: str = ""
) -> list[Fault]:
    recorded = path if isinstance(path, str) else home.relative(path)
    zh, en = (one.format(home=quote(str(home.root)), path=quote(recorded)) for one in remedy)
    return [Fault(kind, room, recorded, detail, remedy in (FROM_BACKUP, LEDGER_FROM_BACKUP), zh, en)]


def _ledger(home: Home, ledger: Ledger) -> Iterator[tuple[int, Iterable[Fault]]]:
    where = home.relative(home.ledger_file) if home.ledger_server is None else "ledger"
    said = "ok"
    if ledger.engine.dialect.name == "sqlite":
        with ledger.reading() as connection:
            said = connection.execute(text("pragma integrity_check")).scalars().first() or ""
    yield 1, [] if said == "ok" else _fault(home, "damaged", "ledger", where, LEDGER_FROM_BACKUP, said)
    unbalanced = [one.submission_id for one in ledger.balance() if not one.is_balanced]
    if unbalanced:
        detail = f"行数不平 (rows do not balance): {', '.join(unbalanced)}"
        yield 0, _fault(home, "damaged", "ledger", where, LEDGER_FROM_BACKUP, detail)


def _archive(home: Home, submissions: list[Submission]) -> Iterator[tuple[int, Iterable[Fault]]]:
    known = {}
    for one in submissions:
        known[one.archived_as] = one
    for recorded, one in known.items():
        folder = home.absolute(recorded)
        if not folder.is_dir() or not any(folder.iterdir()):
            yield 1, _fault(home, "missing", "archive", recorded, FROM_BACKUP, one.file_name)
        elif archive.content_hash(sorted(folder.iterdir())) != one.sha256:
            yield 1, _fault(home, "damaged", "archive", recorded, FROM_BACKUP, one.file_name)
        else:
            yield 1, []
    for folder in sorted(home.archive.glob("*/*")):
        if home.relative(folder) not in known:
            remedy = LEFT_BY_A_CRASH if folder.name.startswith(TEMPORARY) else NEVER_ENTERED
            yield 0, _fault(home, "unknown", "archive", folder, remedy)


def _staged(home: Home, submissions: list[Submission]) -> Iterator[tuple[int, Iterable[Fault]]]:
    known = {one.staged_as: one for one in submissions if one.staged_as}
    for recorded, one in known.items():
        path, named = home.absolute(recorded), HASH_OF_STAGED.search(recorded)
        if not path.is_file():
            yield 1, _fault(home, "missing", "staged", recorded, MADE_AGAIN, one.file_name)
        elif named and not sha256_of(path).startswith(named[1]):
            yield 1, _fault(home, "damaged", "staged", recorded, MADE_AGAIN, one.file_name)
        else:
            yield 1, []
        if lacks_normalization_log(home, recorded, one.notes):
            gone = f"{recorded.removesuffix('.parquet')}.*{NORMALIZATION_LOG_SUFFIX}"
            yield 0, _fault(home, "missing", "staged", gone, READ_AGAIN, one.file_name)
    stems = {home.absolute(recorded).with_suffix("") for recorded in known}
    for path in sorted(home.staged.rglob("*")):
        if path.is_file() and path.with_name(path.name.partition(".")[0]) not in stems:
            yield 0, _fault(home, "unknown", "staged", path, LEFT_BY_A_CRASH)


def _builds(home: Home, ledger: Ledger) -> Iterator[tuple[int, Iterable[Fault]]]:
    recorded = {one.build_id: one for one in ledger.publications()}
    folders = {path.name: path for path in sorted(home.builds.glob("*"))}
    for name, folder in folders.items():
        if name.startswith(TEMPORARY):
            yield 0, _fault(home, "unknown", "builds", folder, LEFT_BY_A_CRASH)
        elif not _is_intact(folder):
            yield 1, _fault(home, "damaged", "builds", folder, BUILT_AGAIN)
        elif name not in recorded:
            yield 1, _fault(home, "unrecorded", "builds", folder, NO_PUBLICATION)
        else:
            yield 1, []
    current = ledger.current_publication()
    if current is not None and current.build_id not in folders:
        yield 0, _fault(home, "missing", "builds", current.path, BUILT_AGAIN)
    pointed = builds.current(home)
    if home.builds.is_dir() and folders and (pointed is None or pointed.name not in folders):
        yield 0, _fault(home, "missing", "builds", home.relative(home.current), BUILT_AGAIN)


def _is_intact(folder: Path) -> bool:
    try:
        return builds.is_intact(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _editions(home: Home, ledger: Ledger) -> Iterator[tuple[int, Iterable[Fault]]]:
    approvals = {event.detail["edition"]: event.detail for event in ledger.events(actions=[APPROVED])}
    revocations = {event.detail["edition"]: event.detail for event in ledger.events(actions=[REVOKED])}
    for name, detail in approvals.items():
        folder = home.editions / name
        if not (folder / editions.EDITION).is_file():
            yield 1, _fault(home, "missing", "editions", folder, FROM_BACKUP)
        elif reason := unlike_approved(folder, detail, ledger) or _unlike_revoked(folder, revocations.get(name)):
            yield 1, _fault(home, "damaged", "editions", folder, FROM_BACKUP, reason)
        elif editions.read(folder).is_revoked and name not in revocations:
            yield 1, _fault(home, "unrecorded", "editions", folder, _of(name, NOT_REVOKED))
        else:
            yield 1, []
    for folder in sorted(home.editions.glob("*")):
        if folder.name in approvals:
            continue
        if folder.name.startswith(TEMPORARY) or not (folder / editions.EDITION).is_file():
            yield 1, _fault(home, "unknown", "editions", folder, LEFT_BY_A_CRASH)
        else:
            known = editions.read(folder)
            remedy = _of(known.edition, NOT_APPROVED, build=known.build_id, period=known.period)
            yield 1, _fault(home, "unrecorded", "editions", folder, remedy)


def _unlike_revoked(folder: Path, recorded: Mapping[str, Any] | None) -> str | None:
    """Why an edition that the ledger has as revoked is not revoked so in its folder."""
    known = editions.read(folder)
    if recorded is None or (known.revoked_by, known.revoked_because) == (recorded["revoked_by"], recorded["because"]):
        return None
    return "撤销与台账所记不符 (its revocation is not what the ledger says)"


def _of(edition: str, remedy: tuple[str, str], **names: str) -> tuple[str, str]:
    """A remedy with the names of an edition put in."""
    zh, en = (one.format(edition=edition, **names) for one in remedy)
    return zh, en
