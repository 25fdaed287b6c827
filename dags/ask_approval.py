"""Asks the approvers that settings.toml names whether a build that was just published becomes an edition; approves it
when one of them says so. By default nobody is asked.
"""

from airflow.sdk import Param, chain, dag

from orchestration import approval, assets


@dag(
    schedule=[assets.PUBLISHED],
    start_date=assets.START,
    catchup=False,
    max_active_runs=assets.OPEN_QUESTIONS,
    default_args=assets.RETRY,
    tags=["build"],
    doc_md=assets.doc("ask_approval"),
    params={
        "build": Param(
            None,
            type=["null", "string"],
            title="构建",
            description="Id of a build to ask about; empty: the current one, if its figures are new",
        ),
    },
)
def ask_approval() -> None:
    chain(approval.offer(), approval.approval_question(), approval.conclude())


ask_approval()
