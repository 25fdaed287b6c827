"""Faults in layers: what a surveyor gets wrong, inserted in features of a clean layer that are drawn by lot."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from contracts import Contract
from contracts.model import Severity

Row = dict[str, Any]
WHOLE = ("admin_boundary", "planning_zone")  # no features may be added to these
FAR = 1.5  # degrees
TOO_MUCH = 1.03
MU_A_SQUARE_METRE = 0.0015


@dataclass
class Fault:
    """A fault, and how it must be answered. features: the ids of each finding, `a|b` for two together, None where none
    is named.

    ground: a shape in which the point of the finding must lie. also: findings that follow from the fault.
    """

    rule: str
    rows: list[Row]
    features: set[str | None]
    severity: Severity = "error"
    ground: shapely.Geometry | None = None
    also: tuple[str, ...] = ()
    without: str | None = None


class InsertFaults:
    """Inserts one fault at a time in the features of a clean layer."""

    def __init__(self, contract: Contract, table: pa.Table, rng: random.Random) -> None:
        self._contract, self._rng = contract, rng
        self._rows: list[Row] = table.to_pylist()
        self._shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
        self._id = str(contract.layout.feature_id)

    def faults(self) -> Iterator[Fault]:
        kinds: list[Callable[[], Fault | None]] = [
            self.crossed,
            self.laid_over,
            self.far_away,
            self.empty,
            self.named_twice,
            self.wrong_area,
            self.areas_in_another_unit,
            self.unlisted,
            self.unfilled,
            self.hole,
            self.wrong_location,
            self.no_field,
        ]
        for kind in kinds:
            if (fault := kind()) is not None:
                yield fault

    def _draw(self) -> int:
        return self._rng.randrange(len(self._rows))

    def _with(self, changes: dict[int, Row], more: tuple[Row, ...] = ()) -> list[Row]:
        return [row | changes.get(number, {}) for number, row in enumerate(self._rows)] + list(more)

    def _name(self, number: int) -> str:
        return str(self._rows[number]["feature"])

    def crossed(self) -> Fault | None:
        """Two neighbouring corners change places."""
        for _ in range(50):
            number = self._draw()
            shape = self._shapes[number]
            if shape.geom_type != "Polygon" or len(shape.exterior.coords) < 6:
                continue
            points = np.array(shape.exterior.coords)
            at = self._rng.randrange(1, len(points) - 3)
            points[[at, at + 1]] = points[[at + 1, at]]
            wrong = shapely.Polygon(points, [ring.coords for ring in shape.interiors])
            if not wrong.is_valid and "Self-intersection" in shapely.is_valid_reason(wrong):
                return Fault(
                    "layer.self_intersection",
                    self._with({number: {"geometry": wrong.wkb}}),
                    {self._name(number)},
                    ground=shapely.box(*shapely.buffer(shape, 1e-4).bounds),
                )
        return None

    def laid_over(self) -> Fault | None:
        """A feature is handed in once more under another id."""
        if self._contract.layout.overlaps is None or self._contract.dataset in WHOLE:
            return None
        number = self._draw()
        own = self._rows[number]
        other = f"{own['project_id']}-99" if self._contract.dataset == "project_site" else f"{own[self._id]}9"
        rows = self._with({}, (own | {self._id: other},))
        return Fault("layer.overlap", rows, {f"{own['feature']}|{other}"}, ground=self._shapes[number])

    def far_away(self) -> Fault | None:
        number = self._draw()
        moved = shapely.transform(self._shapes[number], lambda points: points + FAR)
        return Fault(
            "layer.outside_district",
            self._with({number: {"geometry": moved.wkb}}),
            {self._name(number)},
            also=("layer.gap",),
        )

    def empty(self) -> Fault | None:
        number = self._draw()
        return Fault(
            "layer.empty_geometry",
            self._with({number: {"geometry": shapely.Polygon().wkb}}),
            {self._name(number)},
            also=("layer.gap",),
        )

    def named_twice(self) -> Fault | None:
        if len(self._rows) < 2 or self._contract.dataset in WHOLE:
            return None
        one, other = self._rng.sample(range(len(self._rows)), 2)
        changed, also = {self._id: self._rows[one][self._id]}, ()
        if self._contract.dataset == "project_site":  # the other's own number is really gone
            changed["project_id"], also = self._rows[one]["project_id"], ("project_site.subproject_disappears",)
        return Fault("contract.duplicate_key", self._with({other: changed}), {self._name(one)}, also=also)

    def wrong_area(self) -> Fault | None:
        if (name := self._contract.layout.declared_area) is None:
            return None
        number = self._draw()
        rows = self._with({number: {name: self._rows[number][name] * TOO_MUCH}})
        return Fault("layer.declared_area_mismatch", rows, {self._name(number)})

    def areas_in_another_unit(self) -> Fault | None:
        """All areas in 亩: reported once for the layer's unit."""
        name = self._contract.layout.declared_area
        if name != "declared_area_m2":
            return None
        return Fault(
            "layer.declared_area_mismatch",
            self._with({number: {name: row[name] * MU_A_SQUARE_METRE} for number, row in enumerate(self._rows)}),
            {None},
        )

    def unlisted(self) -> Fault | None:
        names = [name for name, spec in self._contract.columns.items() if spec.list == "land_class"]
        if not names:
            return None
        number = self._draw()
        return Fault("normalize.unknown_land_class", self._with({number: {names[0]: "9999"}}), {self._name(number)})

    def unfilled(self) -> Fault | None:
        """A number that is required is left out."""
        names = [name for name, spec in self._contract.columns.items() if spec.required and spec.is_numeric]
        if not names:
            return None
        number = self._draw()
        return Fault(
            "contract.missing_value", self._with({number: {self._rng.choice(names): None}}), {self._name(number)}
        )

    def hole(self) -> Fault | None:
        """A parcel is forgotten."""
        if self._contract.layout.covers != "township":
            return None
        sizes = shapely.area(self._shapes)
        number = self._rng.choice(np.flatnonzero(sizes > np.median(sizes)).tolist())
        rows = [row for place, row in enumerate(self._rows) if place != number]
        return Fault("layer.gap", rows, {None}, ground=self._shapes[number])

    def wrong_location(self) -> Fault | None:
        if (name := self._contract.layout.location) is None:
            return None
        number = self._draw()
        own = str(self._rows[number][name])
        other = "140404203" if own[:9] != "140404203" else "140404202"
        return Fault(
            "layer.zldwdm_township_mismatch", self._with({number: {name: other + own[9:]}}), {self._name(number)}
        )

    def no_field(self) -> Fault | None:
        names = [
            name for name, spec in self._contract.columns.items() if spec.required and spec.type in ("area", "boolean")
        ]
        return (
            Fault("normalize.missing_required_column", self._with({}), {None}, without=self._rng.choice(names))
            if names
            else None
        )
