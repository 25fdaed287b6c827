"""The path of a home: what it may not hold; and its servers, by the environment."""

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


def test_the_environment_names_its_servers_or_files_that_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAREHOUSE_LEDGER_URL", "WAREHOUSE_BI_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    assert (Home.from_env().ledger_server, Home.from_env().bi_server) == (None, None)
    (tmp_path / "secret").write_text("postgresql://marts@db/marts\n", encoding="utf-8")
    monkeypatch.setenv("WAREHOUSE_BI_URL_FILE", str(tmp_path / "secret"))
    assert (Home.from_env().ledger_server, Home.from_env().bi_server) == (None, "postgresql://marts@db/marts")
    monkeypatch.setenv("WAREHOUSE_BI_URL", "postgresql://marts@other/marts")
    assert Home.from_env().bi_server == "postgresql://marts@other/marts"
    monkeypatch.setenv("WAREHOUSE_BI_URL", "")
    assert Home.from_env().bi_server is None, "a second home beside one is told so that has none"
