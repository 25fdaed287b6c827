"""What protects a home on this system: how the processes that read strangers' files are kept, and who has rights on its files.
`warehouse doctor` shows it.
"""

from dataclasses import dataclass
from itertools import islice
from shlex import quote
from typing import Any

from ingestion import sandbox
from ingestion.sandbox import Held
from warehouse.home import Home

NAMED = 5  # of the files that are too open: one command puts all right
FILES = {
    "landlock": ("由内核 Landlock 限定在指定的文件内", "kept to named files by the kernel's Landlock"),
    "mounts": ("在只含指定文件的独立文件系统内", "in a file system of its own with the named files only"),
    "user": ("以无特权用户运行", "run as a user without privileges"),
    "none": (
        "没有限定：需要 Landlock（Linux 6.2 起）或用户命名空间",
        "not kept: Landlock (from Linux 6.2) or user namespaces are needed",
    ),
}
NETWORK = {
    True: ("不能联网", "without network"),
    False: ("没有与网络隔开：需要网络命名空间", "not cut off: network namespaces are needed"),
}
CALLS = {
    True: ("不能启动程序、进程和套接字", "no programs, processes or sockets"),
    False: ("没有限定：需要 libseccomp", "not kept: libseccomp is needed"),
}


@dataclass(frozen=True)
class Protection:
    """One thing that protects the home: whether it holds, and how or why not. code: for programs."""

    code: str
    holds: bool
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """The public form."""
        return {"code": self.code, "holds": self.holds, "zh": self.zh, "en": self.en}


def protections(home: Home) -> list[Protection]:
    """What protects a home here and now; starts the sandbox's host for it, and changes nothing."""
    return [*_of_reading(sandbox.held()), _of_files(home)]


def _of_reading(held: Held) -> list[Protection]:
    early = held.files == "landlock" and not held.guards_length
    files_zh, files_en = FILES[held.files]
    if early:
        files_zh += f"，但版本 {held.landlock_abi} 不管截短文件"
        files_en += f", whose version {held.landlock_abi} does not keep files from being cut short"
    return [
        Protection("reading_files", held.files != "none" and (not early or held.calls), files_zh, files_en),
        Protection("reading_network", held.network, *NETWORK[held.network]),
        Protection("reading_calls", held.calls, *CALLS[held.calls]),
    ]


def _of_files(home: Home) -> Protection:
    found = list(islice(home.too_open(), NAMED + 1))
    if not found:
        return Protection(
            "home_modes",
            True,
            "他人无权读取；日志与密钥只归属主",
            "closed to others; logs and secrets are the owner's alone",
        )
    names = "、".join(home.relative(path) for path in found[:NAMED]) + (" …" if len(found) > NAMED else "")
    root, logs, airflow = (quote(str(path)) for path in (home.root, home.logs, home.airflow))
    remedy = f"chmod -R o= {root}; chmod -R go= {logs}; chmod -f go= {airflow}/*.json {airflow}/airflow.db"
    return Protection(
        "home_modes", False, f"权限过宽：{names}。请运行 {remedy}", f"too open: {names}; run the command that is named"
    )
