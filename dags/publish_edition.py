"""Approves a named build: it becomes an edition, kept for ever, and its reporting periods close. Only when somebody
asks for it.
"""

from airflow.sdk import Param, dag

from orchestration import assets, tasks


@dag(
    schedule=None,
    start_date=assets.START,
    catchup=False,
    max_active_runs=1,
    default_args=assets.RETRY,
    tags=["build"],
    doc_md=assets.doc("publish_edition"),
    params={
        "by": Param("", type="string", minLength=1, title="批准人", description="Who approves"),
        "build": Param(
            "",
            type="string",
            minLength=1,
            title="构建",
            description="Id of the build to sign, as warehouse approve --dry-run names it",
        ),
        "period": Param(
            None,
            type=["null", "string"],
            title="期次",
            description="2025-07, 2025Q3, 2025; empty: the month that data reach",
        ),
        "because": Param("", type="string", pattern=r"\S", title="理由", description="Kept with the edition for ever"),
    },
)
def publish_edition() -> None:
    tasks.approve()


publish_edition()
