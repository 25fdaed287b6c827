"""The features of a layer that can be checked, what every check asks of them, and how findings about features are made: one
each, or one for a reporting unit nearly all of whose features are alike. Used by the checks that `layer_checks` calls.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from contracts import Contract, Finding, catalogue, finding, measure_units
from contracts.reference import lookup
from ingestion.normalize.layer_units import located
from spatial.lines import is_linear
from spatial.wkb import Geometries, geometries

NEARLY_ALL = 0.9
"""From this share of a reporting unit's features on, a fault is the unit's: one wrong setting in a program, with a few
features that escaped it."""
FEW = 5  # fewer features than this are reported one by one: each can be looked at


@dataclass(frozen=True)
class LayerUnderCheck:
    """The features that can be checked: those without geometry, and those that lie in the district (`normalize_layer`
    reports the others).

    table: their rows of the submission table; values: their geometries; sent: ids of all features, the others' too;
    townships: (township_code, geometry) of the accepted boundary; others: (project_id, period, feature, geometry) of
    accepted features of the same dataset that this layer does not replace; zones: (zoning, zone_code, geometry) of the
    accepted planning zones, None also where a build would not cut them by this layer.
    """

    contract: Contract
    table: pa.Table
    values: Geometries
    sent: frozenset[str | None]
    townships: pa.Table | None
    others: pa.Table | None = None
    zones: pa.Table | None = None

    @cached_property
    def ids(self) -> list[str]:
        """Feature ids; the feature's number where it has none."""
        return pc.coalesce(self.table["feature"], pc.cast(self.table["row_no"], pa.string())).to_pylist()

    @cached_property
    def reporting_units(self) -> list[str]:
        return self.table["reporting_unit"].to_pylist()

    @cached_property
    def sheets(self) -> list[str | None]:
        return self.table["sheet"].to_pylist()

    @cached_property
    def is_line(self) -> NDArray[np.bool_]:
        """Which are lines, of projects whose sites may be lines: they have a length and no area."""
        category = self.contract.layout.lines_of
        if category is None:
            return np.zeros(len(self.values), dtype=bool)
        projects = lookup("plan_project", "project_id", "category_code")
        of_category = [projects.get(project) == category for project in self.table["project_id"].to_pylist()]
        return is_linear(self.values) & np.array(of_category, dtype=bool)

    @cached_property
    def is_sound(self) -> NDArray[np.bool_]:
        """Which have a valid shape: the others' area and cover are not known before they are corrected."""
        return (
            shapely.is_valid(self.values)
            & ~shapely.is_empty(self.values)
            & (np.asarray(self.table["area_m2"].is_valid()) | self.is_line)
        )

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        return self.table["area_m2"].to_numpy()

    @cached_property
    def located(self) -> list[str | None]:
        """The township in which each feature lies; empty while there are none."""
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
        """Longitude and latitude of a point inside a feature."""
        inside = shapely.point_on_surface(self.values[row])
        return None if inside is None or inside.is_empty else (inside.x, inside.y)

    def findings(self, rows: Iterable[int], operands: Callable[[list[int]], dict[str, Any]]) -> list[Finding]:
        """Findings about some features (`feature_findings`), by their reporting units."""
        return feature_findings(rows, self.reporting_units, self.ids, self.sheets, operands)


def feature_findings(
    rows: Iterable[int],
    reporting_units: Sequence[str],
    features: Sequence[str | None],
    sheets: Sequence[str | None],
    operands: Callable[[list[int]], dict[str, Any]],
) -> list[Finding]:
    """Findings about some features: one each, or one for a reporting unit nearly all of whose features are concerned.

    rows: which, ascending; reporting_units, features, sheets: of all; operands: what `finding` takes, for one feature or
    for those of a reporting unit.
    """
    of_unit: dict[str, list[int]] = {}
    for row in rows:
        of_unit.setdefault(reporting_units[row], []).append(row)
    found = []
    for reporting_unit, members in of_unit.items():
        everywhere = len(members) >= FEW and len(members) >= NEARLY_ALL * reporting_units.count(reporting_unit)
        for group in [members] if everywhere else [[row] for row in members]:
            found.append(
                finding(
                    reporting_unit=reporting_unit,
                    sheet=sheets[group[0]],
                    feature=None if everywhere else features[group[0]],
                    **operands(group),
                )
            )
    return found


def threshold(rule_id: str) -> float:
    """The catalogue's threshold of a rule. Raises LookupError where it gives none."""
    given = catalogue()[rule_id].threshold
    if given is None:
        raise LookupError(f"the catalogue gives no threshold for {rule_id}")
    return given


def square_metres(measure_unit: str) -> float:
    """Square metres in a unit of area."""
    return float(measure_units()[measure_unit].factor)


def percent(part: Any, whole: Any) -> Any:
    """How many hundredths of a whole a part is."""
    return part / whole * 100
