"""Takes whole files from the inbox within seconds of their arrival."""

from airflow.sdk import dag

from orchestration import assets as schedule
from orchestration import tasks


@dag(
    schedule=schedule.ON_FILES,
    start_date=schedule.START,
    catchup=False,
    max_active_runs=1,
    default_args=schedule.RETRY,
    tags=["receive"],
    doc_md=schedule.doc("receive_inbox"),
)
def receive_inbox() -> None:
    tasks.receive()


receive_inbox()
