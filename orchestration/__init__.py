"""Everything that imports Airflow: assets, tasks, the inbox's watcher, settings, local runs, the server."""
