"""docs/licences.md: the licence of every locked package, as the package itself declares it.

`dev.generate` writes it. A package that this Python does not install keeps the licence that the report has; one that the
report does not have either is "unknown" there until it is written where the package is installed.
"""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dev.lock import LOCK, locked, runtime
from warehouse.home import CHECKOUT

REPORT = CHECKOUT / "docs" / "licences.md"
UNKNOWN = "unknown"
LONGEST_NAME = 60  # characters: what is longer in the field License is the text of the licence
ROW = re.compile(r"^\| (?P<name>\S+) \| (?P<version>\S+) \| (?P<licence>.+) \| .* \|$", re.M)
# Licences that ask something of whoever changes and passes on the package itself: to be looked at before it is done.
COPYLEFT = re.compile(r"GPL|MPL|Mozilla|Eclipse|EPL|CDDL", re.I)
HEAD = """# 依赖的许可证 Licences of what is installed

每个锁定的软件包自己声明的许可证。`make generate` 写成；“服务器”一列为运行所需（`requirements-runtime.lock`），其余只供开发。
The licence that each locked package declares, written by `make generate`. Marked "server": needed to run (`requirements-runtime.lock`).
"""


def licence_report(report: Path = REPORT) -> str:
    """docs/licences.md. report: the one before."""
    before = report.read_text(encoding="utf-8") if report.is_file() else ""
    known = {(row["name"], row["version"]): row["licence"] for row in ROW.finditer(before)}
    needed = {(one.name, one.version) for one in runtime()}
    rows, copyleft = [], []
    for one in locked(LOCK.read_text(encoding="utf-8")):
        key = (one.name, one.version)
        licence = _installed(*key) or known.get(key, UNKNOWN)
        rows.append(f"| {one.name} | {one.version} | {licence} | {'是 yes' if key in needed else ''} |")
        if COPYLEFT.search(licence) and one.name not in copyleft:
            copyleft.append(one.name)
    return "\n".join(
        [
            HEAD,
            f"对修改后再分发有要求的 with conditions for whoever changes and passes on the package itself: {', '.join(copyleft)}.",
            "它们不加改动、原样安装。They are installed as they are.\n",
            "| 软件包 package | 版本 version | 许可证 licence | 服务器 server |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _installed(name: str, version: str) -> str | None:
    """The licence that the installed package declares; None where this version of it is not installed."""
    try:
        declared = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if declared["Version"] != version:
        return None
    if expressions := declared.get_all("License-Expression"):
        return str(expressions[0])
    classifiers = declared.get_all("Classifier") or []
    if names := [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: OSI Approved ::")]:
        return " / ".join(names)
    texts = [(declared.get_all("License") or [""])[0], *_licence_files(name)]
    firsts = [text.strip().partition("\n")[0] for text in texts]
    return next((first for first in firsts if first and len(first) <= LONGEST_NAME), UNKNOWN)


def _licence_files(name: str) -> Iterator[str]:
    """The texts of the licence files that an installed package brings; their first line says which licence it is."""
    for file in metadata.files(name) or ():
        if file.name.upper().startswith("LICEN") and ".dist-info" in str(file.parent):
            yield file.read_text(encoding="utf-8")
