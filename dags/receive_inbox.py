"""Takes whole files from the inbox within seconds of their arrival."""

from airflow.sdk import dag

from orchestration import assets, tasks


@dag(
    schedule=assets.ON_FILES,
    start_date=assets.START,
    catchup=False,
    max_active_runs=1,
    default_args=assets.RETRY,
    tags=["receive"],
    doc_md=assets.doc("receive_inbox"),
)
def receive_inbox() -> None:
    tasks.receive() >> tasks.name_unreceived()


receive_inbox()
