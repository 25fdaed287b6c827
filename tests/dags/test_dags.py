"""Which DAGs there are, of which tasks, when they run and within which limits."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import FAMILIES
from pipeline.build.run import STEPS
from warehouse.home import CHECKOUT

INGEST = {"queue", "read", "decide", "name_failed"}
TASKS = {
    "receive_inbox": {"receive", "name_unreceived"},
    "ingest_statistics": INGEST,
    "ingest_project_reports": INGEST,
    "ingest_spatial": INGEST,
    "build_marts": {"due", "overlay", "sync", "transform", "gate", "publish"},
    "publish_edition": {"approve"},
    "monthly_cycle": {"open_periods", "remind", "close_periods"},
    "overdue_digest": {"write_digest", "mail_digest"},
    "watch_promises": {"enter_missed", "mail_notices"},
}


def test_there_are_these_dags_with_these_tasks(dags: dict[str, Any]) -> None:
    assert {name: set(dag.task_ids) for name, dag in dags.items()} == TASKS


def test_every_file_of_the_folder_is_one_dag_of_its_name(dags: dict[str, Any]) -> None:
    assert {Path(dag.fileloc).stem: name for name, dag in dags.items()} == {name: name for name in TASKS}
    assert {path.stem for path in (CHECKOUT / "dags").glob("*.py")} == set(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_a_dag_is_documented_owned_and_tagged(dags: dict[str, Any], name: str) -> None:
    dag = dags[name]
    assert dag.doc_md.startswith(f"### {name} ")
    assert "*EN:" in dag.doc_md
    assert dag.tags
    assert {task.owner for task in dag.tasks} == {"数据组"}


@pytest.mark.parametrize("name", TASKS)
def test_one_run_at_a_time_but_for_months(dags: dict[str, Any], name: str) -> None:
    assert dags[name].max_active_runs == 1
    assert dags[name].catchup is (name == "monthly_cycle")


def test_failed_tasks_are_tried_again_ever_more_slowly(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert task.retries == (0 if task.task_id in ("name_failed", "name_unreceived") else 3), task.task_id
            assert task.retry_exponential_backoff == 2.0
            assert task.retry_delay == timedelta(seconds=10)
            assert task.max_retry_delay == timedelta(minutes=10)
            assert task.on_failure_callback


def test_a_refusal_of_the_gate_is_not_tried_again(dags: dict[str, Any]) -> None:
    from airflow.sdk import RetryAction

    from pipeline.build.run import GateFailed

    policy = dags["build_marts"].get_task("gate").retry_policy
    assert policy.evaluate(GateFailed("closure"), 1, 3).action is RetryAction.FAIL
    assert policy.evaluate(OSError("disk"), 1, 3).action is RetryAction.DEFAULT


def test_writers_share_one_slot(dags: dict[str, Any]) -> None:
    pools = {
        (dag.dag_id, task.task_id): task.pool
        for dag in dags.values()
        for task in dag.tasks
        if task.pool != "default_pool"
    }
    writers = {("build_marts", step): "warehouse_writer" for step in STEPS}
    writers["publish_edition", "approve"] = "warehouse_writer"
    deciders = {(f"ingest_{family}", "decide"): "warehouse_ledger" for family in FAMILIES}
    months = {("monthly_cycle", step): "warehouse_calendar" for step in TASKS["monthly_cycle"]}
    assert pools == {**writers, **deciders, **months}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_ingested_when_it_arrived(dags: dict[str, Any], family: str) -> None:
    condition = dags[f"ingest_{family}"].timetable.asset_condition
    assert [asset.name for asset in condition.objects] == [f"{family}_arrived"]


def test_marts_are_built_when_any_family_accepted(dags: dict[str, Any]) -> None:
    from airflow.sdk import AssetAny

    timetable = dags["build_marts"].timetable
    assert isinstance(timetable.asset_condition, AssetAny)
    assert {asset.name for asset in timetable.asset_condition.objects} == {f"{family}_accepted" for family in FAMILIES}
    assert timetable.timetable.expression == "50 * * * *"


def test_a_new_day_alone_triggers_a_build_within_its_first_hour(dags: dict[str, Any]) -> None:
    """What is overdue depends on the day: the clock calls for a build, and `due` sees that the day is another."""
    import pendulum
    from airflow.timetables.base import DataInterval, TimeRestriction
    from airflow.timetables.trigger import CronTriggerTimetable

    declared = dags["build_marts"].timetable.timetable
    timetable = CronTriggerTimetable(declared.expression, timezone=declared.timezone)  # as the scheduler reads it
    last = pendulum.datetime(2026, 3, 1, 23, 50, tz="Asia/Shanghai")
    run = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(last),
        restriction=TimeRestriction(earliest=None, latest=None, catchup=True),
    )
    assert run is not None and run.run_after == pendulum.datetime(2026, 3, 2, 0, 50, tz="Asia/Shanghai")


def test_the_inbox_is_watched_and_scanned_by_the_clock(dags: dict[str, Any]) -> None:
    timetable = dags["receive_inbox"].timetable
    (inbox,) = timetable.asset_condition.objects
    (watcher,) = inbox.watchers
    path, arguments = watcher.trigger.serialize()
    assert path == "orchestration.inbox_watcher.InboxTrigger"
    assert arguments["inbox"].endswith("/inbox")
    assert timetable.timetable.expression == "*/10 * * * *"


def test_order_of_tasks(dags: dict[str, Any]) -> None:
    def after(dag: str, task: str) -> set[str]:
        return set(dags[dag].get_task(task).upstream_task_ids)

    steps = ("due", *STEPS)
    assert [after("build_marts", step) for step in steps] == [set(), *({step} for step in steps[:-1])]
    assert after("ingest_spatial", "read") == {"queue"}
    assert after("ingest_spatial", "decide") == {"read"}
    assert after("ingest_spatial", "name_failed") == {"read", "decide"}
    assert after("monthly_cycle", "close_periods") == {"remind"}


def test_dag_files_are_thin_and_know_only_orchestration() -> None:
    for path in (CHECKOUT / "dags").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        rooms = {
            node.module.split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert rooms <= {"airflow", "orchestration"}, path.name
        assert len(text.splitlines()) <= 40, path.name
