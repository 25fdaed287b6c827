"""Superset's assets (database, datasets, charts, dashboards) made of `dashboards/*.yml` and of the marts' declared columns, with
their Chinese titles. Ids are made of names, so that importing them again replaces what was imported before.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bi.superset.charts import VIZ_TYPES, Chart, Column, form, query
from reporting.headings import UNIT_OF_A_COLUMN
from reporting.mart_models import models

DECLARED = Path(__file__).parent / "dashboards"
NAMESPACE = uuid.UUID("5b0e0f0c-6a53-5d0f-9d3b-0c6d1e2f4a71")
VERSION = "1.0.0"
TYPES = {
    "string": "VARCHAR",
    "double": "DOUBLE PRECISION",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
}
"""Types of the models, as Superset writes them; the file and PostgreSQL have the same."""
MOMENTS = ("date", "timestamptz")
DATABASE = "warehouse"
DATABASE_TITLE = "整治修复数据仓库"


class WrongDashboard(ValueError):
    """A declared dashboard names what no mart has."""


@dataclass(frozen=True)
class Filter:
    """What a reader chooses above a dashboard: a value of a mart's column. not_for: charts that it leaves alone."""

    title: str
    mart: str
    column: str
    is_first_chosen: bool
    not_for: tuple[str, ...]


@dataclass(frozen=True)
class Dashboard:
    """A page of charts, in rows."""

    name: str
    title: str
    slug: str
    about: str
    filter: Filter
    rows: tuple[tuple[Chart, ...], ...]

    @property
    def charts(self) -> list[Chart]:
        """All its charts, in their order."""
        return [chart for row in self.rows for chart in row]


def dashboards() -> list[Dashboard]:
    """The declared dashboards, by name. Raises WrongDashboard."""
    found = [_dashboard(path) for path in sorted(DECLARED.glob("*.yml"))]
    known = _columns()
    for one in found:
        for chart in one.charts:
            if lacking := chart.used - set(known.get(chart.mart, {})):
                raise WrongDashboard(f"{one.name}.yml: {chart.name}: {chart.mart} has no {', '.join(sorted(lacking))}")
    return found


def assets(url: str, schema: str | None, connect_args: Mapping[str, Any]) -> dict[str, str]:
    """Every file of the import, by name.

    url: of the marts, as SQLAlchemy writes it, with the reader's password; schema: where they are in that database;
    connect_args: of its driver.
    """
    shown, known = dashboards(), _columns()
    files: dict[str, Any] = {
        "metadata.yaml": {"version": VERSION, "type": "assets"},
        f"databases/{DATABASE}.yaml": {
            "database_name": DATABASE_TITLE,
            "sqlalchemy_uri": url,
            "expose_in_sqllab": True,
            "allow_run_async": False,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_file_upload": False,
            "extra": {"engine_params": {"connect_args": dict(connect_args)}, "allows_virtual_table_explore": True},
            "uuid": _id("database", DATABASE),
            "version": VERSION,
        },
    }
    about = {model["name"]: model for model in models()}
    for name in sorted({chart.mart for one in shown for chart in one.charts} | {one.filter.mart for one in shown}):
        files[f"datasets/{DATABASE}/{name}.yaml"] = _dataset(about[name], known[name], schema)
    for one in shown:
        for chart in one.charts:
            files[f"charts/{chart.name}.yaml"] = _chart(chart, known[chart.mart])
        files[f"dashboards/{one.name}.yaml"] = _page(one)
    return {name: yaml.safe_dump(content, allow_unicode=True, sort_keys=False) for name, content in files.items()}


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind} {name}"))


def _columns() -> dict[str, dict[str, Column]]:
    """The columns of each mart, by name."""
    return {
        model["name"]: {
            one["name"]: Column(_title(one["config"]["meta"]), one["description"], one["data_type"])
            for one in model["columns"]
        }
        for model in models()
    }


def _title(meta: Mapping[str, str]) -> str:
    """With its unit, unless another column has the unit of each row."""
    measure_unit = meta.get("measure_unit", "")
    is_one = measure_unit and not measure_unit.startswith(UNIT_OF_A_COLUMN)
    return f"{meta['title_zh']}（{measure_unit}）" if is_one else meta["title_zh"]


def _dashboard(path: Path) -> Dashboard:
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = tuple(tuple(map(_declared_chart, row)) for row in declared.pop("rows"))
    chosen = declared.pop("filter")
    return Dashboard(
        name=path.stem, rows=rows, filter=Filter(**{**chosen, "not_for": tuple(chosen["not_for"])}), **declared
    )


def _declared_chart(declared: Mapping[str, Any]) -> Chart:
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in declared.items()
    }
    return Chart(**given)


def _dataset(model: Mapping[str, Any], columns: Mapping[str, Column], schema: str | None) -> dict[str, Any]:
    return {
        "table_name": model["name"],
        "description": f"{model['config']['meta']['title_zh']}：{model['description']}",
        "schema": schema,
        "uuid": _id("dataset", model["name"]),
        "database_uuid": _id("database", DATABASE),
        "version": VERSION,
        "metrics": [{"metric_name": "count", "verbose_name": "行数", "expression": "COUNT(*)", "metric_type": "count"}],
        "columns": [
            {
                "column_name": name,
                "verbose_name": spec.title,
                "description": spec.about,
                "is_active": True,
                "groupby": True,
                "filterable": True,
                "is_dttm": spec.type in MOMENTS,
                "type": TYPES[spec.type],
            }
            for name, spec in columns.items()
        ],
    }


def _chart(chart: Chart, known: Mapping[str, Column]) -> dict[str, Any]:
    shown = form(chart, known)
    context = {
        "datasource": {"id": 0, "type": "table"},  # the import puts the dataset's id here
        "force": False,
        "queries": [query(chart, known)],
        "form_data": shown,
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart.title,
        "viz_type": VIZ_TYPES[chart.kind],
        "params": shown,
        "query_context": json.dumps(context, ensure_ascii=False),
        "uuid": _id("chart", chart.name),
        "dataset_uuid": _id("dataset", chart.mart),
        "version": VERSION,
    }


def _page(one: Dashboard) -> dict[str, Any]:
    numbers = {chart.name: number for number, chart in enumerate(one.charts, start=1)}
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": one.title}},
    }
    for place, row in enumerate(one.rows, start=1):
        row_id = f"ROW-{place}"
        position["GRID_ID"]["children"].append(row_id)
        position[row_id] = {
            "type": "ROW",
            "id": row_id,
            "children": [f"CHART-{chart.name}" for chart in row],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for chart in row:
            position[f"CHART-{chart.name}"] = {
                "type": "CHART",
                "id": f"CHART-{chart.name}",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", row_id],
                "meta": {
                    "chartId": numbers[chart.name],
                    "uuid": _id("chart", chart.name),
                    "sliceName": chart.title,
                    "width": chart.width,
                    "height": chart.height,
                },
            }
    chosen = one.filter
    return {
        "dashboard_title": one.title,
        "description": one.about,
        "slug": one.slug,
        "css": "",
        "uuid": _id("dashboard", one.name),
        "version": VERSION,
        "position": position,
        "metadata": {
            "cross_filters_enabled": True,
            "native_filter_configuration": [
                {
                    "id": f"NATIVE_FILTER-{one.name}",
                    "name": chosen.title,
                    "type": "NATIVE_FILTER",
                    "filterType": "filter_select",
                    "targets": [
                        {"datasetUuid": _id("dataset", chosen.mart), "column": {"name": chosen.column}},
                    ],
                    "requiredFirst": chosen.is_first_chosen,
                    "controlValues": {
                        "defaultToFirstItem": chosen.is_first_chosen,
                        "enableEmptyFilter": chosen.is_first_chosen,
                        "multiSelect": not chosen.is_first_chosen,
                        "searchAllOptions": False,
                        "inverseSelection": False,
                    },
                    "defaultDataMask": {"filterState": {}, "extraFormData": {}},
                    "cascadeParentIds": [],
                    "scope": {"rootPath": ["ROOT_ID"], "excluded": [numbers[name] for name in chosen.not_for]},
                }
            ],
        },
    }
