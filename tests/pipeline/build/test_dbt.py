"""dbt in this process: what fails is named, and one parsed project serves the databases of several homes."""

import pytest

from tests.support.dbt_builds import MARTS, EmptyBuild, rows


@pytest.mark.slow
def test_what_failed_is_named_and_another_homes_build_is_none_the_worse(empty_build: EmptyBuild) -> None:
    assert "model.shangdang.stg_wetland" in empty_build.failure
    assert empty_build.printed == "", "dbt writes nothing on the terminal"
    assert "stg_wetland" in (empty_build.path.parents[1] / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert empty_build.parsed_between == 0
    assert {status for name, status, _ in empty_build.nodes if name.startswith("model.")} == {"success"}
    assert "model.shangdang.stg_wetland" in {name for name, _, _ in empty_build.nodes}
    assert empty_build.marts_of_failed == rows(empty_build.failed, MARTS)
    assert rows(empty_build.failed, MARTS) < rows(empty_build.path, MARTS)
