"""Transitions and shared sites of a small home made of sample layers: what is due is computed, what did not change
stays.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely
from pyogrio import write_arrow
from shapely.errors import GEOSException

from contracts import contract
from contracts.rule_outcomes import RuleOutcomes
from ingestion.normalize.layer import normalize_layer
from pipeline.build import overlays
from pipeline.build import run as build
from pipeline.build import spatial_derivations as derived
from pipeline.build.overlays import CannotBeBuilt
from pipeline.intake.rule_runner import RuleRunner
from pipeline.release.home_view import view_of
from spatial import shared_ground, transition
from spatial.area import areas
from spatial.lines import lengths
from tests.support.answers import SAMPLES
from tests.support.arrivals import accept
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.overlays import overlay_path, wanted_overlays
from warehouse.spatial_derivations import TransitionKey, derived_path, missing_derived, wanted_derived
from warehouse.sync import Change, sync

BEICHENG, HANDIAN = "140404202", "140404001"
PARCELS = ("2023", BEICHENG, HANDIAN)
SHOWN = ("land_transition", "site_overlap")


def layer(dataset: str, file: str, group: str = "clean") -> pa.Table:
    path = SAMPLES / group / dataset / file
    return normalize_layer(path, path.name, contract(dataset), LAYERS.get("townships")).table


LAYERS: dict[str, pa.Table] = {}


@pytest.fixture(scope="module")
def layers() -> dict[str, pa.Table]:
    """Sample layers as they are normalized, read once."""
    LAYERS["boundary"] = layer("admin_boundary", "上党区行政区XZQ_2021.gpkg")
    LAYERS["townships"] = LAYERS["boundary"].select(["township_code", "geometry"])
    LAYERS["zones"] = layer("planning_zone", "规划分区（整治区、修复区）.geojson")
    LAYERS["2023"] = layer("land_parcel", "上党区2023年地类图斑DLTB.zip")
    LAYERS[BEICHENG] = layer("land_parcel", "北呈乡2024年地类图斑.gpkg")
    LAYERS[HANDIAN] = layer("land_parcel", "韩店街道2024年地类图斑.gpkg")
    LAYERS["sites"] = layer("project_site", "2025年7月项目红线（重叠）.gpkg", "traps")
    return LAYERS


@pytest.fixture
def ledger(tmp_path: Path, layers: dict[str, pa.Table]) -> Iterator[tuple[Home, Ledger]]:
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as opened:
        for dataset, name in (
            ("admin_boundary", "boundary"),
            ("planning_zone", "zones"),
            *(("land_parcel", one) for one in PARCELS),
        ):
            accept(home, opened, dataset, layers[name])
        yield home, opened


def rows(home: Home, sql: str) -> list[tuple]:
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_resubmitted_township_recuts_and_retransitions_only_itself(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table]
) -> None:
    home, opened = ledger
    assert overlays.refresh(home, opened) == {"cut": 4, "kept": 0}
    assert derived.refresh(home, opened) == {"computed": 2, "kept": 0}
    sync(home, opened)
    by_township = dict(rows(home, "select reporting_unit, count(*) from raw.land_transition group by all"))
    assert set(by_township) == {BEICHENG, HANDIAN}
    files = {path: path.stat().st_mtime_ns for path in home.overlays.rglob("*.parquet")}
    assert (overlays.refresh(home, opened)["cut"], derived.refresh(home, opened)["computed"]) == (0, 0)
    assert not sync(home, opened).is_changed

    corrected = layers[BEICHENG]
    classes = ["0103" if code == "0102" else code for code in corrected["land_class_code"].to_pylist()]
    accept(
        home,
        opened,
        "land_parcel",
        corrected.set_column(
            corrected.column_names.index("land_class_code"), "land_class_code", pa.array(classes, pa.string())
        ),
    )
    assert [key.submission_id for key in wanted_overlays(opened) if not overlay_path(home, key).is_file()] == [
        version.submission_id
        for version in opened.current_units("land_parcel")
        if version.reporting_unit == BEICHENG and version.period == "2024"
    ]
    assert overlays.refresh(home, opened) == {"cut": 1, "kept": 3}
    assert derived.refresh(home, opened) == {"computed": 1, "kept": 1}
    changes = sync(home, opened).changes
    after = dict(rows(home, "select reporting_unit, count(*) from raw.land_transition group by all"))
    assert after[HANDIAN] == by_township[HANDIAN]
    assert changes["land_transition"] == Change(after[BEICHENG], by_township[BEICHENG])
    assert changes["overlay"].deleted == changes["overlay"].inserted == corrected.num_rows
    assert changes["land_parcel"] == Change(corrected.num_rows, corrected.num_rows)
    assert {path: path.stat().st_mtime_ns for path in files} == files
    ((moved,),) = rows(
        home,
        f"""
        select sum(area_m2) from raw.land_transition where reporting_unit = '{BEICHENG}' and (from_class, to_class) = ('0102', '0103')
    """,
    )
    sizes = zip(corrected["area_m2"].to_pylist(), corrected["land_class_code"].to_pylist(), strict=True)
    assert moved == pytest.approx(sum(size for size, code in sizes if code == "0102"), rel=1e-9)


def test_the_order_of_years_and_a_year_that_is_not_there(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table]
) -> None:
    home, opened = ledger
    earlier = layers["2023"]
    accept(
        home,
        opened,
        "land_parcel",
        earlier.set_column(
            earlier.column_names.index("period"), "period", pa.array(["2020"] * earlier.num_rows, pa.string())
        ),
    )
    pairs = {(key.earlier.reporting_unit, key.earlier.period, key.later.period) for key in wanted_derived(opened)}
    assert {("2020", "2023")} == {
        years
        for reporting_unit, *years in pairs
        for years in [tuple(years)]
        if reporting_unit not in (BEICHENG, HANDIAN)
    }
    assert {tuple(years) for reporting_unit, *years in pairs if reporting_unit == BEICHENG} == {
        ("2020", "2023"),
        ("2023", "2024"),
    }


def test_a_site_is_held_against_those_of_other_projects_that_were_accepted(
    ledger: tuple[Home, Ledger],
    layers: dict[str, pa.Table],
) -> None:
    home, opened = ledger
    one, others = (
        layers["sites"].filter(
            pa.array([(name == "D4-01") is wanted for name in layers["sites"]["feature"].to_pylist()])
        )
        for wanted in (True, False)
    )
    accept(home, opened, "project_site", others)

    def found(table: pa.Table) -> list[tuple[str, str | None, str | None]]:
        with RuleRunner(home, opened) as rule_runner:
            findings = rule_runner.check_table(table, contract("project_site"), [], (), RuleOutcomes())
        return [
            (item.severity, item.reporting_unit, item.feature)
            for item in findings
            if item.rule_id == "layer.site_of_other_project"
        ]

    assert found(one) == [("warning", "D4", "D4-01|B1-01")]
    assert found(layers["sites"]) == []  # it replaces what it lies on
    earlier = one.set_column(one.column_names.index("period"), "period", pa.array(["2025-01"], pa.string()))
    assert found(earlier) == []  # what came after its own month is held against it, not it against that


def test_ground_of_two_sites_is_kept_once_for_each(ledger: tuple[Home, Ledger], layers: dict[str, pa.Table]) -> None:
    home, opened = ledger
    accept(home, opened, "project_site", layers["sites"])
    overlays.refresh(home, opened)
    derived.refresh(home, opened)
    assert missing_derived(home, opened) == [] and all(
        derived_path(home, key).is_file() for key in wanted_derived(opened)
    )
    assert sync(home, opened).missing_derived == ()
    found = rows(
        home,
        """
        select site.subproject_id, site.project_id, count(distinct ground), sum(shared.area_m2)
        from raw.site_overlap as shared join raw.project_site as site using (submission_id, row_id) group by all order by 1
    """,
    )
    shapes = dict(
        zip(
            layers["sites"]["feature"].to_pylist(),
            shapely.from_wkb(layers["sites"]["geometry"].to_numpy()),
            strict=True,
        )
    )
    assert [(site, project, grounds) for site, project, grounds, _ in found] == [("B1-01", "B1", 1), ("D4-01", "D4", 1)]
    # the key: 2.1571 ha
    assert [area for *_, area in found] == pytest.approx([21571.0, 21571.0], abs=0.6)
    assert shapes["B1-01"].intersection(shapes["D4-01"]).area > 0

    # a later layer without the overlap takes its place
    apart = layers["sites"].filter(pa.array([name == "B1-01" for name in layers["sites"]["feature"].to_pylist()]))
    moved = shapely.to_wkb(shapely.transform(shapes["B1-01"], lambda at: at + 0.2))
    apart = apart.set_column(apart.column_names.index("geometry"), "geometry", pa.array([moved], pa.binary()))
    accept(
        home,
        opened,
        "project_site",
        apart.set_column(apart.column_names.index("period"), "period", pa.array(["2025-08"], pa.string())),
    )
    assert sync(home, opened).changes["site_overlap"] == Change(0, 2)
    assert derived.refresh(home, opened)["computed"] == 2  # shared ground, and lines
    sync(home, opened)
    assert rows(home, "select count(*) from raw.site_overlap") == [(0,)]


def test_a_river_that_is_sent_as_a_line_is_measured_by_area_cell(ledger: tuple[Home, Ledger], tmp_path: Path) -> None:
    home, opened = ledger
    townships = LAYERS["townships"]
    shapes = dict(
        zip(townships["township_code"].to_pylist(), shapely.from_wkb(townships["geometry"].to_numpy()), strict=True)
    )
    middles = [shapely.point_on_surface(shapes[code]) for code in (BEICHENG, "140404203")]
    river = shapely.LineString(middles)
    columns = {
        "XMBH": pa.array(["F1"]),
        "ZXMBH": pa.array(["F1-01"]),
        "XMMC": pa.array(["河道治理"]),
        "SBMJ": pa.array([0.0]),
        "ZT": pa.array(["在建"]),
        "geometry": pa.array([shapely.to_wkb(river)], pa.binary()),
    }
    path = tmp_path / "项目红线202507.gpkg"
    write_arrow(
        pa.table(columns),
        path,
        layer="项目红线",
        driver="GPKG",
        geometry_name="geometry",
        geometry_type="LineString",
        crs="EPSG:4490",
    )
    read = normalize_layer(path, path.name, contract("project_site"), townships)
    assert [one.rule_id for one in read.findings] == []
    assert read.table.select(["reporting_unit", "period", "area_m2"]).to_pylist() == [
        {"reporting_unit": "F1", "period": "2025-07", "area_m2": None}
    ]
    accept(home, opened, "project_site", read.table)
    overlays.refresh(home, opened)
    derived.refresh(home, opened)
    assert sync(home, opened).missing_derived == ()
    found = rows(home, "select part_code, length_m from raw.site_line order by part_code nulls last")
    inside = {part[:9]: length for part, length in found if part}
    assert {BEICHENG, "140404203"} <= set(inside)
    whole = float(lengths(np.array([river], dtype=object))[0])
    assert sum(length for _, length in found) == pytest.approx(whole, rel=1e-9)
    own = float(lengths(np.array([river.intersection(shapes[BEICHENG])], dtype=object))[0])
    assert inside[BEICHENG] == pytest.approx(own, rel=1e-6)
    assert rows(home, "select sum(area_m2) from raw.overlay where dataset = 'project_site'") == [(0.0,)]


def test_ground_inside_the_newest_red_line_is_kept_by_site(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table]
) -> None:
    home, opened = ledger
    sites = layers["sites"]
    accept(home, opened, "project_site", sites)
    site = shapely.from_wkb(sites.filter(pc.equal(sites["feature"], "B1-01"))["geometry"][0].as_py())
    west, south, east, north = site.bounds
    half = shapely.box(west - 1e-3, south - 1e-3, (west + east) / 2, north + 1e-3)
    redline = layer("ecological_redline", "红线2024.geojson").slice(0, 1)
    for year, shape in (("2024", half), ("2023", shapely.box(west, south, east, north))):
        drawn = with_column(redline, "geometry", [shapely.to_wkb(shape)], pa.binary())
        accept(home, opened, "ecological_redline", with_column(drawn, "period", [year], pa.string()))
    overlays.refresh(home, opened)
    derived.refresh(home, opened)
    sync(home, opened)
    found = rows(
        home,
        """
        select site.subproject_id, redline.period, sum(inside.area_m2), any_value(site.area_m2)
        from raw.site_in_redline as inside
        join raw.project_site as site using (submission_id, row_id)
        join raw.ecological_redline as redline
            on redline.submission_id = inside.redline_submission_id and redline.row_id = inside.redline_row_id
        group by all order by 1
    """,
    )
    expected = areas(np.array([site.intersection(half)], dtype=object))[0]
    ((subproject, year, inside, whole),) = [one for one in found if one[0] == "B1-01"]
    assert (subproject, year) == ("B1-01", "2024")  # the newest red line, whichever came last
    assert inside == pytest.approx(expected, rel=1e-6)
    assert 0 < inside < whole

    away = shapely.transform(half, lambda at: at + 0.3)
    accept(
        home,
        opened,
        "ecological_redline",
        with_column(
            with_column(redline, "geometry", [shapely.to_wkb(away)], pa.binary()), "period", ["2025"], pa.string()
        ),
    )
    overlays.refresh(home, opened)
    assert derived.refresh(home, opened)["computed"] == 1
    sync(home, opened)
    assert rows(home, "select count(*) from raw.site_in_redline") == [(0,)]


def with_column(table: pa.Table, name: str, values: list[Any], kind: pa.DataType) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values, kind))


def failing_on(bad: Sequence[bytes | None], compute: Callable[..., Any]) -> Callable[..., Any]:
    """A spatial function as it would be if these shapes had a topology that it cannot compute."""

    def fails(*given: Any, **more: Any) -> Any:
        tables = [one for one in given if isinstance(one, pa.Table) and "geometry" in one.column_names]
        shapes = [one.as_py() for table in tables for one in table["geometry"]] or [one.as_py() for one in given[0]]
        if set(bad) <= set(shapes):
            raise GEOSException("TopologyException: side location conflict")
        return compute(*given, **more)

    return fails


def sites_of(ledger: Ledger, home: Home, layers: dict[str, pa.Table]) -> dict[str, tuple[str, bytes]]:
    """The sample's two sites, each accepted as a submission of its own: its id and shape."""
    found = {}
    for name in ("B1-01", "D4-01"):
        own = layers["sites"].filter(pa.array([one == name for one in layers["sites"]["feature"].to_pylist()]))
        found[name] = accept(home, ledger, "project_site", own), own["geometry"][0].as_py()
    return found


def test_the_sites_that_fail_alone_are_blamed_though_others_came_later(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, opened = ledger
    older, newer = sites_of(opened, home, layers).values()
    overlays.refresh(home, opened)
    with monkeypatch.context() as patched:
        patched.setattr(shared_ground, "shared_ground", failing_on([older[1], newer[1]], shared_ground.shared_ground))
        with pytest.raises(GEOSException):
            derived.refresh(home, opened)  # each can be computed alone: nobody is blamed
    monkeypatch.setattr(shared_ground, "shared_ground", failing_on([older[1]], shared_ground.shared_ground))
    with pytest.raises(CannotBeBuilt) as raised:
        derived.refresh(home, opened)
    assert raised.value.submission_id == older[0]
    later = with_column(layers["sites"], "period", ["2025-08"] * layers["sites"].num_rows, pa.string())
    moved = shapely.to_wkb(
        shapely.transform(shapely.from_wkb(layers["sites"]["geometry"].to_numpy()), lambda at: at + 1e-4)
    )
    accept(home, opened, "project_site", with_column(later, "geometry", list(moved), pa.binary()))
    overlays.refresh(home, opened)
    assert derived.refresh(home, opened)["computed"] == 2  # what no longer counts is in nobody's way


@pytest.mark.parametrize("at", [0, 1])
def test_the_year_whose_parcels_fail_alone_is_blamed(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    home, opened = ledger
    first, *others = layers[BEICHENG]["geometry"].to_pylist()
    drawn_finer = shapely.to_wkb(shapely.segmentize(shapely.from_wkb(first), 1e-5))
    accept(home, opened, "land_parcel", with_column(layers[BEICHENG], "geometry", [drawn_finer, *others], pa.binary()))
    overlays.refresh(home, opened)
    (key,) = [
        one
        for one in missing_derived(home, opened)
        if isinstance(one, TransitionKey) and one.given["reporting_unit"] == BEICHENG
    ]
    shapes = [{*derived._features(home, one, ["geometry"])["geometry"].to_pylist()} for one in (key.earlier, key.later)]
    (bad,) = shapes[at] - shapes[1 - at]
    monkeypatch.setattr(transition, "transition", failing_on([bad], transition.transition))
    with pytest.raises(CannotBeBuilt) as raised:
        derived._computed(home, key, overlays.partition_cells(home, opened, key.partition))
    assert raised.value.submission_id == (key.earlier, key.later)[at].submission_id


def test_as_of_a_moment_shows_transitions_and_shared_sites_though_no_file_of_them_is_there(
    ledger: tuple[Home, Ledger], layers: dict[str, pa.Table], tmp_path: Path
) -> None:
    """By the steps that `warehouse as-of` takes: what came later does not count, what was derived then is derived again."""
    home, opened = ledger
    accept(home, opened, "project_site", layers["sites"])
    moment = opened.events()[-1].at
    overlays.refresh(home, opened)
    derived.refresh(home, opened)
    sync(home, opened)
    now = {name: rows(home, f"select count(*) from raw.{name}") for name in SHOWN}
    accept(home, opened, "project_site", layers["sites"].slice(0, 1))
    shutil.rmtree(home.overlays)
    view = view_of(home, tmp_path / "work" / "home")
    database = tmp_path / "work" / "warehouse.duckdb"
    build.run(view, build.Scope(as_of=moment, as_of_date=moment.date(), database=database), ("overlay", "sync"))
    with duckdb.connect(str(database), read_only=True) as con:
        then = {name: con.execute(f"select count(*) from raw.{name}").fetchall() for name in SHOWN}
        towns = con.execute("select distinct reporting_unit from raw.land_transition order by 1").fetchall()
    assert then["site_overlap"] == now["site_overlap"] == [(2,)]
    assert towns == [(HANDIAN,), (BEICHENG,)]
    assert then["land_transition"] == now["land_transition"] != [(0,)]
