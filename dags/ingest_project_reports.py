"""The Airflow DAG ingest_project_reports: reads, validates and decides project reports."""

from orchestration.ingest_dag import ingest_dag

ingest_dag("project_reports")
