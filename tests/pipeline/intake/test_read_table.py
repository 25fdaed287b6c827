"""What was read of a file, written as a table of its own."""

import csv
import json

import openpyxl
import pyarrow.parquet as pq
import pytest

from contracts import contract
from ingestion.normalize import normalize
from pipeline.intake.read_table import write_table
from tests.support.answers import SAMPLES
from tests.support.workbooks import TOWNSHIPS, ecology_sheet, normalize_rows

LAYER = SAMPLES / "traps" / "wetland" / "湿地2025（重叠）.zip"


@pytest.fixture
def read(tmp_path):
    return normalize_rows(tmp_path, ecology_sheet()).table


def test_a_csv_has_canonical_columns_and_the_cell_of_each_value(read, tmp_path):
    write_table(read, tmp_path / "读到的.csv")
    with (tmp_path / "读到的.csv").open(encoding="utf-8-sig", newline="") as file:
        first, *others = csv.DictReader(file)
    assert list(first) == read.column_names
    assert len(others) == 9
    assert (first["reporting_unit"], first["period"], first["township_code"]) == (TOWNSHIPS[0], "2024", TOWNSHIPS[0])
    assert float(first["land_area_ha"]) == 4000.0
    assert json.loads(first["cells"])["land_area_ha"] == "C3"


def test_a_workbook_holds_the_same(read, tmp_path):
    write_table(read, tmp_path / "new" / "读到的.xlsx")
    heading, first, *_ = openpyxl.load_workbook(tmp_path / "new" / "读到的.xlsx").active.iter_rows(values_only=True)
    row = dict(zip(heading, first, strict=True))
    assert (row["period"], row["land_area_ha"], json.loads(row["cells"])["redline_area_km2"]) == ("2024", 4000, "I3")


def test_parquet_keeps_the_types(read, tmp_path):
    write_table(read, tmp_path / "读到的.parquet")
    assert pq.read_table(tmp_path / "读到的.parquet").to_pylist() == read.to_pylist()


def test_shapes_are_text_in_a_csv(tmp_path):
    table = normalize(LAYER, LAYER.name, contract("wetland"), "s1").table
    write_table(table, tmp_path / "湿地.csv")
    with (tmp_path / "湿地.csv").open(encoding="utf-8-sig", newline="") as file:
        shapes = [row["geometry"] for row in csv.DictReader(file)]
    assert len(shapes) == 276
    assert all(shape.startswith(("POLYGON", "MULTIPOLYGON")) for shape in shapes)


def test_another_ending_is_refused(read, tmp_path):
    with pytest.raises(ValueError, match=r"\.csv、\.xlsx、\.parquet"):
        write_table(read, tmp_path / "读到的.json")
    assert list(tmp_path.glob("*.json")) == []
