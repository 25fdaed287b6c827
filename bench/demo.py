"""Measures `make demo` in a fresh home: wall time and peak memory of each stage.

python -m bench.demo [--json FILE]
"""

import argparse
import json
import os
import platform
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.table import Table

from cli.demo import DEMO_INBOXES, run
from cli.printing import console, say
from ingestion.inbox_limits import MEGABYTE
from warehouse.home import Home

SAMPLE_SECONDS = 0.1  # between two looks at the memory: tasks take longer, and a look costs milliseconds
TOTAL = "total"
BETWEEN_TASKS = "board, copies, start of Airflow"


@dataclass(frozen=True)
class Stage:
    """One task of a DAG. seconds: wall time; megabytes: peak of the whole process tree while it ran.

    rss_megabytes counts a page once for each process that maps it; pss_megabytes shares it among them, and so is what
    the machine needs.
    """

    name: str
    seconds: float
    rss_megabytes: float
    pss_megabytes: float


class Meter:
    """Samples the memory of this process and all its descendants; `take` gives the peaks since the last one."""

    def __init__(self) -> None:
        self._peak = (0, 0)
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Meter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            now = tree_memory(psutil.Process())
            with self._lock:
                self._peak = (max(self._peak[0], now[0]), max(self._peak[1], now[1]))

    def take(self) -> tuple[float, float]:
        """Peak RSS and PSS in megabytes since the last call."""
        with self._lock:
            peak, self._peak = self._peak, (0, 0)
        return peak[0] / MEGABYTE, peak[1] / MEGABYTE


def tree_memory(root: psutil.Process) -> tuple[int, int]:
    """RSS and PSS of a process and its descendants, in bytes; one that ends meanwhile counts no more."""
    rss = pss = 0
    for process in (root, *root.children(recursive=True)):
        try:
            memory = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        rss, pss = rss + memory.rss, pss + memory.pss
    return rss, pss


def measure(home: Home, inboxes: Sequence[Path]) -> tuple[int, list[Stage]]:
    """Run the demo. Its exit status, and its stages: every task, what lies between them, and the total."""
    stages: list[Stage] = []
    began = time.monotonic()
    with Meter() as meter:

        def ended(event: dict[str, Any]) -> None:
            phase = "traps" if any(stage.name == "clean build_marts.publish" for stage in stages) else "clean"
            index = f"[{event['map_index']}]" if event["map_index"] >= 0 else ""
            stages.append(Stage(f"{phase} {event['dag']}.{event['task']}{index}", event["seconds"], *meter.take()))

        status = run(home, inboxes, watch=ended)
        rest = meter.take()
    seconds = time.monotonic() - began
    stages.append(Stage(BETWEEN_TASKS, seconds - sum(stage.seconds for stage in stages), *rest))
    stages.append(
        Stage(
            TOTAL, seconds, max(stage.rss_megabytes for stage in stages), max(stage.pss_megabytes for stage in stages)
        )
    )
    return status, stages


def loop_seconds() -> float:
    """Processor seconds of ten million multiplications in a Python loop, the best of three: how fast a core is now. Figures
    of two machines, or of two hours of a shared one, are comparable by it.
    """

    def once() -> float:
        began, total = time.process_time(), 0
        for number in range(10_000_000):
            total += number * number
        return time.process_time() - began

    return round(min(once() for _ in range(3)), 2)


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "loop_seconds": loop_seconds(),
        "python": platform.python_version(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "load_before": round(os.getloadavg()[0], 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in a temporary home and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args(arguments)
    found = machine()
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as folder:
        status, stages = measure(Home(Path(folder) / "home"), DEMO_INBOXES)
    say("make demo: " + ", ".join(f"{name} {value}" for name, value in found.items()))
    table = Table("stage")
    for title in ("seconds", "peak RSS, MB", "peak PSS, MB"):
        table.add_column(title, justify="right")
    for stage in stages:
        table.add_row(
            stage.name.replace("[", "\\["),
            f"{stage.seconds:.1f}",
            f"{stage.rss_megabytes:.0f}",
            f"{stage.pss_megabytes:.0f}",
        )
    console().print(table)
    if chosen.json:
        figures = {"machine": found, "stages": [asdict(stage) for stage in stages]}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        say(str(chosen.json))
    return status


if __name__ == "__main__":
    raise SystemExit(main())
