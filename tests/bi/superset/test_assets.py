"""Superset's assets say what the declared dashboards and the models say."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from bi.superset import assets as module
from bi.superset.assets import WrongDashboard, assets, dashboards
from bi.superset.install import environment, marts
from tests.support.bi_server import publish_state
from warehouse.home import Home

URL = "postgresql://reader:secret@host/marts"


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return {name: yaml.safe_load(text) for name, text in assets(URL, "marts", {"connect_timeout": 10}).items()}


def of(files: dict[str, Any], kind: str) -> dict[str, Any]:
    return {Path(name).stem: content for name, content in files.items() if name.startswith(f"{kind}/")}


def test_there_are_three_dashboards_and_each_shows_its_charts_once(files: dict[str, Any]) -> None:
    pages, charts = of(files, "dashboards"), of(files, "charts")
    assert {page["dashboard_title"] for page in pages.values()} == {"目标进展", "工程进度与资金", "报送与质量"}
    placed = [
        part["meta"]["uuid"]
        for page in pages.values()
        for part in page["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]
    assert sorted(placed) == sorted(chart["uuid"] for chart in charts.values())
    for page in pages.values():
        for part in page["position"].values():
            if isinstance(part, dict) and part["type"] == "ROW":
                assert sum(page["position"][child]["meta"]["width"] for child in part["children"]) == 12


def test_every_chart_has_its_dataset_and_every_dataset_the_database(files: dict[str, Any]) -> None:
    datasets = {one["uuid"]: one for one in of(files, "datasets").values()}
    (database,) = of(files, "databases").values()
    assert {one["dataset_uuid"] for one in of(files, "charts").values()} <= datasets.keys()
    assert {one["database_uuid"] for one in datasets.values()} == {database["uuid"]}
    assert (database["sqlalchemy_uri"], database["allow_dml"]) == (URL, False)


def test_columns_have_chinese_titles_with_their_unit(files: dict[str, Any]) -> None:
    columns = {one["column_name"]: one for one in of(files, "datasets")["mart_project_funds"]["columns"]}
    assert columns["idle_wan"]["verbose_name"] == "沉淀资金（万元）"
    assert (columns["as_of_date"]["type"], columns["as_of_date"]["is_dttm"]) == ("DATE", True)
    indicator = {
        one["column_name"]: one["verbose_name"] for one in of(files, "datasets")["mart_indicator_zone"]["columns"]
    }
    assert (indicator["value"], indicator["unit"]) == ("数值", "单位"), "the unit of a row stands in another column"


def test_a_number_is_a_sum_of_rows_that_may_be_added(files: dict[str, Any]) -> None:
    chart = of(files, "charts")["planned_investment"]
    (query,) = json.loads(chart["query_context"])["queries"]
    assert query["filters"] == [{"col": "is_additive", "op": "IS TRUE", "val": None}]
    (metric,) = query["metrics"]
    assert (metric["aggregate"], metric["column"]["column_name"]) == ("SUM", "planned_investment_wan")
    assert chart["params"]["adhoc_filters"][0]["operator"] == "IS TRUE"


def test_the_same_names_have_the_same_ids(files: dict[str, Any]) -> None:
    again = {name: yaml.safe_load(text) for name, text in assets("duckdb:///x", "main", {}).items()}
    assert {name: one.get("uuid") for name, one in again.items()} == {
        name: one.get("uuid") for name, one in files.items()
    }


def test_a_column_that_no_mart_has_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (module.DECLARED / "targets.yml").read_text(encoding="utf-8").replace("x: status_zh", "x: statuz")
    (tmp_path / "targets.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "DECLARED", tmp_path)
    with pytest.raises(WrongDashboard, match="targets_by_status: mart_target_progress has no statuz"):
        dashboards()


def test_the_file_is_named_as_superset_finds_it_in_any_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "a 仓库 #%").ensure()
    with pytest.raises(FileNotFoundError, match="make demo"):
        marts(home, None)
    publish_state(home, 1)
    found = marts(home, None)
    assert found.url == "duckdb:///published/current/warehouse.duckdb" and found.connect_args["read_only"] is True
    file = home.root / found.url.removeprefix("duckdb:///")
    with duckdb.connect(str(file), **found.connect_args) as con, pytest.raises(duckdb.PermissionException):
        con.execute(f"from read_text('{home.identity_file}')")
    assert marts(home, URL).schema == "marts"


def test_superset_is_told_nothing_of_the_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", "postgresql://ledger:secret@host/ledger")
    assert not [name for name, value in environment(tmp_path).items() if "WAREHOUSE" in name or "secret" in value]
