"""From the ledger to a published build: overlay, sync, transform (dbt), gate, publish.

The one composition of a build. `run` takes all steps in one process (command line, `make demo` without Airflow, rebuild,
as-of, tests); Airflow's DAG `build_marts` makes one task of each name in STEPS and calls the same functions. One process
writes at a time; readers see nothing before the last step.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.build.code_version import code_version
from pipeline.build.dbt import dbt_build
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import writer

GATE = "gate"  # folder of the data docs
STEPS = ("overlay", "sync", "transform", "gate", "publish")
"""The functions of this module that make and publish a build, in their order; each takes (home, scope)."""
MARTS = STEPS[:3]
"""The steps after which the marts stand in the build database, neither judged nor published."""


class GateFailed(RuntimeError):
    """The gate refused the marts; the message names the checks. What is published stays."""


@dataclass(frozen=True)
class Scope:
    """What a build is made of, and where. Unset: all that is accepted now, in the home's build database.

    as_of: the ledger as it stood at this moment. as_of_date: the day by which reports are expected; today unless given.
    database: DuckDB file to build in, made when it is not there.
    """

    as_of: datetime | None = None
    as_of_date: date | None = None
    database: Path | None = None


LATEST = Scope()


def run(home: Home, scope: Scope = LATEST, steps: Sequence[str] = STEPS) -> dict[str, dict[str, Any]]:
    """Take the steps in order, in this process; gives what each returned, by its name.

    A scope of another moment or database ends with the marts: pass MARTS as its steps. The home's writer lock is held
    from the first step to the last, unless another database is built in.
    Raises pipeline.build.dbt.TransformFailed, GateFailed, warehouse.locks.Busy, ValueError for a step that does not fit
    the scope.
    """
    with writer(home) if scope.database is None else nullcontext():
        return {name: step(home, name, scope) for name in steps}


def step(home: Home, name: str, scope: Scope = LATEST) -> dict[str, Any]:
    """Take one step, by its name. Raises ValueError for a name that is not in STEPS."""
    if name not in STEPS:
        raise ValueError(f"no such step: {name}; there are: {', '.join(STEPS)}")
    taken: dict[str, Any] = globals()[name](home, scope)
    return taken


def overlay(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Cut the accepted layers by the boundaries in force, and compute what follows from them, where that is not done yet.

    What cannot be built is sent back to its submitter, and the rest goes on without it. Returns {"cut", "kept": layers,
    "derived": {"computed", "kept": files}, "sent_back": ids of submissions}.
    """
    from pipeline.build import send_back

    with Ledger.open(home) as ledger:
        return send_back.overlay(home, ledger, scope.as_of)


def sync(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Make the raw tables equal to what the ledger has accepted; returns warehouse.sync.SyncReport.as_dict()."""
    from pipeline.calendar.expected_reports import expected_reports, today
    from warehouse import sync as raw

    day = scope.as_of_date or today()
    with Ledger.open(home) as ledger:
        return raw.sync(
            home,
            ledger,
            as_of=scope.as_of,
            build_db=scope.database,
            expected_reports=lambda snapshot: expected_reports(home, snapshot, day),
        ).as_dict()


def transform(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Run `dbt build` in this process: seeds, models, their tests. Returns counts like {"model success": 71}.

    Raises pipeline.build.dbt.TransformFailed naming what failed.
    """
    nodes = dbt_build(scope.database or home.build_db, home.logs / "dbt", code_version())
    return dict(Counter(f"{name.split('.')[0]} {status}" for name, status, _ in nodes))


def gate(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Judge the marts beside those that are published. Raises GateFailed; no result is a failure.

    Returns {"checks": how many, "passed": True, "warnings": [text]}.
    """
    from expectations.gate import judge
    from warehouse.builds import database

    _of_the_home_itself(scope)
    result = judge(home.build_db, database(home), home.data_docs / GATE)
    if not result.passed:
        raise GateFailed(
            "; ".join(f"{check.name}: {check.detail}" for check in result.failures) or "the gate gave no result"
        )
    return {
        "checks": len(result.checks),
        "passed": True,
        "warnings": [f"{check.name}: {check.detail}" for check in result.failures],
    }


def publish(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Write the public marts to a new immutable folder and move `current` to it; the same inputs again change nothing.

    Returns {"build": id, "path", "is_new"}. Raises LookupError when nothing was synced yet.
    """
    from pipeline.build import maps
    from pipeline.build.revisions import write_revision
    from warehouse import builds
    from warehouse.sync import synced_state

    _of_the_home_itself(scope)
    state = synced_state(home.build_db)
    if state is None:
        raise LookupError(f"还没有构建 (nothing is built yet): {home.build_db}")
    fingerprint = state["inputs_fingerprint"]
    made_of = {
        "outcomes_fingerprint": state["outcomes_fingerprint"],
        "as_of": state["as_of"] and state["as_of"].isoformat(),
    }
    with Ledger.open(home) as ledger:
        published = builds.publish(
            home,
            build_db=home.build_db,
            tables=public_tables(home.build_db),
            inputs_fingerprint=fingerprint,
            code_version=code_version(),
            manifest_extra={**made_of, maps.MADE_OF: maps.made_of(home)},
            data_docs=home.data_docs / GATE,
            also=partial(maps.write, home, ledger),
            revision=write_revision,
        )
        if published.is_new:
            ledger.prepare_publication(
                published.build_id, inputs_fingerprint=fingerprint, path=home.relative(published.path)
            )
            ledger.make_current(published.build_id)
    return {"build": published.build_id, "path": str(published.path), "is_new": published.is_new}


def _of_the_home_itself(scope: Scope) -> None:
    if scope.as_of or scope.database:
        raise ValueError("only the latest state, in the home's own build database, is judged and published")


def is_due(home: Home) -> bool:
    """Whether what is accepted, what became of submissions, what people decided, or the code, differs from that of the
    published build.
    """
    from warehouse import builds

    made = builds.manifest(home)
    if made is None:
        return True
    with Ledger.open(home) as ledger:
        if (made["inputs_fingerprint"], made["code_version"]) != (ledger.accepted_fingerprint(), code_version()):
            return True
        return made.get("outcomes_fingerprint") != ledger.snapshot().outcomes_fingerprint


def as_of_date(database: Path | None) -> date | None:
    """The day as of which a published build of any age judged expected reports; None where nothing was expected."""
    import duckdb

    from pipeline.build.former_names import attach

    if database is None:
        return None
    with duckdb.connect() as con:
        attach(con, "published", database)
        row = con.execute("select max(as_of_date) from published.mart_submission_status").fetchone()
        return row[0] if row else None


def public_tables(build_db: Path) -> list[str]:
    """Marts of a build database, as schema.name, in order of name."""
    import duckdb

    with duckdb.connect(str(build_db), read_only=True) as con:
        rows = con.execute("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        return [f"marts.{name}" for (name,) in rows.fetchall()]
