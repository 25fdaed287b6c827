"""Fills in a form as its submitter would: plausible values by the contract alone, in the cells or features that the
form offers.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import shapely
from pyogrio.raw import read_arrow, write_arrow

from contracts import FieldSpec, code_lists
from contracts.places import township_name
from contracts.reference import table
from contracts.submission_table import CRS
from ingestion.templates.form import Form, FormColumn, Key
from ingestion.templates.layer import GEOMETRY, attributes, layer_name
from ingestion.templates.sheet import EXAMPLE

TOWNSHIPS = [row["township_code"] for row in table("township")]
PROJECTS = [row["project_id"] for row in table("plan_project")]
EVENTS = 6
SIDE, WEST, SOUTH = 0.01, 113.0, 36.0  # squares in the district, degrees


def filled_rows(form: Form, random: Random, count: int = EVENTS) -> list[dict[Key, Any]]:
    """What is known of each row, with a value for everything else; as many rows as are known, or `count`."""
    rows = [dict(row) for row in form.rows] or [{} for _ in range(count)]
    for number, row in enumerate(rows):
        for column in form.columns:
            if column.key not in row:
                row[column.key] = _written(column, row, number, random)
        for spec in form.contract.fields.values():
            if spec.numerator and spec.denominator:
                row[spec.numerator, None] = round(row[spec.denominator, None] * random.uniform(0.05, 1), 2)
                row[spec.name, None] = round(100 * row[spec.numerator, None] / row[spec.denominator, None], 2)
    return rows


def _written(column: FormColumn, row: dict[Key, Any], number: int, random: Random) -> Any:
    """A value as it is typed into a column's cell."""
    spec = column.field
    if spec.type == "township":
        code = row.get((spec.name, None), TOWNSHIPS[number % len(TOWNSHIPS)])
        return township_name(code) if column.role == "name" else code
    return typed(spec, number, random)


def typed(spec: FieldSpec, number: int, random: Random) -> Any:
    """A plausible value of a field; texts differ from row to row."""
    if spec.type == "project":
        return PROJECTS[number % len(PROJECTS)]
    if spec.type == "township_list":
        return "、".join(township_name(code) for code in sorted(random.sample(TOWNSHIPS, 2)))
    if spec.type == "place":
        return random.choice(["荫城镇", "上党区", "区水利局"])
    if spec.type == "date":
        return date(2025, 1, 1) + timedelta(days=random.randrange(300))
    if spec.type == "month":
        return f"{random.randrange(2022, 2035)}-{random.randrange(1, 13):02d}"
    if spec.list:
        codes = code_lists()[spec.list]
        return codes.title(list(codes.values)[number % len(codes.values)])
    if spec.type == "count":
        return random.randrange(1, 5000)
    if spec.is_numeric:
        return round(random.uniform(2, min(spec.max or 9000, 9000)), random.choice([0, 1, 2, 4]))
    return f"{spec.zh}甲{number + 1}"


def expected(column: FormColumn, written: Any) -> Any:
    """What the submission table holds for what was written."""
    spec = column.field
    if spec.type == "township_list":
        return [next(code for code in TOWNSHIPS if township_name(code) == name) for name in written.split("、")]
    if spec.type == "place":
        return {"荫城镇": "140404102", "上党区": "140404"}.get(written, written)
    if spec.list:
        code = code_lists()[spec.list].canonical(written)
        return code == "是" if spec.type == "boolean" else code
    return float(written) if spec.is_numeric and spec.type != "count" else written


def fill_workbook(form: Form, path: Path, rows: list[dict[Key, Any]]) -> None:
    """Writes rows below the example of a form's workbook."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    example_at = next(cell.row for cell in sheet["A"] if cell.value == EXAMPLE)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(form.columns, start=1):
            cell = sheet.cell(example_at + number, place)
            assert not cell.protection.locked
            cell.value = row[column.key]
    workbook.save(path)


def fill_layer(form: Form, path: Path, random: Random, count: int = EVENTS) -> list[dict[str, Any]]:
    """Appends squares, which do not overlap, to a form's layer; returns their values by field."""
    names = attributes(form.contract)
    rows = []
    for number in range(count):
        row: dict[str, Any] = {}
        for name, spec in names.items():
            if spec.type == "township":
                code = TOWNSHIPS[number % len(TOWNSHIPS)]
                row[name] = code if name == spec.headers[0] else township_name(code)
            else:
                row[name] = typed(spec, number, random)
        rows.append(row)
    _, empty = read_arrow(path, layer=layer_name(form.contract))
    west = [WEST + number * SIDE for number in range(count)]
    squares = [shapely.to_wkb(shapely.multipolygons([shapely.box(x, SOUTH, x + SIDE, SOUTH + SIDE)])) for x in west]
    schema = pa.schema([empty.schema.field(name) for name in names])
    filled = pa.Table.from_pylist(rows, schema=schema).append_column(GEOMETRY, pa.array(squares))
    write_arrow(
        filled,
        str(path),
        layer=layer_name(form.contract),
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type="MultiPolygon",
        crs=CRS,
        append=True,
    )
    return [{spec.name: row[name] for name, spec in names.items() if name == spec.headers[0]} for row in rows]
