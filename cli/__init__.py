"""The `warehouse` command and what it prints. It calls pipeline, reporting and orchestration; it holds no logic of the data."""
