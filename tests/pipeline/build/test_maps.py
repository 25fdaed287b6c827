"""The maps of a published build: listed, whole, of the layers in force, and drawn anew only when these changed."""

import json
from pathlib import Path

import duckdb
import pyogrio
import pytest

import reporting.maps
from contracts import contracts
from pipeline.build import run as build
from pipeline.build.maps import MADE_OF, MAPS
from warehouse import builds
from warehouse.home import Home

pytestmark = pytest.mark.slow

INTERNAL = "land_parcel"
LATEST = "select * from raw.{} qualify rank() over (partition by reporting_unit order by period desc) = 1"


def published_anew(home: Home, fingerprint: str) -> Path:
    """Another build of the same layers, as if something else had been accepted."""
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("update raw.sync_state set inputs_fingerprint = ?", [fingerprint])
    build.gate(home)
    assert build.publish(home)["is_new"]
    folder = builds.current(home)
    assert folder is not None
    return folder / MAPS


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_every_layer_in_force_is_in_the_build_and_parcels_only_internally(clean_home: Home) -> None:
    folder, said = builds.current(clean_home), builds.manifest(clean_home)
    assert folder and said and builds.is_intact(folder)
    listed = {name for name in said["files"] if name.startswith(f"{MAPS}/")}
    with duckdb.connect(str(clean_home.build_db), read_only=True) as con:
        came = {name for (name,) in con.execute("select distinct dataset from marts.mart_submission").fetchall()}
    layers = {name for name, spec in contracts().items() if spec.is_layer and name in came}
    assert len(layers) == 8
    expected = {f"{MAPS}/{'internal/' * (name == INTERNAL)}{name}.parquet" for name in layers}
    assert listed == expected | {f"{MAPS}/maps.gpkg", f"{MAPS}/internal/maps.gpkg", f"{MAPS}/boundaries.geojson"}
    with duckdb.connect(str(clean_home.build_db), read_only=True) as con:
        for name in layers:
            wanted, area = con.execute(
                f"select count(*), sum(area_m2) / 10000 from ({LATEST.format(name)})"
            ).fetchall()[0]
            place = folder / MAPS / ("internal" if name == INTERNAL else "") / "maps.gpkg"
            frame = pyogrio.read_dataframe(place, layer=name)
            assert (len(frame), frame.geometry.is_valid.all(), frame["area_ha"].sum()) == (
                wanted,
                True,
                pytest.approx(area),
            ), name
    assert len(pyogrio.read_dataframe(folder / MAPS / "internal" / "maps.gpkg", layer=INTERNAL)) == 3723
    drawn = json.loads((folder / MAPS / "boundaries.geojson").read_text(encoding="utf-8"))
    assert (len(drawn["features"]), (folder / MAPS / "boundaries.geojson").stat().st_size < 60_000) == (18, True)


def test_maps_are_drawn_anew_only_when_a_layer_changed(copied_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = builds.current(copied_home)
    assert folder is not None
    before, calls = files(folder / MAPS), []
    drawn = reporting.maps.write_maps

    def write_maps(*given: object) -> None:
        calls.append(given)
        drawn(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(reporting.maps, "write_maps", write_maps)
    again = published_anew(copied_home, "1" * 64)
    assert (calls, files(again)) == ([], before)
    with duckdb.connect(str(copied_home.build_db)) as con:
        con.execute("delete from raw.wetland where period = '2025'")
    made_of = (builds.manifest(copied_home) or {})[MADE_OF]
    changed = files(published_anew(copied_home, "2" * 64))
    assert (len(calls), (builds.manifest(copied_home) or {})[MADE_OF] == made_of) == (1, False)
    assert (
        changed["wetland.parquet"] != before["wetland.parquet"]
        and changed["forest_land.parquet"] == before["forest_land.parquet"]
    )
    with duckdb.connect(str(copied_home.build_db)) as con:
        con.execute("insert into raw.read_again values ('S20250101-000001', 'S20250101-000001-0123456789ab')")
    published_anew(copied_home, "3" * 64)
    assert len(calls) == 2, "an original that was read again otherwise may have other shapes"
