"""Planning zones against townships: whether they meet as the plan declares, for every later layer is cut by them."""

import pyarrow as pa

from contracts import Finding, code_lists, finding
from contracts.places import township_name
from contracts.reference import lookup, membership
from spatial.base_partition import CONSOLIDATION, RESTORATION, Problem, ZoningMismatch, base_partition


def zoning_mismatch(zones: pa.Table, townships: pa.Table) -> list[Finding]:
    """Ground of a township in zones that the plan does not put it in, or in none; and parts of the plan that have no
    ground.

    zones: the submission frame of valid polygons; townships: (township_code, geometry) of the accepted boundary. What a
    township has in the
    same zones is told once: the whole area, at a point in the largest piece. A part without ground is told only where
    its township has none astray.
    """
    try:
        base_partition(townships, zones, pa.Table.from_pylist(list(membership())))
    except ZoningMismatch as undeclared:
        alike: dict[tuple[str, str | None, str | None], list[Problem]] = {}
        astray = {problem["township_code"] for problem in undeclared.problems if problem["area_m2"]}
        for problem in undeclared.problems:
            if not problem["area_m2"] and problem["township_code"] in astray:
                continue
            at = (str(problem["township_code"]), _code(problem, CONSOLIDATION), _code(problem, RESTORATION))
            alike.setdefault(at, []).append(problem)
        reporting_unit, sheet = zones["reporting_unit"][0].as_py(), zones["sheet"][0].as_py()
        return [_told(reporting_unit, sheet, *at, pieces) for at, pieces in alike.items()]
    return []


def _code(problem: Problem, zoning: str) -> str | None:
    code = problem[f"{zoning}_zone"]
    return None if code is None else str(code)


def _told(
    reporting_unit: str,
    sheet: str | None,
    township: str,
    consolidation: str | None,
    restoration: str | None,
    pieces: list[Problem],
) -> Finding:
    names = lookup("zone", "zone_code", "zone_name")
    zones = {CONSOLIDATION: consolidation, RESTORATION: restoration}
    largest = max(pieces, key=lambda piece: float(piece["area_m2"] or 0))
    return finding(
        "layer.zoning_mismatch",
        reporting_unit=reporting_unit,
        sheet=sheet,
        feature="|".join(code for code in zones.values() if code) or None,
        found=round(sum(float(piece["area_m2"] or 0) for piece in pieces), 1),
        expected=township_name(township),
        point=(float(largest["lon"] or 0), float(largest["lat"] or 0)),
        township=township,
        zones="、".join(
            names.get(code, code) if code else f"（未划入{code_lists()['zoning'].values[zoning][1]}）"
            for zoning, code in zones.items()
        ),
        zones_en=" and ".join(code or f"no {zoning} zone" for zoning, code in zones.items()),
    )
