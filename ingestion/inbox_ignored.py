"""What lies in the inbox and is not taken, each with the reason and what to do. Called by `pipeline.intake.inbox` for the
command `warehouse status`.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from contracts.model import Title
from ingestion.inbox import SET_ASIDE, is_unfinished
from ingestion.inbox_claims import CLAIMED
from ingestion.inbox_limits import DEEPEST_FOLDER
from ingestion.readers.zip_members import is_junk

Reason = Literal["link", "special", "hidden", "unfinished", "too_deep", "unreadable", "set_aside", "claimed", "stays"]

REASONS: dict[Reason, Title] = {
    "link": Title(zh="是链接，不跟随；请放入文件本身", en="a link, which is not followed: put the file itself there"),
    "special": Title(
        zh="是管道、设备等，不是普通文件，从不打开；请删除", en="a pipe, device or socket, never opened: remove it"
    ),
    "hidden": Title(
        zh="隐藏文件或程序自动留下的文件；如要报送请改名",
        en="hidden, or left there by a program: rename it if it is to be sent",
    ),
    "unfinished": Title(
        zh="临时文件或未传完的文件；传完改名后自动接收",
        en="temporary, or not yet transferred whole: it is taken when it has its own name",
    ),
    "too_deep": Title(
        zh=f"在 {DEEPEST_FOLDER} 层以下的文件夹里；请移到“报表/单位/”之下",
        en=f"in a folder more than {DEEPEST_FOLDER} deep: move it to <dataset>/<sender>/",
    ),
    "unreadable": Title(
        zh="没有读取权限；请授予本系统读取权限，之后自动接收",
        en="no permission to read it: grant it, and it is taken",
    ),
    "set_aside": Title(
        zh="未能接收，原因写在旁边；更正后重新放入收件箱",
        en="could not be received, the reason lies beside it: put it into the inbox again when that is put right",
    ),
    "claimed": Title(
        zh="已取走，尚未入账或仍被占用；下次运行自动继续",
        en="claimed, not yet entered or still open elsewhere: the next run goes on with it",
    ),
    "stays": Title(
        zh="已接收，但无法从收件箱移走；未改动则不再接收",
        en="received, but it cannot be removed: it is not taken again unless it changes",
    ),
}


@dataclass(frozen=True)
class Ignored:
    """A file or folder of the inbox that is not taken. path: relative to the inbox."""

    path: str
    reason: Reason

    @property
    def words(self) -> Title:
        return REASONS[self.reason]

    def as_dict(self) -> dict[str, Any]:
        """The public form."""
        return {"path": self.path, "reason": self.reason, "message": self.words.zh, "message_en": self.words.en}


def ignored(inbox: Path) -> list[Ignored]:
    """Everything in the inbox that `ingestion.inbox.scan` leaves alone, by path; a folder that is left alone as a whole
    is one entry. Nothing is opened.
    """
    return sorted(_below(inbox, inbox, 0), key=lambda one: one.path)


def _below(inbox: Path, folder: Path, depth: int) -> Iterator[Ignored]:
    def found(name: str, reason: Reason) -> Ignored:
        path = os.fsencode((folder / name).relative_to(inbox)).decode(errors="replace")
        return Ignored(path, reason)

    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    except OSError:
        if depth:
            yield found("", "unreadable")
        return
    for entry in entries:
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError:  # it has just gone
            continue
        if depth == 0 and entry.name in (CLAIMED, SET_ASIDE):
            reason: Reason = "claimed" if entry.name == CLAIMED else "set_aside"
            yield from (found(f"{entry.name}/{name}", reason) for name in _names(entry.path))
        elif stat.S_ISLNK(mode):
            yield found(entry.name, "link")
        elif is_junk(entry.name):
            yield found(entry.name, "hidden")
        elif is_unfinished(entry.name):
            yield found(entry.name, "unfinished")
        elif stat.S_ISDIR(mode):
            if depth < DEEPEST_FOLDER:
                yield from _below(inbox, folder / entry.name, depth + 1)
            elif _names(entry.path):
                yield found(entry.name, "too_deep")
        elif not stat.S_ISREG(mode):
            yield found(entry.name, "special")
        elif not os.access(entry.path, os.R_OK):
            yield found(entry.name, "unreadable")


def _names(folder: str) -> list[str]:
    """What a folder holds; of claims, the files themselves."""
    if os.path.basename(folder) == CLAIMED:
        return [
            os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names
        ]
    try:
        return os.listdir(folder)
    except OSError:
        return []
