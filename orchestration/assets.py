"""What the DAGs share: assets, schedules, retries, the pages of their documentation. What is done stands in
orchestration.tasks.
"""

from datetime import timedelta

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

from contracts import FAMILIES, TIME_ZONE
from orchestration.inbox_watcher import InboxTrigger
from orchestration.notifiers import TaskFailed
from pipeline.build.due import HOURLY_MINUTE
from warehouse.home import CHECKOUT, Home

DOCUMENTS = CHECKOUT / "dags" / "docs"
START = pendulum.datetime(2026, 1, 1, tz=TIME_ZONE)


def home() -> Home:
    """The warehouse home that the environment names (WAREHOUSE_HOME)."""
    return Home.from_env()


def doc(name: str) -> str:
    """A DAG's page in the UI: dags/docs/<name>.md."""
    return (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")


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
# Nothing waits for these: their events show in the UI what was held, with its receipts.
HELD = {family: Asset(f"{family}_held", uri=f"shangdang://held/{family}") for family in FAMILIES}
HOLDINGS = AssetAlias("holdings")

# The watcher triggers within seconds; the clock finds what it missed (a network drive that was away, a triggerer that
# was down).
ON_FILES = AssetOrTimeSchedule(assets=[INBOX], timetable=CronTriggerTimetable("*/10 * * * *", timezone=TIME_ZONE))
# Acceptance triggers a build at once. What changed the ledger without it (a file held, a waiver) reaches the marts
# within the hour, and so does a new day, by which reports become overdue: its first build is due at ten to one at night.
ON_ACCEPTANCE = AssetOrTimeSchedule(
    assets=AssetAny(*ACCEPTED.values()),
    timetable=CronTriggerTimetable(f"{HOURLY_MINUTE} * * * *", timezone=TIME_ZONE),
)
# Half of what publication is promised for: a missed receipt is mailed before a build is missed too. A run takes seconds.
EVERY_FIVE_MINUTES = CronTriggerTimetable("*/5 * * * *", timezone=TIME_ZONE)
DAILY = CronTriggerTimetable("0 7 * * *", timezone=TIME_ZONE)
MONTHLY = CronDataIntervalTimetable("0 6 1 * *", timezone=TIME_ZONE)

# Runs of ask_approval at a time. A question that waits is a run that goes on; a newer one must not queue behind it, and each
# ends within minutes of being replaced.
OPEN_QUESTIONS = 16

RETRY = {
    "owner": "数据组",
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": TaskFailed(),
}
# The gate gives the same build the same verdict, and what was changed after it stays changed.
NOT_AGAIN = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[
                "pipeline.failures.GateFailed",
                "pipeline.build.gate_verdict.NotJudged",
                "warehouse.builds.ContentMismatch",
            ],
            action=RetryAction.FAIL,
            reason="数据未过闸门，重试无用 (the gate refused)",
        )
    ]
)
