"""Opens, reminds of and closes the reporting periods; missed months are caught up, any month can be backfilled."""

from airflow.sdk import chain, dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=schedule.MONTHLY,
    start_date=schedule.START,
    catchup=True,
    max_active_runs=4,
    default_args=schedule.RETRY,
    tags=["calendar"],
    doc_md=schedule.doc("monthly_cycle"),
)
def monthly_cycle() -> None:
    chain(tasks.open_periods(), tasks.remind(), tasks.close_periods())


monthly_cycle()
