"""Writes one digest a day of the overdue reports: a file, and a mail where a mail connection is configured."""

from airflow.sdk import dag

from orchestration import assets, tasks


@dag(
    schedule=assets.DAILY,
    start_date=assets.START,
    catchup=False,
    max_active_runs=1,
    default_args=assets.RETRY,
    tags=["calendar"],
    doc_md=assets.doc("overdue_digest"),
)
def overdue_digest() -> None:
    tasks.mail_digest(tasks.write_digest())


overdue_digest()
