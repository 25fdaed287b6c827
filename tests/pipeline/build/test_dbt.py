"""dbt in this process: what fails is named, and one parsed project serves the databases of several homes."""

from pathlib import Path

import duckdb
import pytest

from pipeline.build.dbt import TransformFailed, _parsed, dbt_build
from tests.support.dbt_builds import fill, rows

MARTS = "select count(*) from duckdb_tables() where schema_name = 'marts'"


@pytest.mark.slow
def test_what_failed_is_named_and_another_homes_build_is_none_the_worse(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lacking, whole = (tmp_path / home / "warehouse.duckdb" for home in ("lacking", "whole"))
    for path in (lacking, whole):
        path.parent.mkdir()
        fill(path, {})
    with duckdb.connect(str(lacking)) as con:
        con.execute("drop table raw.wetland")
    parsed = _parsed.cache_info().misses
    with pytest.raises(TransformFailed, match=r"model\.shangdang\.stg_wetland"):
        dbt_build(lacking, tmp_path / "logs", "of this test")
    assert capfd.readouterr() == ("", ""), "dbt writes nothing on the terminal"
    assert "stg_wetland" in (tmp_path / "logs" / "dbt.log").read_text(encoding="utf-8")
    before = rows(lacking, MARTS)
    nodes = dbt_build(whole, tmp_path / "logs", "of this test")
    assert _parsed.cache_info().misses == parsed + 1
    assert {status for name, status, _ in nodes if name.startswith("model.")} == {"success"}
    assert "model.shangdang.stg_wetland" in {name for name, _, _ in nodes}
    assert rows(lacking, MARTS) == before < rows(whole, MARTS)
