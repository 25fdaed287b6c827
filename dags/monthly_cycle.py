"""Opens, reminds of and closes the reporting periods; missed months are caught up, any month can be backfilled."""

from airflow.sdk import chain, dag

from orchestration import assets, tasks


@dag(
    schedule=assets.MONTHLY,
    start_date=assets.START,
    catchup=True,
    max_active_runs=1,  # the months one after the other; those that are caught up leave the machine to what was sent
    default_args=assets.RETRY,
    tags=["calendar"],
    doc_md=assets.doc("monthly_cycle"),
)
def monthly_cycle() -> None:
    chain(tasks.open_periods(), tasks.remind(), tasks.close_periods())


monthly_cycle()
