"""From the ledger to a published build: overlay, sync, transform (dbt), gate, publish.

The one composition of a build. `run` takes all steps in one process (command line, `make demo` without Airflow, rebuild,
as-of, tests); Airflow's DAG `build_marts` makes one task of each name in STEPS and calls `take_step`. One build at a time
holds the lease in the ledger, from its first step to its last; readers see nothing before the last step.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from contracts import calendar
from pipeline.build.code_version import code_version
from pipeline.build.dbt import dbt_build
from pipeline.build.failure_notice import notify_failed
from pipeline.build.publishing import gate, public_tables, publish
from pipeline.build.scope import LATEST, Scope
from pipeline.failures import GateFailed
from warehouse import build_state, pins, publication
from warehouse.build_database import is_damaged, set_aside
from warehouse.build_lease import Progress, build_lease, new_run, own_holder
from warehouse.failures.causes import is_disk_full
from warehouse.home import Home, own_file
from warehouse.ledger import Ledger
from warehouse.locks import writer
from warehouse.pins import Pinned

log = logging.getLogger(__name__)

STEPS = ("overlay", "sync", "transform", "gate", "publish")
"""The functions of this module that make and publish a build, in their order; each takes (home, scope)."""
MARTS = STEPS[:3]
"""The steps after which the marts stand in the build database, neither judged nor published."""
__all__ = [
    "LATEST",
    "GateFailed",
    "Pinned",
    "Scope",
    "code_version",
    "gate",
    "public_tables",
    "publish",
]  # of other modules


class BuildReplaced(RuntimeError):
    """Between two steps of this run another one built: what this run began is no longer there."""


class BuildDatabaseDamaged(RuntimeError):
    """The build database could not be read any more and was set aside; the next build makes it anew."""


def run(
    home: Home,
    scope: Scope = LATEST,
    steps: Sequence[str] = STEPS,
    *,
    wait: bool = True,
    progress: Progress = log.warning,
    only_if_due: bool = False,
) -> dict[str, dict[str, Any]]:
    """Take the steps in order, in this process; gives what each returned, by its name.

    A scope of another moment or database ends with the marts: pass MARTS as its steps. Unless another database is built
    in, the lease is held from the first step to the last: while another builds, wait for it and tell `progress` for
    whom. only_if_due: once it is our turn, give {} where nothing is due any more. A build database that turns out to be
    damaged is set aside, and all steps are taken once more.
    Raises pipeline.failures.TransformFailed, GateFailed, Pinned before anything is built,
    warehouse.build_lease.BuildBusy (wait=False), LeaseLost, warehouse.locks.Busy, ValueError for a step that does not
    fit the scope.
    """
    if scope.database is not None:
        return {name: step(home, name, scope) for name in steps}
    with Ledger.open(home) as ledger:
        _refuse_pinned(ledger, steps)
        with (
            build_lease(ledger, new_run(), own_holder(), wait=wait, progress=progress) as held,
            writer(home),
        ):
            if only_if_due and not is_due(home):
                return {}
            _begin(home, ledger, held.lease.run, steps)

            def take_all() -> dict[str, dict[str, Any]]:
                taken = {}
                for name in steps:
                    with _notifying(home, ledger, name):
                        held.check()
                        taken[name] = step(home, name, replace(scope, check_lease=held.check))
                return taken

            try:
                return take_all()
            except BuildDatabaseDamaged:
                if "sync" not in steps:
                    raise
            # not inside the handler: what fails now must not look as if it came from the damage
            return take_all()


def finish_interrupted(home: Home, *, wait: bool = True, progress: Progress = log.warning) -> None:
    """Finish or undo a publication that was interrupted, also where no build is due, and let the BI server show what is
    current. Raises BuildBusy (wait=False).
    """
    from pipeline.build import bi_server

    with Ledger.open(home) as ledger:
        is_interrupted = bool(ledger.publications("prepared"))
    if is_interrupted:
        run(home, steps=(), wait=wait, progress=progress)
    with Ledger.open(home) as ledger:
        bi_server.show_current(home, ledger, progress)


def take_step(home: Home, name: str, run_id: str, holder: str, *, progress: Progress = log.warning) -> dict[str, Any]:
    """Take one step of a run whose steps are processes of their own, as Airflow's are; gives what it returned.

    The first step takes the lease, waiting for whoever holds it; it stays between the steps, and is given back after
    the last or one that fails. Raises what `run` raises, and BuildReplaced.
    """
    with (
        Ledger.open(home) as ledger,
        build_lease(ledger, run_id, holder, progress=progress, is_kept=lambda: name != STEPS[-1]) as held,
        writer(home),
    ):
        if name == STEPS[0]:
            _begin(home, ledger, run_id, STEPS)
        elif (last := build_state.read(home).run) != run_id:
            raise BuildReplaced(
                f"这次构建中断期间另一构建 {last or '?'} 已开始，本次到此为止 (another build began while this one was "
                "interrupted; this one ends here)"
            )
        with _notifying(home, ledger, name):
            held.check()
            taken = step(home, name, replace(LATEST, check_lease=held.check))
            if name != STEPS[-1]:
                held.check()  # the next step relies on it: another build may have written there meanwhile
            return taken


def _begin(home: Home, ledger: Ledger, run_id: str, steps: Sequence[str]) -> None:
    publication.recover(home, ledger)
    _refuse_pinned(ledger, steps)
    build_state.change(home, run=run_id)


def refuse_pinned(home: Home) -> None:
    """Raises Pinned where a rollback holds the current build, so that nothing would be published."""
    with Ledger.open(home) as ledger:
        _refuse_pinned(ledger, STEPS)


def _refuse_pinned(ledger: Ledger, steps: Sequence[str]) -> None:
    if "publish" in steps and (held := pins.pinned(ledger)):
        raise Pinned(held)


@contextmanager
def _notifying(home: Home, ledger: Ledger, name: str) -> Iterator[None]:
    """Enter a notice of a step that fails, other than by a judgement: the gate's refusal has its own."""
    try:
        yield
    except (GateFailed, Pinned, BuildDatabaseDamaged):
        raise
    except Exception as error:
        notify_failed(home, ledger, name, error)
        raise


def step(home: Home, name: str, scope: Scope = LATEST) -> dict[str, Any]:
    """Take one step, by its name.

    A damaged build database is set aside: `sync` makes it anew at once and returns where the old one is as `set_aside`.
    Raises ValueError for a name that is not in STEPS, BuildDatabaseDamaged when a later step finds the damage.
    """
    if name not in STEPS:
        raise ValueError(f"no such step: {name}; there are: {', '.join(STEPS)}")
    database = scope.database or home.build_db
    try:
        taken: dict[str, Any] = globals()[name](home, scope)
        return taken
    except Exception as error:
        if is_disk_full(error) or not is_damaged(error, database) or not database.exists():
            raise  # a write cut short by a full disk says the same, and the file is as it was before
        aside = set_aside(database)
        message = f"构建数据库已损坏，移到 {aside}，重新构建 (the build database is damaged: set aside, made anew)"
        log.warning(message)
        if name != "sync":
            raise BuildDatabaseDamaged(message) from error
    return {**sync(home, scope), "set_aside": str(aside)}


def overlay(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Cut the accepted layers by the boundaries in force, and compute what follows from them, where that is not done yet.

    Staged files that are gone are made again from the archive first. What cannot be built is sent back to its submitter,
    and the rest goes on without it. Returns {"cut", "kept": layers, "derived": {"computed", "kept": files},
    "sent_back": ids of submissions}. Raises restage.StagedLost.
    """
    from pipeline.build import send_back
    from pipeline.intake.restage import restage

    with Ledger.open(home) as ledger:
        in_force = {one.submission_id for one in ledger.current_units(as_of=scope.as_of)}
        restage(home, ledger).check(in_force)
        return send_back.overlay(home, ledger, scope.as_of)


def sync(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Make the raw tables equal to what the ledger has accepted; returns warehouse.sync.SyncReport.as_dict()."""
    from pipeline.calendar.expected_reports import expected_reports
    from warehouse import sync as raw

    day = scope.as_of_date or calendar.today()
    with Ledger.open(home) as ledger:
        report = raw.sync(
            home,
            ledger,
            as_of=scope.as_of,
            build_db=scope.database,
            expected_reports=lambda snapshot: expected_reports(home, snapshot, day),
        )
    if scope.database is None:
        build_state.change(home, as_of_date=day.isoformat())
    return report.as_dict()


def transform(home: Home, scope: Scope = LATEST) -> dict[str, Any]:
    """Run `dbt build` in this process: seeds, models, their tests; then mask persons in the marts. Returns counts like
    {"model success": 71}.

    Raises pipeline.failures.InvalidRegistry before, and TransformFailed after, naming what is wrong.
    """
    from contracts.registry import registry_faults
    from pipeline.build.persons import mask_marts
    from pipeline.failures import InvalidRegistry

    if faults := registry_faults():
        raise InvalidRegistry(faults)
    database = scope.database or home.build_db
    logs = scope.database.parent / "logs" if scope.database else home.logs / "dbt"
    logs.mkdir(parents=True, exist_ok=True)
    own_file(logs / "dbt.log")
    nodes = dbt_build(database, logs, code_version())
    log.info("persons: %d texts masked in the marts", mask_marts(database))
    return dict(Counter(f"{name.split('.')[0]} {status}" for name, status, _ in nodes))


def is_due(home: Home) -> bool:
    """Whether what is accepted, what became of submissions, what people decided, the code, or the day differs from that
    of the published build. The day counts, as what is overdue and what is provisional depend on it.
    """
    from pipeline.build.due import why_due

    with Ledger.open(home) as ledger:
        return bool(why_due(home, ledger))


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
