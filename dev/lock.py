"""The lock of what a server needs: requirements.lock without the packages that only developers need.

`dev.generate` writes it; the Dockerfile installs it. Versions and hashes are those of requirements.lock, and so is who
wants what: uv notes it below each package ("via").
"""

import re
from typing import NamedTuple

from warehouse.home import CHECKOUT

LOCK = CHECKOUT / "requirements.lock"
RUNTIME_LOCK = CHECKOUT / "requirements-runtime.lock"
PROJECT = "shangdang-restoration-warehouse (pyproject.toml)"
VIA = re.compile(r"^    #   (?:via )?(.+)$|^    # via (.+)$")


class Locked(NamedTuple):
    """One package of a lock: its name, version, the text that pip reads, and by whom it is wanted."""

    name: str
    version: str
    text: str
    wanted_by: tuple[str, ...]


def locked(text: str) -> list[Locked]:
    """The packages of a lock that uv wrote, in its order."""
    found = []
    for block in re.split(r"^(?=\S+==)", text, flags=re.M):
        if "==" not in block:
            continue
        name, _, rest = block.partition("==")
        wanted_by = tuple(match[1] or match[2] for line in block.splitlines() if (match := VIA.match(line)))
        found.append(Locked(name, re.split(r"[\s;\\]", rest, maxsplit=1)[0], block, wanted_by))
    return found


def runtime() -> list[Locked]:
    """The packages of requirements.lock that the project's own dependencies lead to."""
    packages = locked(LOCK.read_text(encoding="utf-8"))
    needed = {one.name for one in packages if PROJECT in one.wanted_by}
    while more := {one.name for one in packages if needed.intersection(one.wanted_by)} - needed:
        needed |= more
    return [one for one in packages if one.name in needed]


def runtime_lock() -> str:
    """requirements-runtime.lock."""
    return "".join(one.text for one in runtime())
