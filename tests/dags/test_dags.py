"""Which DAGs there are, when they run, what waits for what, and what is tried again."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest

from contracts import DISTRICT_TIME, FAMILIES
from orchestration.settings import POOLS
from pipeline.build.run import STEPS
from warehouse.home import CHECKOUT

PUBLIC_NAMES = CHECKOUT / "docs" / "public-names.md"
DISTRICT_MIDNIGHT = datetime(2026, 3, 1, tzinfo=DISTRICT_TIME)


def next_runs(schedule: Any, count: int, after: datetime = DISTRICT_MIDNIGHT) -> list[datetime]:
    """The moments at which the scheduler starts the next runs by the clock."""
    from airflow.timetables.base import DataInterval, TimeRestriction
    from airflow.timetables.trigger import CronTriggerTimetable

    timetable = CronTriggerTimetable(schedule.expression, timezone=schedule.timezone)  # as the scheduler reads it
    found, last = [], pendulum.instance(after)
    for _ in range(count):
        run = timetable.next_dagrun_info(
            last_automated_data_interval=DataInterval.exact(last),
            restriction=TimeRestriction(earliest=None, latest=None, catchup=True),
        )
        assert run is not None and run.run_after is not None
        last = run.run_after
        found.append(last)
    return found


def waits(task: Any) -> list[float]:
    """Seconds that Airflow waits before each further try of a task."""
    from airflow.models.taskinstance import TaskInstance

    found = []
    for number in range(1, task.retries + 1):
        ended = datetime(2026, 3, 1, tzinfo=UTC)
        tried = SimpleNamespace(
            task=task,
            dag_id=task.dag_id,
            task_id=task.task_id,
            logical_date=ended,
            try_number=number,
            end_date=ended,
            retry_delay_override=None,
        )
        found.append((TaskInstance.next_retry_datetime(tried) - ended).total_seconds())
    return found


def test_the_dags_are_those_that_others_rely_on(dags: dict[str, Any]) -> None:
    (line,) = (line for line in PUBLIC_NAMES.read_text(encoding="utf-8").splitlines() if line.startswith("| DAGs |"))
    assert set(re.findall(r"`(\w+)`", line)) == set(dags)


def test_every_file_of_the_folder_is_one_dag_of_its_name(dags: dict[str, Any]) -> None:
    assert {name: Path(dag.fileloc).stem for name, dag in dags.items()} == {name: name for name in dags}
    assert {path.stem for path in (CHECKOUT / "dags").glob("*.py")} == set(dags)


def test_a_dag_is_documented_in_both_languages_and_tagged(dags: dict[str, Any]) -> None:
    for name, dag in dags.items():
        assert dag.doc_md.startswith(f"### {name} ")
        assert "*EN:" in dag.doc_md
        assert dag.tags


def test_no_dag_runs_beside_itself_and_only_months_are_caught_up(dags: dict[str, Any]) -> None:
    assert {name for name, dag in dags.items() if dag.max_active_runs != 1} == {"ask_approval"}, "of open questions"
    assert {name for name, dag in dags.items() if dag.catchup} == {"monthly_cycle"}


def test_failed_tasks_are_tried_again_ever_more_slowly(dags: dict[str, Any]) -> None:
    """What passes by itself, a lock or a moment without memory, is over within a minute; who only names what failed does
    not try again.
    """
    for dag in dags.values():
        for task in dag.tasks:
            seconds = waits(task)
            if task.task_id in ("name_failed", "name_unreceived", "conclude"):
                assert seconds == [], task.task_id
            else:
                assert seconds == sorted(set(seconds)) and seconds[0] < 30 and 60 < sum(seconds) < 600, task.task_id


def test_a_refusal_of_the_gate_is_not_tried_again(dags: dict[str, Any]) -> None:
    from airflow.sdk import RetryAction

    from pipeline.failures import GateFailed

    policy = dags["build_marts"].get_task("gate").retry_policy
    assert policy.evaluate(GateFailed("closure"), 1, 3).action is RetryAction.FAIL
    assert policy.evaluate(OSError("disk"), 1, 3).action is RetryAction.DEFAULT


def test_who_writes_the_same_waits_for_one_another_and_for_nobody_else(dags: dict[str, Any]) -> None:
    def pools(*tasks: tuple[str, str]) -> set[str]:
        return {dags[dag].get_task(task).pool for dag, task in tasks}

    approvers = (("publish_edition", "approve"), ("ask_approval", "offer"), ("ask_approval", "ask"))
    writers = pools(*(("build_marts", step) for step in STEPS), *approvers)
    deciders = pools(*((f"ingest_{family}", "decide") for family in FAMILIES))
    months = pools(*(("monthly_cycle", task) for task in dags["monthly_cycle"].task_ids))
    assert [len(one) for one in (writers, deciders, months)] == [1, 1, 1]
    assert len(writers | deciders | months) == 3, "a receipt waits for no build, nor either for months caught up"
    assert {POOLS[name]["slots"] for name in writers | deciders | months} == {1}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_ingested_when_it_arrived(dags: dict[str, Any], family: str) -> None:
    condition = dags[f"ingest_{family}"].timetable.asset_condition
    assert [asset.name for asset in condition.objects] == [f"{family}_arrived"]


def test_marts_are_built_when_any_family_accepted(dags: dict[str, Any]) -> None:
    from airflow.sdk import AssetAny

    timetable = dags["build_marts"].timetable
    assert isinstance(timetable.asset_condition, AssetAny)
    assert {asset.name for asset in timetable.asset_condition.objects} == {f"{family}_accepted" for family in FAMILIES}
    first, second = next_runs(timetable.timetable, 2)
    assert second - first <= timedelta(hours=1), "and by the clock, where the ledger moved otherwise"


def test_a_new_day_alone_triggers_a_build_within_its_first_hour(dags: dict[str, Any]) -> None:
    """What is overdue depends on the day: the clock calls for a build, and `due` sees that the day is another."""
    (first,) = next_runs(dags["build_marts"].timetable.timetable, 1)
    assert first - DISTRICT_MIDNIGHT <= timedelta(hours=1)


def test_a_publication_calls_for_the_question(dags: dict[str, Any]) -> None:
    assert [asset.name for asset in dags["ask_approval"].timetable.asset_condition.objects] == ["published_current"]
    assert dags["ask_approval"].get_task("ask").options == ["批准", "退回"]
    assert dags["ask_approval"].get_task("ask").defaults is None, "a time-out must not answer"


def test_promises_are_watched_at_least_every_five_minutes(dags: dict[str, Any]) -> None:
    first, second = next_runs(dags["watch_promises"].timetable, 2)
    assert second - first <= timedelta(minutes=5)


def test_the_digest_is_there_before_offices_open(dags: dict[str, Any]) -> None:
    for moment in next_runs(dags["overdue_digest"].timetable, 3):
        assert 6 <= moment.astimezone(DISTRICT_TIME).hour < 8


def test_the_inbox_is_watched_and_scanned_by_the_clock(dags: dict[str, Any]) -> None:
    timetable = dags["receive_inbox"].timetable
    (inbox,) = timetable.asset_condition.objects
    (watcher,) = inbox.watchers
    path, arguments = watcher.trigger.serialize()
    assert path == "orchestration.inbox_watcher.InboxTrigger"
    assert arguments["inbox"].endswith("/inbox")
    first, second = next_runs(timetable.timetable, 2)
    assert second - first <= timedelta(minutes=10)


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
