"""Builds the marts and publishes them, whenever a family accepted something."""

from airflow.sdk import chain, dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=schedule.ON_ACCEPTANCE,
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["build"],
    doc_md=schedule.doc("build_marts"),
)
def build_marts() -> None:
    chain(tasks.due(), tasks.overlay(), tasks.sync(), tasks.transform(), tasks.gate(), tasks.publish())


build_marts()
