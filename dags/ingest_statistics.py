"""The Airflow DAG ingest_statistics: reads, validates and decides statistics."""

from orchestration.ingest_dag import ingest_dag

ingest_dag("statistics")
