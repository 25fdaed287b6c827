"""Raises one digest a day of what is overdue: a file, and a letter where a mail connection is configured."""

from airflow.sdk import dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=schedule.DAILY,
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["calendar"],
    doc_md=schedule.doc("overdue_digest"),
)
def overdue_digest() -> None:
    tasks.mail_digest(tasks.write_digest())


overdue_digest()
