"""A surveyor who corrects a faulty layer: by what its receipt says, and by the true features where a remedy asks for them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import shapely

from contracts import Contract, contract
from ingestion.normalize import normalize
from tests.support.other_layouts.layers import Surveyor, write_layer

ReceiptFinding = dict[str, Any]  # a finding as the receipt's JSON has it
Row = dict[str, Any]
EPSG = re.compile(r"EPSG:\d+")


class LayerCorrector:
    """Corrects one layer and hands it in as a GeoPackage of the same name. truth: features of a clean sample of the same
    layer by id.
    """

    def __init__(self, path: Path, dataset: str, truth: dict[str, Row]) -> None:
        self._path, self._contract, self._truth = path, contract(dataset), truth
        self._rows: list[Row] = normalize(path, path.name, self._contract, "s1").table.to_pylist()
        self._whole: Path | None = None

    def correct(self, findings: list[ReceiptFinding], folder: Path) -> Path:
        """The corrected layer, in a folder of the dataset's name."""
        home = folder / self._contract.dataset
        home.mkdir(parents=True, exist_ok=True)
        target = home / f"{self._path.stem}.gpkg"
        for finding in findings:
            self._remedies(target)[finding["rule_id"]](finding)
        if self._whole is None:
            scratch = folder / self._path.stem
            scratch.mkdir()
            write_layer(
                self._contract, _submission_table(self._contract, self._rows), self._path.stem, Surveyor(), scratch
            ).rename(target)
        return target

    def _remedies(self, target: Path) -> dict[str, Callable[[ReceiptFinding], None]]:
        def declare_crs(finding: ReceiptFinding) -> None:
            (crs,) = EPSG.findall(finding["remedy"])
            self._whole = _saved(geopandas.read_file(self._path).set_crs(crs), target)

        def turn_axes(finding: ReceiptFinding) -> None:
            layer = geopandas.read_file(self._path)
            layer.geometry = shapely.transform(layer.geometry.values, lambda points: points[:, ::-1])
            self._whole = _saved(layer, target)

        return {
            "layer.crs_missing": declare_crs,
            "layer.axis_swapped": turn_axes,
            "layer.overlap": self._true_ground,
            "layer.self_intersection": self._true_ground,
            "layer.empty_geometry": self._true_ground,
            "layer.outside_district": self._true_ground_of_all,
            "layer.gap": self._complete,
            "layer.missing_unit": self._complete,
            "layer.zldwdm_township_mismatch": self._true_attributes,
            "normalize.unknown_land_class": self._true_attributes,
            "normalize.unknown_project": self._true_attributes,
            "layer.declared_area_mismatch": self._true_attributes,
            "reading.encoding_mismatch": self._true_attributes,
            "reading.shapefile_incomplete": self._all_anew,
            "normalize.missing_required_column": self._true_attributes,
            "contract.duplicate_key": self._only_one,
        }

    def _named(self, finding: ReceiptFinding) -> set[str]:
        """The features that a finding names; all where it names none."""
        names = set((finding.get("feature") or "").split("|")) - {""}
        return names if names & {row["feature"] for row in self._rows} else {row["feature"] for row in self._rows}

    def _true_ground(self, finding: ReceiptFinding) -> None:
        """The features' own shapes, with their areas where the remedy says so; one that there is none of is deleted."""
        named, taken = self._named(finding), {"geometry"}
        if "面积字段" in finding["remedy"]:
            taken.add(str(self._contract.layout.declared_area))
        self._rows = [row for row in self._rows if row["feature"] not in named or row["feature"] in self._truth]
        for row in self._rows:
            if row["feature"] in named:
                row |= {name: value for name, value in self._truth[row["feature"]].items() if name in taken}

    def _true_ground_of_all(self, finding: ReceiptFinding) -> None:
        self._rows = [row | {"geometry": self._truth[row["feature"]]["geometry"]} for row in self._rows]

    def _complete(self, finding: ReceiptFinding) -> None:
        present = {row["feature"] for row in self._rows}
        self._rows += [dict(row) for name, row in self._truth.items() if name not in present]

    def _true_attributes(self, finding: ReceiptFinding) -> None:
        named = self._named(finding)
        keep = {"geometry", "feature", "row_no"}
        for row in self._rows:
            if row["feature"] in named:
                row |= {name: value for name, value in self._truth[row["feature"]].items() if name not in keep}

    def _all_anew(self, finding: ReceiptFinding) -> None:
        self._rows = [dict(row) for row in self._truth.values()]

    def _only_one(self, finding: ReceiptFinding) -> None:
        """Two features with one id are two: each gets the id of the true feature that it is."""
        name = str(self._contract.layout.feature_id)
        for row in self._rows:
            if row["feature"] == finding["feature"]:
                row[name] = next(
                    one[name] for one in self._truth.values() if _is_same(one["geometry"], row["geometry"])
                )


def _is_same(one: bytes, other: bytes) -> bool:
    shapes = (shapely.normalize(shapely.from_wkb(geometry)) for geometry in (one, other))
    return bool(shapely.equals_exact(*shapes, tolerance=1e-8))


def _submission_table(rules: Contract, rows: list[Row]) -> pa.Table:
    names = ["geometry", *rules.columns]
    return pa.table({name: [row[name] for row in rows] for name in names})


def _saved(layer: Any, target: Path) -> Path:
    layer.to_file(target, driver="GPKG", layer=target.stem)
    return target
