"""The last two steps of a build: the gate judges the marts, and what it judged is published. pipeline.build.run and
Airflow's tasks call them.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.build.scope import LATEST, Scope
from pipeline.failures import GateFailed
from warehouse import build_state, notices, publication
from warehouse.home import Home
from warehouse.ledger import GateOverride, Ledger

if TYPE_CHECKING:
    from reporting.workbooks import About


def gate(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Judge the marts beside those that are published, and keep the verdict with a hash of what was judged. Raises
    GateFailed, unless people overrode every failed check for this content; no result is a failure.

    Returns {"build": id under which it is published, "checks": how many, "passed": True, "warnings": [text],
    "overridden": names of checks}.
    """
    from expectations.gate import judge
    from pipeline.build import gate_verdict
    from warehouse.sync import synced_fingerprint

    _of_the_home_itself(scope)
    with Ledger.open(home) as ledger:
        # the hash first: what is changed after it cannot be published
        candidate = gate_verdict.new_candidate(
            home, ledger, public_tables(home.build_db), synced_fingerprint(home.build_db) or ""
        )
        result = judge(home.build_db, publication.last_whole_database(home, ledger), home.gate_docs)
        verdict = gate_verdict.record(home, ledger, candidate, result)
        if failed := gate_verdict.open_failures(ledger, verdict):
            message = gate_verdict.refusal(verdict, failed)
            gate_verdict.notify_refused(home, ledger, verdict, message)
            refused = GateFailed(message, verdict.build_id, failed, gate_verdict.details(verdict))
            notices.mark(refused, "gate_refused")
            raise refused
    return {
        "build": candidate.build_id,
        "checks": len(result.checks),
        "passed": True,
        "warnings": [f"{one['name']}: {one['detail']}" for one in verdict.warnings],
        "overridden": [one["name"] for one in verdict.failures],
    }


def publish(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Write the public marts that the gate passed to a new immutable folder and move `current` to it; the same inputs
    and day again change nothing, unless the scope is forced.

    Returns {"build": id, "path", "is_new"}, and "bi_server" where there is one: whether it shows this build.
    Raises LookupError when nothing was synced yet, GateFailed, gate_verdict.NotJudged,
    warehouse.builds.ContentMismatch when the marts are not those that the gate judged, warehouse.pins.Pinned,
    warehouse.build_lease.LeaseLost.
    """
    from pipeline.build import bi_server, build_facts, documents, gate_verdict, maps
    from warehouse.builds import NewBuild
    from warehouse.sync import synced_state

    _of_the_home_itself(scope)
    state = synced_state(home.build_db)
    if state is None:
        raise LookupError(f"还没有构建 (nothing is built yet): {home.build_db}")
    with Ledger.open(home) as ledger:
        candidate, verdict = gate_verdict.last_verdict(home, ledger)
        if failed := gate_verdict.open_failures(ledger, verdict):
            raise GateFailed(
                gate_verdict.refusal(verdict, failed), verdict.build_id, failed, gate_verdict.details(verdict)
            )
        new = NewBuild(
            candidate.build_id,
            state["inputs_fingerprint"],
            candidate.code_version,
            candidate.content_hash,
            {
                "outcomes_fingerprint": state["outcomes_fingerprint"],
                "as_of": state["as_of"] and state["as_of"].isoformat(),
                "as_of_date": build_state.read(home).as_of_date,
                "gate": gate_verdict.of_manifest(ledger, verdict),
                maps.MADE_OF: maps.made_of(home),
            },
        )
        about = documents.about(candidate.build_id, build_state.read(home).as_of_date)
        published = publication.publish(
            home,
            ledger,
            new,
            build_db=home.build_db,
            tables=public_tables(home.build_db),
            data_docs=home.gate_docs,
            fill=partial(build_facts.fill, home, new),
            also=partial(_write_for_people, home, ledger, about, gate_verdict.overrides_of(ledger, verdict)),
            is_forced=scope.is_forced,
            check_lease=scope.check_lease,
        )
        is_shown = bi_server.show_current(home, ledger)
    result = {"build": published.build_id, "path": str(published.path), "is_new": published.is_new}
    return result if is_shown is None else {**result, "bi_server": is_shown}


def _write_for_people(
    home: Home, ledger: Ledger, about: "About", let_through: Sequence[GateOverride], folder: Path
) -> None:
    """Maps, report, workbooks and circular, in the folder of a build whose marts are whole; and the public set."""
    from pipeline.build import documents, maps, public_set, report

    maps.write(home, ledger, folder)
    report.write(home, folder, let_through)
    documents.write(folder, about)
    public_set.write(folder, about, let_through)


def _of_the_home_itself(scope: Scope) -> None:
    if scope.as_of or scope.database:
        raise ValueError("only the latest state, in the home's own build database, is judged and published")


def public_tables(build_db: Path) -> list[str]:
    """Marts of a build database, as schema.name, in order of name."""
    import duckdb

    with duckdb.connect(str(build_db), read_only=True) as con:
        rows = con.execute("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        return [f"marts.{name}" for (name,) in rows.fetchall()]
