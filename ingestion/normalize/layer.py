"""A map layer into typed rows: attributes by the contract, geometry in longitude/latitude on CGCS2000, area on the
ellipsoid. Called by `normalize` for every dataset whose contract is a layer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from contracts import Contract, Finding, finding
from contracts.reading_record import ReadingRecord
from contracts.reference import COUNTY_EXTENT
from ingestion.normalize.container import left_out
from ingestion.normalize.converted_value import ValueProblem
from ingestion.normalize.layer_evidence import with_known_attributes
from ingestion.normalize.layer_period import layer_period
from ingestion.normalize.layer_position import Extent, place, position_findings
from ingestion.normalize.layer_record import layer_record
from ingestion.normalize.layer_under_check import feature_findings
from ingestion.normalize.layer_units import reporting_units_of
from ingestion.normalize.layer_values import garbled_attributes, normalize_attributes
from ingestion.normalize.normalization_log import count_by_kind
from ingestion.normalize.other_reports import other_layer
from ingestion.normalize.result import NormalizedFile, table_schema, unreadable
from ingestion.normalize.sheet_checks import UNIT_IN_CELL
from ingestion.normalize.texts_of_table import remarks_of_layer
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
    """Reads and normalizes a layer; what is wrong with it is a finding, never an exception.

    path: the file, or a folder with a layer's files; file_name: as submitted; townships: (township_code, geometry) of
    the accepted boundary, None while there is none; extent: of the district, west, south, east, north, EPSG:4490.
    Geometry checks beyond the place are `layer_checks`.
    """
    headings = [heading for spec in contract.columns.values() for heading in (*spec.headers, *spec.name_headers)]
    try:
        raw = read_layer(path, file_name, headings)
    except UnreadableFile as problem:
        return unreadable(contract, finding(problem.rule_id, found=problem.detail, **problem.operands))
    count = raw.attributes.num_rows
    if not count:
        return unreadable(contract, finding("reading.empty"))

    placed = place(raw.geometry, raw.crs, extent)
    own_areas = areas(placed.geometries) if placed.known else None
    raw, by_evidence = with_known_attributes(raw, contract, own_areas)
    attributes = normalize_attributes(raw, contract)
    record, not_read = layer_record(raw, contract)
    period, period_findings = layer_period(contract, attributes.columns, raw, file_name)
    names = (PurePosixPath(file_name).stem, raw.title)
    reporting_units = reporting_units_of(
        contract, attributes.columns, placed.geometries if placed.known else None, names, townships
    )
    ids = attributes.columns[str(contract.layout.feature_id)]
    features = ids.to_pylist()

    schema = table_schema(contract)
    system = {
        "row_id": pa.array(range(count)),
        "sheet": pa.array([raw.name] * count, type=pa.string()),
        "row_no": pa.array(range(1, count + 1)),
        "reporting_unit": pa.array(reporting_units),
        "period": pa.array([period] * count, type=pa.string()),
        "cells": pa.nulls(count, schema.field("cells").type),
        "feature": ids,
        "geometry": placed.wkb,
        "area_m2": numbers(own_areas) if own_areas is not None else pa.nulls(count, pa.float64()),
    }
    table = pa.table([(system | attributes.columns)[name] for name in schema.names], schema=schema)
    found = [
        *(finding("reading.shapefile_incomplete", found=ending) for ending in raw.missing),
        *garbled_attributes(raw, contract),
        *by_evidence,
        *not_read,
        *attributes.findings,
        *period_findings,
        *other_layer(file_name, raw.title, raw.name, contract),
        *placed.findings,
        *(position_findings(placed, extent, reporting_units, features) if placed.known else ()),
        *_value_findings(
            [*attributes.problems, *remarks_of_layer(raw, record, contract)], reporting_units, features, raw
        ),
    ]
    members, beside = left_out(path, contract)
    conversions = attributes.log.table(placed, ids)
    return NormalizedFile(
        contract.dataset,
        table,
        [*found, *beside],
        rows_read=count,
        rows_control=0,
        notes={"title": raw.title},
        conversions=conversions,
        record=ReadingRecord((record, *members), count_by_kind(conversions)),
    )


def _value_findings(
    problems: list[tuple[int, ValueProblem]], reporting_units: list[str], features: list[str | None], raw: RawLayer
) -> list[Finding]:
    """Problems of values; alike ones of nearly a whole reporting unit are reported once."""
    alike: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    by_key = {}
    for row, problem in _units_told_once(problems):
        key = (problem.rule_id, problem.field, str(problem.operands.get("found")))
        alike[key].append(row)
        by_key[key] = problem
    sheets = [raw.name] * len(reporting_units)
    found = []
    for key, rows in alike.items():
        problem = by_key[key]
        operands = {"rule_id": problem.rule_id, "field": problem.field, **problem.operands}
        found += feature_findings(rows, reporting_units, features, sheets, partial(_unchanged, operands))
    return found


def _units_told_once(problems: list[tuple[int, ValueProblem]]) -> Iterator[tuple[int, ValueProblem]]:
    """Problems, of the values of a field that have a unit of their own only the first, which says how many there are."""
    counts = Counter(problem.field for _, problem in problems if problem.rule_id == UNIT_IN_CELL)
    for row, problem in problems:
        if problem.rule_id != UNIT_IN_CELL:
            yield row, problem
        elif count := counts.pop(problem.field, 0):
            yield row, replace(problem, operands=problem.operands | {"count": count})


def _unchanged(operands: dict[str, Any], _rows: list[int]) -> dict[str, Any]:
    """The operands of alike findings, the same for any rows."""
    return operands
