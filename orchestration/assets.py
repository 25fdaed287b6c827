"""What the DAGs share: assets, pools, retries, documents, the inbox's watcher. Says when; what is done stands in
orchestration.tasks.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import (
    Asset,
    AssetAlias,
    AssetAny,
    AssetOrTimeSchedule,
    AssetWatcher,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
)

from orchestration.inbox_watcher import InboxTrigger
from warehouse.home import Home

DOCUMENTS = Path(__file__).resolve().parents[1] / "dags" / "docs"
TIMEZONE = "Asia/Shanghai"
START = pendulum.datetime(2026, 1, 1, tz=TIMEZONE)
FAMILIES = ("spatial", "statistics", "project_reports")

log = logging.getLogger(__name__)


def home() -> Home:
    """The warehouse home that the environment names (WAREHOUSE_HOME)."""
    return Home.from_env()


def doc(dag_id: str) -> str:
    """The DAG's page in the UI: dags/docs/<dag_id>.md."""
    return (DOCUMENTS / f"{dag_id}.md").read_text(encoding="utf-8")


def report_failure(context: dict[str, Any]) -> None:
    """Log which task failed at what; the exception names the files (orchestration.tasks.naming)."""
    instance = context["ti"]
    log.error(
        "任务失败 %s.%s（第 %s 次）: %s",
        instance.dag_id,
        instance.task_id,
        instance.try_number,
        context.get("exception"),
    )


INBOX = Asset(
    "inbox", uri="shangdang://inbox", watchers=[AssetWatcher("inbox_watcher", InboxTrigger(str(home().inbox)))]
)
ARRIVED = {family: Asset(f"{family}_arrived", uri=f"shangdang://arrived/{family}") for family in FAMILIES}
ACCEPTED = {family: Asset(f"{family}_accepted", uri=f"shangdang://accepted/{family}") for family in FAMILIES}
PUBLISHED = Asset("published_current", uri="shangdang://published/current")
# A task with a plain outlet updates it by merely succeeding. Through an alias it updates what it names, and nothing
# where it names nothing.
ARRIVALS = AssetAlias("arrivals")
ACCEPTANCES = AssetAlias("acceptances")

# The watcher answers in seconds; the clock finds what a watcher missed (a network drive that was away, a triggerer that
# was down).
ON_FILES = AssetOrTimeSchedule(assets=[INBOX], timetable=CronTriggerTimetable("*/10 * * * *", timezone=TIMEZONE))
# Acceptance calls for a build at once. What moved the ledger without it (a file held, a waiver) is told by the marts
# within the hour.
ON_ACCEPTANCE = AssetOrTimeSchedule(
    assets=AssetAny(*ACCEPTED.values()),
    timetable=CronTriggerTimetable("50 * * * *", timezone=TIMEZONE),
)
DAILY = CronTriggerTimetable("0 7 * * *", timezone=TIMEZONE)
MONTHLY = CronDataIntervalTimetable("0 6 1 * *", timezone=TIMEZONE)

RETRY = {
    "owner": "数据组",
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": report_failure,
}
# The same build judged again is judged the same.
NOT_AGAIN = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception="pipeline.build.run.GateFailed",
            action=RetryAction.FAIL,
            reason="数据未过闸门，重试无用 (the gate refused)",
        )
    ]
)
