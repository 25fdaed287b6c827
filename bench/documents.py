"""CPU seconds that a whole build of a home takes, and of them the report, and the workbooks with the circular.

Run: python -m bench.documents [HOME]. HOME: one that has taken in its submissions; it is copied, and the copy built twice,
the first time with all that Python imports. Without one, samples/clean and samples/2026 are taken in first. Promised are a
report in under 15 s, and a build that costs at most 1.5 times what it would without report and workbooks.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import times
from pathlib import Path
from typing import Any

from cli.demo import DEMO_INBOXES, submissions_below
from pipeline.build import documents, report
from pipeline.build import run as build
from pipeline.intake.inbox import drop
from pipeline.run import load
from warehouse.home import Home

MEASURED = {"report": report, "workbooks and circular": documents}


def main(filled: str | None = None) -> None:
    """Build twice and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        if filled:
            shutil.copytree(filled, home.root, symlinks=True)
        else:
            home.ensure()
            for inbox in DEMO_INBOXES:
                drop(home, inbox, submissions_below(inbox))
            load(home, build_marts=False)
        for number in ("first build of the process", "second build"):
            _print(number, *_built(home))


def _built(home: Home) -> tuple[float, float, dict[str, float]]:
    """CPU and wall seconds of a whole build, and the CPU seconds of what is measured within it."""
    parts: dict[str, float] = {}
    with _measuring(parts):
        began, wall = _cpu_seconds(), time.monotonic()
        build.run(home, build.Scope(is_forced=True))
        return _cpu_seconds() - began, time.monotonic() - wall, parts


@contextmanager
def _measuring(parts: dict[str, float]) -> Iterator[None]:
    """Note what each of MEASURED takes, while the block lasts."""
    before: dict[str, Callable[..., Any]] = {name: module.write for name, module in MEASURED.items()}

    def timed(name: str) -> Callable[..., Any]:
        def write(*given: Any) -> Any:
            began = _cpu_seconds()
            made = before[name](*given)
            parts[name] = _cpu_seconds() - began
            return made

        return write

    for name, module in MEASURED.items():
        module.write = timed(name)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name, module in MEASURED.items():
            module.write = before[name]  # type: ignore[attr-defined]


def _print(which: str, cpu: float, wall: float, parts: dict[str, float]) -> None:
    shown = ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items())
    ratio = cpu / (cpu - sum(parts.values()))
    print(f"{which}: {cpu:.1f} CPU s ({wall:.0f} s by the clock), of them {shown}; {ratio:.2f} times one without")


def _cpu_seconds() -> float:
    used = times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main(*sys.argv[1:])
