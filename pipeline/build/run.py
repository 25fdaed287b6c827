"""From the ledger to a published build: overlay, sync, dbt, gate, publish. One writer; readers see nothing of it until
the last step.
"""

from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.build.dbt import PROJECT, dbt_build
from warehouse.home import Home
from warehouse.ledger import Ledger

GATE = "gate"  # folder of the data docs


class GateFailed(RuntimeError):
    """The gate refused the marts; the message names the checks. What is published stays."""


def overlay(home: Home) -> dict[str, Any]:
    """Cut the accepted layers by the boundaries in force, and reckon what follows from them, where that was not done
    yet.
    """
    from pipeline.build import overlays
    from pipeline.build import spatial_derivations as derived

    with Ledger.open(home) as ledger:
        return {**overlays.refresh(home, ledger), "derived": derived.refresh(home, ledger)}


def sync(home: Home, as_of_date: date | None = None) -> dict[str, Any]:
    """Make the raw tables equal to what the ledger has accepted. as_of_date: the day by which reports are owed; today
    unless given.
    """
    from pipeline.calendar.expected_reports import expected_reports, today
    from warehouse import sync as raw

    day = as_of_date or today()
    with Ledger.open(home) as ledger:
        return raw.sync(home, ledger, expected_reports=lambda snapshot: expected_reports(home, snapshot, day)).as_dict()


def transform(home: Home, build_db: Path | None = None) -> dict[str, Any]:
    """Run `dbt build` in this process: seeds, models, their tests. Raises dbt_build.TransformFailed naming what failed."""
    nodes = dbt_build(build_db or home.build_db, home.logs / "dbt", code_version())
    return dict(Counter(f"{name.split('.')[0]} {status}" for name, status, _ in nodes))


def gate(home: Home) -> dict[str, Any]:
    """Judge the marts, beside those that are published. Raises GateFailed; no result is a failure."""
    from expectations.gate import judge
    from warehouse.builds import database

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


def publish(home: Home) -> dict[str, Any]:
    """Write the public marts to a new immutable folder and move `current` to it; the same inputs again change nothing.

    Raises LookupError when nothing was synced yet.
    """
    from pipeline.build import maps
    from pipeline.build.revisions import write_revision
    from warehouse import builds
    from warehouse.sync import synced_state

    state = synced_state(home.build_db)
    if state is None:
        raise LookupError(f"还没有构建 (nothing is built yet): {home.build_db}")
    fingerprint = state["inputs_fingerprint"]
    said = {
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
            manifest_extra={**said, maps.MADE_OF: maps.made_of(home)},
            data_docs=home.data_docs / GATE,
            also=partial(maps.write, home, ledger),
            revision=write_revision,
        )
        if published.is_new:
            ledger.record_publication(
                published.build_id, inputs_fingerprint=fingerprint, path=home.relative(published.path)
            )
    return {"build": published.build_id, "path": str(published.path), "is_new": published.is_new}


def as_of_date(database: Path | None) -> date | None:
    """The day by which a published build judged what is owed; None where nothing was."""
    import duckdb

    from pipeline.build.former_names import attach

    if database is None:
        return None
    with duckdb.connect() as con:
        attach(con, "published", database)
        row = con.execute("select max(as_of_date) from published.mart_submission_status").fetchone()
        return row[0] if row else None


def public_tables(build_db: Path) -> list[str]:
    """Marts of a build database, with their schema, in order of name."""
    import duckdb

    with duckdb.connect(str(build_db), read_only=True) as con:
        rows = con.execute("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        return [f"marts.{name}" for (name,) in rows.fetchall()]


def code_version() -> str:
    """Hash of everything that turns accepted rows into marts and maps: the dbt project, the spatial functions, what
    draws the maps.
    """
    import hashlib

    digest = hashlib.sha256()
    files = [path for ending in ("*.sql", "*.yml", "*.csv") for path in PROJECT.rglob(ending)]
    files += [
        path
        for room in ("spatial", "reporting")
        for path in (PROJECT.parent / room).iterdir()
        if path.suffix in (".py", ".yml")
    ]
    for path in sorted(files):
        digest.update(path.relative_to(PROJECT.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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


STEPS = (overlay, sync, transform, gate, publish)


def run(home: Home, as_of_date: date | None = None) -> dict[str, dict[str, Any]]:
    """All steps in order, in this process; results by step. as_of_date: see `sync`. Raises dbt_build.TransformFailed,
    GateFailed.
    """
    return {step.__name__: sync(home, as_of_date) if step is sync else step(home) for step in STEPS}
