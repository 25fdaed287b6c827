"""Builds the marts and publishes them, whenever a family accepted something."""

from airflow.sdk import chain, dag

from orchestration import assets, tasks
from orchestration.notifiers import publish_deadline


@dag(
    schedule=assets.ON_ACCEPTANCE,
    start_date=assets.START,
    catchup=False,
    max_active_runs=1,
    default_args=assets.RETRY,
    deadline=publish_deadline(),
    tags=["build"],
    doc_md=assets.doc("build_marts"),
)
def build_marts() -> None:
    chain(tasks.due(), *tasks.build_steps())


build_marts()
