"""The YAML of dbt's sources and staging models, from the contracts, `warehouse.raw_tables` and staging_keys.yml;
`dev.generate` writes it.

A source is a raw table, with the title, type, unit and meaning of each column; a staging model has those of its source,
in its own names, and the test of its key.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from contracts import Contract, contracts
from contracts.model import FieldSpec
from contracts.submission_table import CRS, table_columns
from warehouse.raw_tables import RAW_TABLES
from warehouse.spatial_derivations import MADE_AS

STAGING_KEYS = Path(__file__).with_name("staging_keys.yml")

VERSION_COLUMNS = {
    "submission_id": ("所属报送", "The submission that the row came with"),
    "accepted_at": ("接收时间", "When its reporting unit was accepted"),
}
SYSTEM_COLUMN_TITLES = {
    "row_id": ("行序", "0-based order of reading, unique in the submission"),
    "sheet": ("工作表", "Sheet or layer; null in a CSV"),
    "row_no": ("行号", "1-based row of the sheet, or number of the feature"),
    "reporting_unit": ("填报单元", "Reporting unit: accepted, held and replaced as a whole"),
    "period": ("填报期", "2025, 2025Q1, 2025-03 or 2021-10-31"),
    "cells": ("单元格", "Field name to the A1 address that the value came from"),
    "feature": ("要素编号", "Feature id of a layer"),
    "geometry": ("图形", f"WKB, longitude/latitude, {CRS}"),
    "area_m2": ("椭球面积", "Ellipsoidal area, GRS80"),
}
SYSTEM_COLUMN_UNITS = {"area_m2": "m2"}
PERIOD_COLUMNS = {
    "starts_on": ("开始日", "First day of the period; of an event, its day"),
    "ends_on": ("截止日", "Last day of the period; of an event, its day"),
}


class StagingColumn(NamedTuple):
    """A column that a staging model adds to those of its source: its SQL, title, meaning, unit."""

    sql: str
    zh: str
    en: str
    measure_unit: str | None = None


FUNDS = ("funds_central_wan", "funds_province_wan", "funds_local_wan", "funds_social_wan")
STAGING_COLUMNS: dict[str, dict[str, StagingColumn]] = {
    "project_acceptance": {
        "is_accepted": StagingColumn(
            "conclusion = '合格'", "是否合格", "The conclusion is 合格: only such results count"
        )
    },
    "project_ledger": {
        "plan_project_id": StagingColumn(
            "left(project_id, 2)", "规划工程编号", "The project of the plan that it is, or is a part of"
        ),
        "is_subproject": StagingColumn("project_id like '%-%'", "是否子项目", "A part of a project, by its number"),
    },
    "project_progress": {
        "funds_arrived_wan": StagingColumn(
            "\n    + ".join(f"coalesce({name}, 0)" for name in FUNDS),
            *("到位资金合计", "Arrived to date, the four levels together", "万元"),
        ),
    },
}

STALE_AFTER_DAYS = {"month": 62, "quarter": 184, "year": 731}
"""A dataset of which nothing was accepted for two whole periods of its cadence is worth a look; expected reports and
their due days are judged elsewhere (mart_submission_status). Changes and events come when they come: no entry.
"""


@cache
def staging_keys() -> dict[str, Any]:
    """staging_keys.yml: the staging model's key, its nullable columns and renamed ones, by raw table."""
    return yaml.safe_load(STAGING_KEYS.read_text(encoding="utf-8"))


def _column(name: str, zh: str, en: str, measure_unit: str | None = None, type_: str | None = None) -> dict[str, Any]:
    meta = {"title_zh": zh} | ({"measure_unit": measure_unit} if measure_unit else {})
    return {
        "name": name,
        **({"data_type": type_.lower()} if type_ else {}),
        "description": en,
        "config": {"meta": meta},
    }


def _field_text(field: FieldSpec) -> str:
    return f"{field.en}。{field.meaning}" if field.meaning else field.en


def _contract_column(contract: Contract, name: str, type_: str | None = None) -> dict[str, Any]:
    if field := contract.columns.get(name):
        return _column(name, field.zh, _field_text(field), field.measure_unit, type_)
    return _column(name, *SYSTEM_COLUMN_TITLES[name], measure_unit=SYSTEM_COLUMN_UNITS.get(name), type_=type_)


def _dataset_source(contract: Contract) -> dict[str, Any]:
    columns = [_column(name, zh, en) for name, (zh, en) in VERSION_COLUMNS.items()]
    columns += [_contract_column(contract, name, type_) for name, type_ in table_columns(contract).items()]
    meta = {"title_zh": contract.title.zh, "family": contract.family, "submitter": contract.submitter}
    days = STALE_AFTER_DAYS.get(contract.cadence.every)
    freshness = (
        {"loaded_at_field": "accepted_at", "freshness": {"warn_after": {"count": days, "period": "day"}}}
        if days
        else {}
    )
    return {
        "name": contract.dataset,
        "description": f"{contract.title.zh} / {contract.title.en}",
        "config": {"meta": meta, **freshness},
        "columns": columns,
    }


def _system_source(name: str) -> dict[str, Any]:
    table = RAW_TABLES[name]
    return {
        "name": name,
        "description": f"{table.zh} / {table.en}",
        "config": {"meta": {"title_zh": table.zh}},
        "columns": [
            _column(column, said.zh, said.en, said.measure_unit, said.sql_type)
            for column, said in table.columns.items()
        ],
    }


def _written(content: dict[str, Any]) -> str:
    return yaml.safe_dump({"version": 2, **content}, allow_unicode=True, sort_keys=False, width=160)


def sources_yaml() -> str:
    """The YAML of dbt's sources: every raw table with the Chinese title, type, unit and meaning of its columns."""
    tables = [_dataset_source(contract) for contract in contracts().values()]
    tables += [_system_source(table) for table in staging_keys()]
    source = {
        "name": "raw",
        "schema": "raw",
        "description": "What the ledger has accepted and in force, synchronised before every build",
        "tables": tables,
    }
    return _written({"sources": [source]})


def _model(name: str, zh: str, en: str, columns: list[dict[str, Any]], key: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"stg_{name}",
        "description": f"{zh} / {en}",
        "config": {"meta": {"title_zh": zh}},
        "data_tests": [{"unique_key": {"arguments": key}}],
        "columns": columns,
    }


def _dataset_model(contract: Contract) -> dict[str, Any]:
    key = list(contract.key)
    if contract.reporting_unit.per_period and "period" not in key:
        key.append("period")
    left_out = {"geometry", "cells" if contract.is_layer else "feature"}
    names = [name for name in table_columns(contract) if name not in left_out]
    after_period = names.index("period") + 1
    columns = [_column(name, zh, en) for name, (zh, en) in VERSION_COLUMNS.items()]
    columns += [_contract_column(contract, name) for name in names[:after_period]]
    columns += [_column(name, zh, en) for name, (zh, en) in PERIOD_COLUMNS.items()]
    columns += [_contract_column(contract, name) for name in names[after_period:]]
    columns += [
        _column(name, one.zh, one.en, one.measure_unit)
        for name, one in STAGING_COLUMNS.get(contract.dataset, {}).items()
    ]
    return _model(contract.dataset, contract.title.zh, contract.title.en, columns, {"columns": key})


def _system_model(name: str) -> dict[str, Any]:
    table, declared = RAW_TABLES[name], staging_keys()[name]
    renamed = declared.get("renamed", {})
    columns = [
        _column(renamed.get(column, column), said.zh, said.en, said.measure_unit)
        for column, said in table.columns.items()
        if column != MADE_AS
    ]
    nullable = {"nullable": declared["nullable"]} if "nullable" in declared else {}
    return _model(name, table.zh, table.en, columns, {"columns": declared["key"], **nullable})


def staging_yaml() -> str:
    """The YAML of the staging models: titles, columns, and that what is in force has each key once a version."""
    models = [_dataset_model(contract) for contract in contracts().values()]
    return _written({"models": models + [_system_model(table) for table in staging_keys()]})
