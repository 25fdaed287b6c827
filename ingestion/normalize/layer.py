"""A map layer into typed rows: attributes by the contract, geometry in longitude/latitude on CGCS2000, area on the
ellipsoid.
"""

from collections import defaultdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import Contract, Finding, finding
from contracts.reference import COUNTY_EXTENT
from ingestion.normalize.layer_findings import by_unit
from ingestion.normalize.layer_position import Extent, place, position_findings
from ingestion.normalize.layer_units import units_of
from ingestion.normalize.layer_values import Attributes, garbled_attributes, normalize_attributes
from ingestion.normalize.periods import InvalidPeriod, find_period
from ingestion.normalize.result import ARROW_TYPES, NormalizedFile, table_schema, unreadable
from ingestion.normalize.values import Problem
from ingestion.readers.cells import UnreadableFile
from ingestion.readers.layer import RawLayer, read_layer
from spatial.area import areas
from spatial.wkb import numbers


def normalize_layer(
    path: Path,
    file_name: str,
    contract: Contract,
    townships: pa.Table | None = None,
    extent: Extent = COUNTY_EXTENT,
) -> NormalizedFile:
    """Reads and conforms a layer; what is wrong with it is a finding, never an exception.

    path: the file, or a folder with a layer's files; file_name: as submitted; townships: (township_code, geometry) of
    the accepted boundary, None while there is none; extent: of the district, west, south, east, north, EPSG:4490.
    Geometry checks beyond the place are `layer_checks`.
    """
    headings = [heading for spec in contract.columns.values() for heading in (*spec.headers, *spec.name_headers)]
    try:
        raw = read_layer(path, file_name, headings)
    except UnreadableFile as problem:
        return unreadable(contract, finding(problem.rule_id, found=problem.detail))
    count = raw.attributes.num_rows
    if not count:
        return unreadable(contract, finding("reading.empty"))

    attributes = normalize_attributes(raw, contract)
    placed = place(raw.geometry, raw.crs, extent)
    names = (PurePosixPath(file_name).stem, raw.title)
    period, period_findings = _period(contract, attributes, names, raw.name)
    reporting_units = units_of(
        contract, attributes.columns, placed.geometries if placed.known else None, names, townships
    )
    ids = attributes.columns[str(contract.layout.feature_id)]
    features = ids.to_pylist()

    sizes = numbers(areas(placed.geometries)) if placed.known else pa.nulls(count, pa.float64())
    system = {
        "row_id": pa.array(range(count)),
        "sheet": pa.array([raw.name] * count, type=pa.string()),
        "row_no": pa.array(range(1, count + 1)),
        "reporting_unit": pa.array(reporting_units),
        "period": pa.array([period] * count, type=pa.string()),
        "cells": pa.nulls(count, ARROW_TYPES["MAP(VARCHAR, VARCHAR)"]),
        "feature": ids,
        "geometry": placed.wkb,
        "area_m2": sizes,
    }
    schema = table_schema(contract)
    table = pa.table([(system | attributes.columns)[name] for name in schema.names], schema=schema)
    found = [
        *(finding("reading.shapefile_incomplete", found=ending) for ending in raw.missing),
        *garbled_attributes(raw, contract),
        *attributes.findings,
        *period_findings,
        *placed.findings,
        *(position_findings(placed, extent, reporting_units, features) if placed.known else ()),
        *_value_findings(attributes.problems, reporting_units, features, raw),
    ]
    return NormalizedFile(
        contract.dataset,
        table,
        found,
        rows_read=count,
        rows_control=0,
        notes={"title": raw.title},
        conversions=attributes.conversions.table(placed, ids),
    )


def _period(
    contract: Contract, attributes: Attributes, names: tuple[str, str], sheet: str | None
) -> tuple[str | None, list[Finding]]:
    """The layer's period: fixed, the latest of its date field, or as title and file name say."""
    source = contract.period
    if source.fixed:
        return source.fixed, []
    if source.from_field:
        latest = pc.max(attributes.columns[source.from_field]).as_py()
        return (
            (latest.isoformat(), [])
            if latest
            else (None, [finding("normalize.period_missing", sheet=sheet, field=source.from_field)])
        )
    said = []
    for name in names:
        try:
            said.append(find_period(name, source.grain))
        except InvalidPeriod as problem:
            return None, [finding("normalize.invalid_period", sheet=sheet, field="period", found=problem.written)]
    by_file, by_title = said
    if by_file and by_title and by_file != by_title:
        return None, [
            finding("normalize.period_conflict", sheet=sheet, field="period", found=by_title, expected=by_file)
        ]
    period = by_title or by_file
    return period, [] if period else [finding("normalize.period_missing", sheet=sheet, field="period")]


def _value_findings(
    problems: list[tuple[int, Problem]], reporting_units: list[str], features: list[str | None], raw: RawLayer
) -> list[Finding]:
    """Problems of values, alike ones of a whole unit told once."""
    alike: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    by_key = {}
    for row, problem in problems:
        key = (problem.rule_id, problem.field, str(problem.operands.get("found")))
        alike[key].append(row)
        by_key[key] = problem
    sheets = [raw.name] * len(reporting_units)
    found = []
    for key, rows in alike.items():
        problem = by_key[key]
        operands = {"rule_id": problem.rule_id, "field": problem.field, **problem.operands}
        found += by_unit(rows, reporting_units, features, sheets, partial(_same, operands))
    return found


def _same(operands: dict[str, Any], _rows: list[int]) -> dict[str, Any]:
    return operands
