"""The clean sample layers, cut by the sample boundary and zones, against the answer key."""

import csv
from collections import defaultdict

import pyarrow as pa
import pytest

from contracts import contract
from contracts.places import township_name
from contracts.reference import COUNTY_CODE, lookup, membership, table
from ingestion.normalize.layer import normalize_layer
from spatial.area import areas
from spatial.base_partition import base_partition
from spatial.overlay import overlay
from spatial.wkb import geometries

HECTARE, SQUARE_KILOMETRE = 1e4, 1e6
KEY_AREA_TOLERANCE_M2, KEY_AREA_TOLERANCE = 0.01, 5e-8  # the key has two decimals


@pytest.fixture(scope="module")
def samples(request):
    return request.config.rootpath / "samples"


@pytest.fixture(scope="module")
def clean(samples):
    def layers(dataset):
        files = sorted((samples / "clean" / dataset).iterdir())
        return [normalize_layer(file, file.name, contract(dataset)).table for file in files]

    return layers


@pytest.fixture(scope="module")
def area_cells(clean):
    (boundary,), (zones,) = clean("admin_boundary"), clean("planning_zone")
    declared = pa.Table.from_pylist(list(membership()))
    return base_partition(
        boundary.select(["township_code", "geometry"]), zones.select(["zoning", "zone_code", "geometry"]), declared
    )


def key(samples, name):
    with (samples / "answers" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_parts_add_up_to_their_township(clean, area_cells):
    (boundary,) = clean("admin_boundary")
    by_township: defaultdict[str, float] = defaultdict(float)
    for row in area_cells.to_pylist():
        by_township[row["township_code"]] += row["area_m2"]
    assert by_township == pytest.approx(
        {row["township_code"]: row["area_m2"] for row in boundary.to_pylist()}, rel=1e-9
    )
    assert area_cells.num_rows == len(table("township_part"))


@pytest.fixture(scope="module")
def parcel_pieces(clean, area_cells):
    """For each parcel and area cell: the key's columns, its geodesic area, and the share of the parcel's straight area."""
    parts = {row["part_code"]: row for row in table("township_part")}
    pieces = []
    for parcels in clean("land_parcel"):
        straight = areas(geometries(parcels["geometry"]), "straight")
        geodesic, classes = parcels["area_m2"].to_pylist(), parcels["land_class_code"].to_pylist()
        cut = overlay(parcels.select(["row_id", "geometry"]), area_cells)
        for row in cut.to_pylist():
            part = parts[row["part_code"]]
            name = part["part_name"].removeprefix(township_name(part["township_code"]))
            place = (
                part["township_code"],
                name,
                row["consolidation_zone"],
                row["restoration_zone"],
                classes[row["row_id"]],
            )
            share = row["area_m2"] / geodesic[row["row_id"]]
            pieces.append(((parcels["period"][0].as_py(), *place), row["area_m2"], share * straight[row["row_id"]]))
    return pieces


@pytest.fixture(scope="module")
def key_rows(samples):
    columns = ("year", "township_code", "part", "consolidation_zone", "restoration_zone", "land_class_code")
    return {tuple(row[name] for name in columns): float(row["area_m2"]) for row in key(samples, "expected_overlay.csv")}


def test_parcels_by_part_zone_and_class_reproduce_the_key(parcel_pieces, key_rows):
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for place, geodesic, _ in parcel_pieces:
        found[place] += geodesic
    wrong = {
        at: (found.get(at, 0.0), key_rows.get(at, 0.0))
        for at in found.keys() | key_rows.keys()
        if abs(found.get(at, 0.0) - key_rows.get(at, 0.0))
        > KEY_AREA_TOLERANCE_M2 + KEY_AREA_TOLERANCE * key_rows.get(at, 0.0)
    }
    assert wrong == {}
    assert len(key_rows) == 346


def test_straight_edges_give_the_same_sums_to_six_digits_and_the_same_whole(parcel_pieces, key_rows):
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for place, _, straight in parcel_pieces:
        found[place] += straight
    assert found == pytest.approx(key_rows, rel=5e-6)
    assert sum(found.values()) == pytest.approx(sum(key_rows.values()), rel=1e-8)


def test_pieces_of_the_layers_add_up(clean, area_cells):
    for dataset in ("land_parcel", "forest_land", "wetland", "project_site"):
        for layer in clean(dataset):
            cut = overlay(layer.select(["row_id", "geometry"]), area_cells)
            pieces = cut.group_by("row_id").aggregate([("area_m2", "sum")]).sort_by("row_id")["area_m2_sum"].to_pylist()
            assert pieces == pytest.approx(layer["area_m2"].to_pylist(), rel=1e-9)
            assert not cut["part_code"].null_count


def areas_by_place(rows):
    """m² by place: district, zones, townships, and the parts of a split township."""
    of_township = lookup("township_part", "part_code", "township_code")
    total: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        places = {
            COUNTY_CODE,
            row["part_code"],
            of_township[row["part_code"]],
            row["consolidation_zone"],
            row["restoration_zone"],
        }
        for place in places:
            total[place] += row["area_m2"]
    return total


def six_digits(value):
    """A figure as the key writes it."""
    return f"{float(value):.6g}"


def measured(layers, area_cells, keep=None):
    """m² by period and place of the features that `keep` takes."""
    result = {}
    for layer in layers:
        chosen = layer if keep is None else layer.filter(layer[keep])
        result[layer["period"][0].as_py()] = areas_by_place(
            overlay(chosen.select(["row_id", "geometry"]), area_cells).to_pylist()
        )
    return result


@pytest.mark.parametrize(
    ("indicator", "dataset", "numerator", "denominator", "unit_m2", "factor"),
    [
        ("eco_redline_area", "ecological_redline", None, None, SQUARE_KILOMETRE, 1),
        ("forest_coverage_rate", "forest_land", "is_forest", "land", HECTARE, 100),
        ("wetland_protection_rate", "wetland", "is_protected", "wetland", HECTARE, 100),
    ],
)
def test_indicators_to_six_digits(
    samples, clean, area_cells, indicator, dataset, numerator, denominator, unit_m2, factor
):
    layers = clean(dataset)
    tops = measured(layers, area_cells, numerator)
    wholes = measured(layers, area_cells)
    land = areas_by_place(area_cells.to_pylist())
    rows = [row for row in key(samples, "expected_indicators.csv") if row["indicator"] == indicator]
    assert {row["period"] for row in rows} == set(tops) == {"2022", "2023", "2024", "2025"}
    for row in rows:
        top = tops[row["period"]][row["level_id"]]
        bottom = {None: None, "land": land, "wetland": wholes[row["period"]]}[denominator]
        assert six_digits(top / unit_m2) == six_digits(row["numerator"]), row
        if bottom is None:
            assert six_digits(top / unit_m2) == six_digits(row["value"]), row
        elif row["value"]:
            assert six_digits(bottom[row["level_id"]] / unit_m2) == six_digits(row["denominator"]), row
            assert six_digits(top / bottom[row["level_id"]] * factor) == six_digits(row["value"]), row
        else:
            assert bottom[row["level_id"]] == 0


def test_an_overlay_is_the_same_every_time(clean, area_cells):
    (first, *_) = clean("wetland")
    features = first.select(["row_id", "geometry"])
    assert overlay(features, area_cells).equals(overlay(pa.concat_tables([features]), area_cells))
