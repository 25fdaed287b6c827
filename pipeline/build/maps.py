"""Writes the map layers of a build for pipeline.build.run; unchanged ones are copied from the published build."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts import Contract, contract
from contracts.persons import without_persons
from warehouse import builds
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger
from warehouse.overlays import PartitionVersion

MAPS = "maps"
MADE_OF = "maps_made_of"  # in a build's manifest
PARTITION = "select distinct boundary_submission_id, zone_submission_id from raw.base_partition"
READINGS = "from raw.read_again order by all"  # originals that were read again otherwise: their shapes may differ
ROOM = CHECKOUT / "reporting"
PERSONS = (CHECKOUT / "contracts" / "persons.py", CHECKOUT / "contracts" / "personal_numbers.py", Path(__file__))


def made_of(home: Home) -> str:
    """Fingerprint of everything that the maps of a build database depend on: its layers' units, and the code that draws
    them.
    """
    import duckdb

    from reporting.maps import styles

    digest = hashlib.sha256()
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        for dataset in styles():
            reporting_units = con.execute(
                f"select distinct submission_id, reporting_unit, period from raw.{dataset} order by all"
            ).fetchall()
            digest.update(repr((dataset, reporting_units)).encode())
        for made_of_it in (PARTITION, READINGS):
            digest.update(repr(con.execute(made_of_it).fetchall()).encode())
    for path in sorted((*ROOM.glob("*.py"), *ROOM.glob("*.yml"), *PERSONS)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write(home: Home, ledger: Ledger, folder: Path) -> None:
    """Write the folder `maps` of a build; where nothing that it is made of has changed, it is the last build's."""
    target, wanted = folder / MAPS, made_of(home)
    last, manifest = builds.current(home), builds.manifest(home)
    if last and manifest and manifest.get(MADE_OF) == wanted and (last / MAPS).is_dir():
        shutil.copytree(last / MAPS, target)
        return
    from reporting.maps import write_maps

    target.mkdir()
    layers, partition = _read(home)
    write_maps(target, layers, _area_cells(home, ledger, partition))


def _read(home: Home) -> tuple[dict[str, Any], PartitionVersion | None]:
    """Every unit's features of its latest period in force, by dataset; and the base partition in force."""
    import duckdb

    from reporting.maps import styles

    layers = {}
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        for dataset in styles():
            columns = ", ".join(f'"{name}"' for name in contract(dataset).columns)
            layers[dataset] = con.execute(f"""
                select {columns}, period, area_m2 / 10000 as area_ha, geometry from raw.{dataset} where geometry is not null
                qualify rank() over (partition by reporting_unit order by period desc) = 1 order by submission_id, row_id
            """).to_arrow_table()
            layers[dataset] = _without_persons(layers[dataset], contract(dataset))
        partition = con.execute(PARTITION).fetchone()
    return layers, PartitionVersion(*partition) if partition else None


def _without_persons(features: pa.Table, of: Contract) -> pa.Table:
    """The features without persons in their texts; the ids of features are no texts, and may be as long as a person's number."""
    for name, field in of.columns.items():
        if of.is_written_freely(field):
            kept = {
                text: without_persons(text, has_names=True)
                for text in features[name].unique().to_pylist()
                if text is not None
            }
            if any(text != written for written, text in kept.items()):
                masked = pa.array([kept.get(text) for text in features[name].to_pylist()], features[name].type)
                features = features.set_column(features.column_names.index(name), name, masked)
    return features


def _area_cells(home: Home, ledger: Ledger, partition: PartitionVersion | None) -> Any:
    from pipeline.build.overlays import partition_cells

    return partition_cells(home, ledger, partition) if partition else None


def write_public(folder: Path, public: Path) -> None:
    """Write the folder `maps` of the public set of a build, from that of the build."""
    from reporting.maps import write_public_maps

    write_public_maps(folder / MAPS, public / MAPS)
