"""The Airflow DAG ingest_spatial: reads, validates and decides map layers."""

from orchestration.ingest_dag import ingest_dag

ingest_dag("spatial")
