"""What is cut anew: the layer that came again, or everything when the boundary did, and nothing else."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest

from pipeline.build import spatial_derivations
from pipeline.build.overlays import refresh
from pipeline.run import load
from spatial import overlay as overlays
from tests.support.answers import SAMPLES
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

TOWNSHIP = "北呈乡2024年地类图斑.gpkg"


def submit_again(home: Home, folder: Path) -> int:
    """A township's parcels with declared areas a thousandth larger; gives how many."""
    meta, table = pyogrio.read_arrow(SAMPLES / "clean" / "land_parcel" / TOWNSHIP)
    declared = np.asarray(table["TBMJ"]) * 1.001
    target = folder / TOWNSHIP
    changed = table.set_column(table.column_names.index("TBMJ"), "TBMJ", [declared])
    pyogrio.write_arrow(
        changed,
        target,
        driver="GPKG",
        geometry_name=meta["geometry_name"],
        geometry_type=meta["geometry_type"],
        crs=meta["crs"],
    )
    inbox = home.inbox / "land_parcel" / "again"
    inbox.mkdir(parents=True)
    target.rename(inbox / TOWNSHIP)
    return table.num_rows


def test_a_township_that_comes_again_is_cut_alone(
    copied_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[int] = []
    measure = overlays.overlay_batches

    def counted(features, area_cells):
        batches = list(features)
        cut.append(sum(batch.num_rows for batch in batches))
        return measure(batches, area_cells)

    with Ledger.open(copied_home) as ledger:
        before = refresh(copied_home, ledger)
    assert before["cut"] == 0
    count = submit_again(copied_home, tmp_path)
    load(copied_home, build_marts=False)
    monkeypatch.setattr(overlays, "overlay_batches", counted)
    with Ledger.open(copied_home) as ledger:
        after = refresh(copied_home, ledger)
    assert (after["cut"], cut) == (1, [count])
    assert after["cut"] + after["kept"] == before["kept"], "the new submission stands in the old one's place"


def test_a_damaged_overlay_and_a_damaged_derivation_are_made_again_as_they_were(copied_home: Home) -> None:
    damaged = [
        next((copied_home.overlays / name).glob("*.parquet")) for name in ("wetland", "frame", "land_transition")
    ]
    before = [path.read_bytes() for path in damaged]
    for path, content in zip(damaged, before, strict=True):
        path.chmod(0o644)
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    with Ledger.open(copied_home) as ledger:
        assert refresh(copied_home, ledger)["cut"] == 2
        assert spatial_derivations.refresh(copied_home, ledger)["computed"] == 1
    assert [path.read_bytes() for path in damaged] == before
