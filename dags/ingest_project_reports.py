"""Reads, checks and settles what is reported of projects."""

from airflow.sdk import dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=[schedule.ARRIVED["project_reports"]],
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["ingest", "project_reports"],
    doc_md=schedule.doc("ingest_project_reports"),
)
def ingest_project_reports() -> None:
    outcomes = tasks.read.expand(batch=tasks.queue("project_reports"))
    settled = tasks.settle("project_reports")
    outcomes >> settled
    [outcomes, settled] >> tasks.name_failed("project_reports")


ingest_project_reports()
