"""Reads, checks and settles map layers."""

from airflow.sdk import dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=[schedule.ARRIVED["spatial"]],
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["ingest", "spatial"],
    doc_md=schedule.doc("ingest_spatial"),
)
def ingest_spatial() -> None:
    outcomes = tasks.read.expand(batch=tasks.queue("spatial"))
    settled = tasks.settle("spatial")
    outcomes >> settled
    [outcomes, settled] >> tasks.name_failed("spatial")


ingest_spatial()
