"""The features of a layer that can be judged, and what every check asks of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from contracts import Contract, catalogue, measure_units
from ingestion.normalize.layer_units import located
from spatial.wkb import Geometries, geometries


@dataclass(frozen=True)
class Layer:
    """The features that can be judged: those without geometry, and those that lie in the district (`normalize_layer`
    reports the others).

    sent: ids of all features, the others' too; townships: (township_code, geometry) of the accepted boundary; others:
    (project_id, period, feature, geometry) of accepted features of the same dataset that this layer does not replace.
    """

    contract: Contract
    frame: pa.Table
    values: Geometries
    sent: frozenset[str | None]
    townships: pa.Table | None
    others: pa.Table | None = None

    @cached_property
    def ids(self) -> list[str]:
        """Feature ids; the feature's number where it has none."""
        return pc.coalesce(self.frame["feature"], pc.cast(self.frame["row_no"], pa.string())).to_pylist()

    @cached_property
    def reporting_units(self) -> list[str]:
        return self.frame["reporting_unit"].to_pylist()

    @cached_property
    def sheets(self) -> list[str | None]:
        return self.frame["sheet"].to_pylist()

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """Which have a valid shape: the others' area and cover are not known before they are mended."""
        return (
            shapely.is_valid(self.values)
            & ~shapely.is_empty(self.values)
            & np.asarray(self.frame["area_m2"].is_valid())
        )

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        return self.frame["area_m2"].to_numpy()

    @cached_property
    def located(self) -> list[str | None]:
        return located(self.values, self.townships) if self.townships is not None else []

    @cached_property
    def outlines(self) -> dict[str, shapely.Geometry]:
        """Outline of each accepted township by its code; empty while there are none."""
        if self.townships is None:
            return {}
        return dict(
            zip(self.townships["township_code"].to_pylist(), geometries(self.townships["geometry"]), strict=True)
        )

    def rows(self, mask: NDArray[np.bool_]) -> list[int]:
        return np.flatnonzero(mask).tolist()

    def point(self, row: int) -> tuple[float, float] | None:
        inside = shapely.point_on_surface(self.values[row])
        return None if inside is None or inside.is_empty else (inside.x, inside.y)


def threshold(rule_id: str) -> float:
    """The catalogue's threshold of a rule. Raises LookupError where it gives none."""
    given = catalogue()[rule_id].threshold
    if given is None:
        raise LookupError(f"the catalogue gives no threshold for {rule_id}")
    return given


def factor(measure_unit: str) -> float:
    """Square metres in a unit of area."""
    return float(measure_units()[measure_unit].factor)


def percent(part: Any, whole: Any) -> Any:
    """How many hundredths of a whole a part is."""
    return part / whole * 100
