"""Looks for promises that are missed, and mails the notices that were not mailed yet."""

from airflow.sdk import dag

from orchestration import assets, tasks


@dag(
    schedule=assets.EVERY_FIVE_MINUTES,
    start_date=assets.START,
    catchup=False,
    max_active_runs=1,
    default_args=assets.RETRY,
    tags=["watch"],
    doc_md=assets.doc("watch_promises"),
)
def watch_promises() -> None:
    tasks.enter_missed() >> tasks.mail_notices()


watch_promises()
