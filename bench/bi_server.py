"""What readers of the BI server notice while builds are published: errors, mixtures, how long until they see the new build, and
how long their queries take beside an idle server.

Run: python -m bench.bi_server HOME. The two last builds of the home are shown by turns, copied anew each time, on a
PostgreSQL server of its own (Debian's postgresql). Writes nothing but temporary files; prints a table.
"""

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb

from tests.support.bi_server import BiDatabase, made_on, rows
from tests.support.postgres import server
from warehouse import bi_server
from warehouse.home import Home
from warehouse.marts import DATABASE

PUBLICATIONS, READERS = 20, 2
IDLE_SECONDS = 30.0
PAUSE_SECONDS = 0.05  # of a reader, between two queries
REST_SECONDS = 2.0  # between two publications
MOST_SECONDS, SEEN_WITHIN, MOST_TIMES = 30.0, 5.0, 2.0
QUERY = """
    select (select build_id from mart_build), (select count(*) from mart_rule_outcome),
        (select count(*) from mart_target_progress), (select sum(value) from mart_indicator_township)
"""
"""A chart's worth of work over four marts, which must all be of one build."""


@dataclass
class Read:
    """What a reader met. seen: moments at which it found another build than before; seconds: of each query."""

    errors: list[str] = field(default_factory=list)
    mixed: int = 0
    seen: list[tuple[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    """Measures everything and prints it. Raises SystemExit 1 when a promise is not kept."""
    home = Home(Path(sys.argv[1]).resolve())
    builds = sorted(home.builds.iterdir())[-2:]
    expected = dict(_expected(build) for build in builds)
    with tempfile.TemporaryDirectory() as folder, server() as url:
        database = made_on(url)
        copies = [
            Path(folder) / f"{builds[number % 2].name}-{number}" for number in range(PUBLICATIONS + 2)
        ]  # a build's id is its folder's name
        for number, copy in enumerate(copies):
            copy.symlink_to(builds[number % 2])
        for copy in copies[:2]:  # from the second one on, the views hold two builds
            _show(database, copy)
        idle = _reading(database, expected, lambda: time.sleep(IDLE_SECONDS))
        shown: list[tuple[str, float]] = []
        took: list[float] = []

        def publish() -> None:
            for copy in copies[2:]:
                began = time.monotonic()
                _show(database, copy)
                shown.append((copy.resolve().name, time.monotonic()))
                took.append(time.monotonic() - began)
                time.sleep(REST_SECONDS)

        busy = _reading(database, expected, publish)
    raise SystemExit(0 if _report(idle, busy, shown, took) else 1)


def _show(database: BiDatabase, folder: Path) -> None:
    bi_server.show(database.url(), "bench", folder, 10 * MOST_SECONDS)


def _expected(build: Path) -> tuple[str, list[Any]]:
    """Its id, and what a reader must find with it."""
    with duckdb.connect(str(build / DATABASE), read_only=True) as con:
        name, *figures = con.execute(QUERY).fetchall()[0]
    return str(name), figures


def _reading(database: BiDatabase, expected: dict[str, list[Any]], work: Any) -> list[Read]:
    """What readers met, each a process of its own with one connection, while `work` ran."""
    stop = multiprocessing.Event()
    with multiprocessing.Pool(READERS, initializer=_give, initargs=(stop,)) as pool:
        found = pool.starmap_async(_read, [(database, expected)] * READERS)
        work()
        stop.set()
        return found.get()


def _give(stop: Event) -> None:
    global _stop
    _stop = stop


def _read(database: BiDatabase, expected: dict[str, list[Any]]) -> Read:
    con, read = database.connect(), Read()
    while not _stop.is_set():
        began = time.monotonic()
        try:
            name, *figures = rows(con, QUERY)[0]
        except Exception as error:  # whatever a reader meets is what this is about
            read.errors.append(f"{type(error).__name__}: {error}")
            break
        read.seconds.append(time.monotonic() - began)
        read.mixed += not _are_equal(figures, expected[name])
        if not read.seen or read.seen[-1][0] != name:
            read.seen.append((name, time.monotonic()))
        time.sleep(PAUSE_SECONDS)
    con.close()
    return read


def _are_equal(found: list[Any], wanted: list[Any]) -> bool:
    """Counts exactly, and the sum but for the order in which it was added up."""
    return found[:-1] == wanted[:-1] and abs(found[-1] - wanted[-1]) <= 1e-9 * abs(wanted[-1])


def _report(idle: list[Read], busy: list[Read], shown: list[tuple[str, float]], took: list[float]) -> bool:
    errors = [error for one in (*idle, *busy) for error in one.errors]
    mixed = sum(one.mixed for one in (*idle, *busy))
    # the first build that a reader finds is the one that was there before
    late = [at - moment for one in busy for (_, at), (_, moment) in zip(one.seen[1:], shown, strict=False)]
    is_each_seen = all(len(one.seen) == len(shown) + 1 for one in busy)
    beside, during = _percentiles(idle), _percentiles(busy)
    print(
        json.dumps(
            {
                "copy_seconds": {"median": round(statistics.median(took), 1), "most": round(max(took), 1)},
                "reads": {"idle": sum(len(one.seconds) for one in idle), "busy": sum(len(one.seconds) for one in busy)},
                "errors": errors,
                "mixed": mixed,
                "seen_by_every_reader": is_each_seen,
                "seen_after_seconds": round(max(late, default=0.0), 2),
                "milliseconds": {"idle": beside, "busy": during},
                "p99_times": round(during["p99"] / beside["p99"], 2),
            },
            indent=1,
        )
    )
    return (
        not errors
        and not mixed
        and is_each_seen
        and max(late) <= SEEN_WITHIN
        and max(took) <= MOST_SECONDS
        and during["p99"] <= MOST_TIMES * beside["p99"]
    )


def _percentiles(reads: list[Read]) -> dict[str, float]:
    cut = statistics.quantiles([seconds for one in reads for seconds in one.seconds], n=100)
    return {"p50": round(cut[49] * 1000, 1), "p99": round(cut[98] * 1000, 1)}


if __name__ == "__main__":
    main()
