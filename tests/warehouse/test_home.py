"""The path of a home: what it may not hold."""

from pathlib import Path

import pytest

from warehouse.home import Home, UnusableHome


@pytest.mark.parametrize(
    ("name", "reason"), [("a?b", "“[?]” .*DuckDB.*question mark"), ("a$b", "“[$]” .*Airflow.*dollar")]
)
def test_a_path_that_duckdb_or_airflow_takes_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    with pytest.raises(UnusableHome, match=reason):
        Home(tmp_path / name)
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / name / "home"))
    with pytest.raises(UnusableHome, match=reason):
        Home.from_env()
