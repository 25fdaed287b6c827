"""A reader like a BI tool: a process of its own that queries the current build again and again until it must stop.

    python -m tests.support.polling_reader HOME STOP PAUSE_SECONDS

polls until the file STOP is there, then prints {"reads", "builds", "errors", "mixed"} as JSON. A read is mixed when
marts that must agree
do not: targets and district indicators, or the sum of the zones and the district.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.home import CHECKOUT, Home
from warehouse.serving import Reader

DISAGREEING = {
    "target and indicator": """
        select count(*) from mart_target_progress as target
        join mart_indicator_district as indicator using (indicator_code, period, area_code)
        where abs(target.value - indicator.value) > 1e-9 * abs(indicator.value)
    """,
    "zones and district": """
        select count(*) from (
            select indicator_code, period, zone.zoning, district.numerator, sum(zone.numerator) as zones
            from mart_indicator_district as district join mart_indicator_zone as zone using (indicator_code, period)
            group by all having abs(zones - district.numerator) > 1e-9 * abs(district.numerator)
        )
    """,
}
COMPARED = (
    "select count(*) from mart_target_progress join mart_indicator_district using (indicator_code, period, area_code)"
)
WAIT_SECONDS = 60
PAUSE_SECONDS = 0.02


class NotReading(RuntimeError):
    """The reader did not start, or did not end."""


def look(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The marts that do not agree in the build that a connection sees; several statements, as a dashboard runs them."""
    if not con.execute(COMPARED).fetchall()[0][0]:
        return ["nothing to compare"]
    return [f"{name}: {rows} rows" for name, sql in DISAGREEING.items() if (rows := con.execute(sql).fetchall()[0][0])]


def poll(home: Home, stop: Path, pause_seconds: float) -> dict[str, Any]:
    """Read by turns through the long-lived Reader and through a fresh connection to the file behind the link."""
    reads, builds, errors, mixed = 0, set(), [], []
    with Reader(home) as reader:
        is_last = False
        while not is_last:
            is_last = stop.exists()  # what is current when it must stop is read, too
            try:
                mixed += look(reader.connection)
                with closing(duckdb.connect(str(home.current / "warehouse.duckdb"), read_only=True)) as con:
                    mixed += look(con)
                builds.add(os.readlink(home.current))
            except Exception as error:  # whatever a reader meets is what this is about
                errors.append(f"{type(error).__name__}: {error}")
            reads += 2
            if reads == 2:
                print("reading", flush=True)
            time.sleep(pause_seconds)
    return {"reads": reads, "builds": len(builds), "errors": errors, "mixed": mixed}


@contextmanager
def reading(home: Home, stop: Path, pause_seconds: float = PAUSE_SECONDS) -> Iterator[dict[str, Any]]:
    """A reader process polls while the block runs; the dictionary holds its report afterwards. Raises NotReading.

    pause_seconds: between two looks; the shortest keeps a core busy.
    """
    report: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.polling_reader", str(home.root), str(stop), str(pause_seconds)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            if process.stdout.readline() != "reading\n":
                raise NotReading(f"ended with {process.wait(WAIT_SECONDS)}")
            yield report
        finally:
            stop.touch()
        report.update(json.loads(process.stdout.read()))


if __name__ == "__main__":
    print(json.dumps(poll(Home(Path(sys.argv[1])), Path(sys.argv[2]), float(sys.argv[3])), ensure_ascii=False))
