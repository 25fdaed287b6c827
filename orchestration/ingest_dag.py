"""The DAG that ingests one family of datasets; dags/ingest_*.py make one of it for each family."""

from typing import Any

from airflow.sdk import dag

from contracts import Family
from orchestration import assets, tasks
from orchestration.notifiers import receipt_deadline

TITLES: dict[Family, tuple[str, str]] = {
    "spatial": ("空间数据", "map layers"),
    "statistics": ("统计数据", "statistics"),
    "project_reports": ("项目报告", "project reports"),
}


def ingest_dag(family: Family) -> Any:
    """The DAG `ingest_<family>`: reads the family's new submissions in batches, then decides them in order.

    Runs when the asset `<family>_arrived` is updated. A task that fails for good fails the run with the names of the
    files that stay unread; a faulty file is an outcome and fails nothing.
    """
    dag_id = f"ingest_{family}"
    title, title_en = TITLES[family]

    @dag(
        dag_id=dag_id,
        schedule=[assets.ARRIVED[family]],
        start_date=assets.START,
        catchup=False,
        max_active_runs=1,
        default_args=assets.RETRY,
        deadline=receipt_deadline(),
        tags=["ingest", family],
        doc_md=assets.doc("ingest").format(dag_id=dag_id, title=title, title_en=title_en),
    )
    def ingest() -> None:
        outcomes = tasks.read.expand(batch=tasks.queue(family))
        decided = tasks.decide(family)
        outcomes >> decided
        [outcomes, decided] >> tasks.name_failed(family)

    return ingest()
