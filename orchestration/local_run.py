"""Runs DAGs through Airflow itself in one short-lived process, without a scheduler: for `make demo`, tests and small
machines.

Tasks run by `DAG.test()`; which DAG comes next follows from the assets that the tasks updated, as a scheduler would
have it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from orchestration.settings import environment, migrate
from warehouse.home import CHECKOUT, Home

FIRST = "receive_inbox"
# Of several DAGs that are due: what others need goes first, marts are built once at the end.
ORDER = ("receive_inbox", "ingest_spatial", "ingest_statistics", "ingest_project_reports", "build_marts")
# Submissions that wait for each other are settled within two rounds; more would be a fault.
MOST_RUNS = 20

Event = dict[str, Any]


class RunFailed(RuntimeError):
    """The process that ran the DAGs ended before it was done; the message says where its log is."""


def run_dags(
    home: Home, names: Sequence[str] | None = None, progress: Callable[[Event], None] | None = None
) -> list[Event]:
    """Run DAGs one after the other through Airflow, in a process of their own whose talk goes to the home's logs.

    names: exactly these, in this order; None: `receive_inbox`, then whatever its assets call for until nothing is left
    to do.
    progress: called with {"event": "task", dag, task, map_index, state, seconds, result} as each task ends.
    Returns one {"event": "run", dag, state, seconds, tasks: [task events]} per run, a failed one included. A failed
    task is not tried
    again: the next call is its second try. Raises RunFailed.
    """
    home.ensure()
    runs: list[Event] = []
    log = home.logs / "in_process.log"
    reader, writer = os.pipe()
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.local_run", str(writer), *(names or ())],
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(writer,),
            cwd=CHECKOUT,
        )
    os.close(writer)
    try:
        with open(reader, encoding="utf-8") as events:
            for line in events:
                event = json.loads(line)
                if event["event"] == "run":
                    runs.append(event)
                elif progress:
                    progress(event)
        if process.wait():
            raise RunFailed(f"Airflow 进程中断 (the run broke off with {process.returncode})。日志 (log): {log}")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return runs


class _Runner:
    """The child's side: holds the parsed DAGs, runs them, and writes events."""

    def __init__(self, home: Home, output: int) -> None:
        from airflow.dag_processing.dagbag import DagBag
        from airflow.sdk.listener import get_listener_manager

        self.home = home
        os.set_inheritable(output, False)  # a child that outlives this process must not keep the reader waiting
        self.output = open(output, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
        if bag.import_errors:
            raise RuntimeError(f"DAGs do not load: {bag.import_errors}")
        self.dags = bag.dags
        self.tasks: list[Event] = []
        get_listener_manager().add_listener(_listener(self._ended))

    def _say(self, event: Event) -> None:
        self.output.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")

    def _ended(self, instance: Any, state: str, error: Any = None) -> None:
        seconds = (instance.end_date - instance.start_date).total_seconds()
        event = {
            "event": "task",
            "dag": instance.dag_id,
            "task": instance.task_id,
            "map_index": instance.map_index,
            "state": state,
            "seconds": round(seconds, 3),
            "result": None,
            "error": None if error is None else str(error),
        }
        if state == "success":
            event["result"] = instance.xcom_pull(task_ids=instance.task_id, map_indexes=instance.map_index)
        self.tasks.append(event)
        self._say(event)

    def run(self, dag_id: str) -> None:
        """One run of one DAG; each of its tasks is tried once."""
        began = time.monotonic()
        dag = self.dags[dag_id]
        for task in dag.tasks:
            task.retries = 0
        self.tasks = []
        finished = dag.test()
        seconds = round(time.monotonic() - began, 3)
        self._say(
            {"event": "run", "dag": dag_id, "state": str(finished.state), "seconds": seconds, "tasks": self.tasks}
        )

    def follow(self) -> None:
        """Receive, then run what the updated assets call for; also what an interrupted run left undone."""
        from orchestration.assets import FAMILIES
        from pipeline.build import run as build
        from pipeline.intake import receive as intake

        self.run(FIRST)
        left = {f"ingest_{family}" for family in FAMILIES if intake.batches(self.home, family)}
        if build.is_due(self.home):
            left.add("build_marts")
        for _ in range(MOST_RUNS):
            due = [name for name in ORDER if name in left | _called_for()]
            if not due:
                return
            left.discard(due[0])
            _consume(due[0])
            self.run(due[0])
        raise RuntimeError(f"still due after {MOST_RUNS} runs: {due}")


def _listener(ended: Callable[..., None]) -> Any:
    from airflow.listeners import hookimpl

    class Listener:
        @hookimpl
        def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
            ended(task_instance, "success")

        @hookimpl
        def on_task_instance_skipped(self, previous_state: Any, task_instance: Any) -> None:
            ended(task_instance, "skipped")

        @hookimpl
        def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
            ended(task_instance, "failed", error)

    return Listener()


def _called_for() -> set[str]:
    """DAGs for which an asset was updated and that have not run since."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return set(session.scalars(select(AssetDagRunQueue.target_dag_id)))


def _consume(dag_id: str) -> None:
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetDagRunQueue).where(AssetDagRunQueue.target_dag_id == dag_id))


def main(output: int, names: Sequence[str]) -> None:
    """The child process: prepare Airflow's database, run the named DAGs or follow the assets, write one JSON line an
    event to `output`.
    """
    home = Home.from_env()
    migrate(home)
    runner = _Runner(home, output)
    if names:
        for name in names:
            runner.run(name)
    else:
        runner.follow()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
