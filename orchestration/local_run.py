"""Runs DAGs through Airflow itself in one short-lived process, without a scheduler: for `make demo` and tests.

Tasks run by `DAG.test()`; which DAG comes next follows from the assets that the tasks updated, as a scheduler would
have it. `run_dags` starts the process for one home; `LocalAirflow` keeps it for several, as its start costs seconds.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, NoReturn, Self

from contracts import FAMILIES
from orchestration.settings import environment, prepare
from warehouse.home import CHECKOUT, Home, own_file

FIRST = "receive_inbox"
# Of several DAGs that are due: what others need goes first, marts are built once at the end.
ORDER = (FIRST, *(f"ingest_{family}" for family in FAMILIES), "build_marts")
# Submissions that wait for each other are decided within two rounds of the five DAGs; twice that would be a fault.
MOST_RUNS = 20

Event = dict[str, Any]
Progress = Callable[[Event], None]


class RunFailed(RuntimeError):
    """The process that ran the DAGs ended before it was done; the message says where its log is."""


def run_dags(home: Home, names: Sequence[str] | None = None, progress: Progress | None = None) -> list[Event]:
    """`LocalAirflow.run` in a process that serves this one call."""
    with LocalAirflow(home) as airflow:
        return airflow.run(home, names, progress)


class LocalAirflow:
    """Airflow in a child process, with its metadata database and its log in one home; runs DAGs for any home.

    A context manager: the process starts with the first run and ends with the block.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.logs / "local_run.log"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, home: Home, names: Sequence[str] | None = None, progress: Progress | None = None) -> list[Event]:
        """Run DAGs one after the other on the submissions of a home.

        names: exactly these, in this order; None: `receive_inbox`, then whatever its assets trigger until nothing is
        left to do. progress: called with {"event": "task", dag, task, map_index, state, seconds, result, error} as each
        task ends.
        Returns one {"event": "run", dag, state, seconds, tasks: [task events]} per run, a failed one included. A failed
        task is not tried again: the next call is its second try. Raises RunFailed.
        """
        process = self._process or self._start()
        request = {
            "home": str(home.root),
            "ledger": home.ledger_server or "",
            "bi_server": home.bi_server or "",
            "names": list(names or ()),
        }
        runs: list[Event] = []
        try:
            self._requests.write(json.dumps(request) + "\n")
        except BrokenPipeError:
            self._fail(process)
        for line in self._events:
            event = json.loads(line)
            if event["event"] == "done":
                return runs
            if event["event"] == "run":
                runs.append(event)
            elif progress:
                progress(event)
        self._fail(process)

    def _start(self) -> subprocess.Popen[bytes]:
        self.home.ensure()
        environ = environment(self.home)
        read_requests, write_requests = os.pipe()
        read_events, write_events = os.pipe()
        with own_file(self.log).open("ab") as output:
            prepare(self.home, environ, output)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "orchestration.local_run", str(read_requests), str(write_events)],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(read_requests, write_events),
                cwd=CHECKOUT,
            )
        os.close(read_requests)
        os.close(write_events)
        self._requests = open(write_requests, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        self._events = open(read_events, encoding="utf-8")  # noqa: SIM115
        return self._process

    def _fail(self, process: subprocess.Popen[bytes]) -> NoReturn:
        raise RunFailed(f"Airflow 进程中断 (the run broke off with {process.wait()})。日志 (log): {self.log}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._requests.close()  # the child ends when there are no more requests
        if error is not None and self._process.poll() is None:
            self._process.terminate()
        self._events.close()
        self._process.wait()


class _Runner:
    """The child's side: holds the parsed DAGs, runs them for one home after the other, and writes events."""

    def __init__(self, events: int) -> None:
        from airflow.dag_processing.dagbag import DagBag
        from airflow.sdk.listener import get_listener_manager

        self.events = open(events, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
        if bag.import_errors:
            raise RuntimeError(f"DAGs do not load: {bag.import_errors}")
        self.dags = bag.dags
        for dag in self.dags.values():
            dag.deadline = None  # DAG.test of Airflow 3.3.2 fails on one that no scheduler has stored
            for task in dag.tasks:
                task.retries = 0
        self.tasks: list[Event] = []
        get_listener_manager().add_listener(_listener(self._ended))

    def serve(self, request: Event) -> None:
        """Answer one request of `LocalAirflow.run`."""
        os.environ |= {
            "WAREHOUSE_HOME": request["home"],
            "WAREHOUSE_LEDGER_URL": request["ledger"],
            "WAREHOUSE_BI_URL": request["bi_server"],
        }
        if request["names"]:
            for name in request["names"]:
                self._run(name)
        else:
            self._follow(Home.from_env())
        self._write({"event": "done"})

    def _write(self, event: Event) -> None:
        self.events.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")

    def _ended(self, instance: Any, state: str, error: Any = None) -> None:
        # a task that failed before it began has no start, one that Airflow gave up on no end
        known = instance.start_date and instance.end_date
        seconds = (instance.end_date - instance.start_date).total_seconds() if known else 0.0
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
        self._write(event)

    def _run(self, dag_id: str) -> None:
        """One run of one DAG."""
        began = time.monotonic()
        self.tasks = []
        finished = self.dags[dag_id].test()
        seconds = round(time.monotonic() - began, 3)
        self._write(
            {"event": "run", "dag": dag_id, "state": str(finished.state), "seconds": seconds, "tasks": self.tasks}
        )

    def _follow(self, home: Home) -> None:
        """Receive, then run what the updated assets trigger; also what an interrupted run left undone."""
        from pipeline.build import run as build
        from pipeline.intake import receive as intake

        self._run(FIRST)
        left = {f"ingest_{family}" for family in FAMILIES if intake.batches(home, family)}
        if build.is_due(home):
            left.add("build_marts")
        for _ in range(MOST_RUNS):
            due = [name for name in ORDER if name in left | _triggered()]
            if not due:
                return
            left.discard(due[0])
            _consume(due[0])
            self._run(due[0])
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


def _triggered() -> set[str]:
    """DAGs of which an asset was updated and that have not run since."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return set(session.scalars(select(AssetDagRunQueue.target_dag_id)))


def _consume(dag_id: str) -> None:
    """Forget the updates that triggered a DAG."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetDagRunQueue).where(AssetDagRunQueue.target_dag_id == dag_id))


def main(requests: int, events: int) -> None:
    """The child process: answers requests, one JSON line each, by events, one JSON line each, until there are no more."""
    for descriptor in (requests, events):
        os.set_inheritable(descriptor, False)  # a child that outlives this process must not keep the reader waiting
    runner = _Runner(events)
    with open(requests, encoding="utf-8") as lines:
        for line in lines:
            runner.serve(json.loads(line))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
