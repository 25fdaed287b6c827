"""Reads, checks and settles workbooks of statistics."""

from airflow.sdk import dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=[schedule.ARRIVED["statistics"]],
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["ingest", "statistics"],
    doc_md=schedule.doc("ingest_statistics"),
)
def ingest_statistics() -> None:
    outcomes = tasks.read.expand(batch=tasks.queue("statistics"))
    settled = tasks.settle("statistics")
    outcomes >> settled
    [outcomes, settled] >> tasks.name_failed("statistics")


ingest_statistics()
