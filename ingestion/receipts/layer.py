"""The faulty features of a layer, and a point for each finding, to be opened in any GIS program; and a small map of
them. Called by `write` for layers.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from contracts import Contract, Finding
from contracts.findings import SEVERITIES
from contracts.names import unit_name
from contracts.submission_table import CRS
from ingestion.receipts.lines import field_title, kind_of
from ingestion.receipts.picture import Spot, write_picture

FEATURES, POINTS = "问题图斑", "问题点"


def write_layer(
    target: Path, picture: Path, contract: Contract, findings: Sequence[Finding], submitted: pa.Table
) -> bool:
    """Writes a GeoPackage with the layers 问题图斑 and 问题点, and the picture, an SVG; False, and no file, when no
    finding has a place.

    submitted: the submission table, geometry as WKB in EPSG:4490. A finding without a point of its own has one inside its
    first feature.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for index, feature in enumerate(submitted["feature"].to_pylist()):
        if feature is not None:
            rows[feature].append(index)
    concerned: dict[int, list[Finding]] = defaultdict(list)
    for one in findings:
        for feature in (one.feature or "").split("|"):
            for index in rows.get(feature, ()):
                concerned[index].append(one)
    spots = _spots(findings, submitted, rows)
    if not concerned and not spots:
        return False
    points = _points(contract, spots)
    features = _features(contract, concerned, submitted)
    _write(target, FEATURES, features, "Unknown", append=False)
    _write(target, POINTS, pa.table(points, schema=_schema(points)), "Point", append=True)
    if spots:
        _draw(picture, contract, concerned, spots, submitted)
    return True


def _draw(
    picture: Path, contract: Contract, concerned: dict[int, list[Finding]], spots: list[Spot], submitted: pa.Table
) -> None:
    import shapely

    gravest = {index: min((one.severity for one in here), key=SEVERITIES.index) for index, here in concerned.items()}
    shapes = shapely.from_wkb(submitted["geometry"].to_pylist(), on_invalid="ignore")
    write_picture(picture, f"{contract.title.zh} 审核结果：{len(spots)} 处", shapes, gravest, spots)


def _features(contract: Contract, concerned: dict[int, list[Finding]], submitted: pa.Table) -> pa.Table:
    """The faulty features with what was found at each, and the attributes that they were submitted with."""
    columns: dict[str, list[str | float | None]] = {"编号": [], "级别": [], "问题": [], "如何改正": [], "规则": []}
    order = sorted(concerned)
    taken = submitted.take(pa.array(order, pa.int64()))
    for index, feature in zip(order, taken["feature"].to_pylist(), strict=True):
        here = sorted(concerned[index], key=lambda one: SEVERITIES.index(one.severity))
        columns["编号"].append(feature)
        columns["级别"].append(kind_of(here[0]))
        columns["问题"].append("；".join(dict.fromkeys(one.message for one in here)))
        columns["如何改正"].append("；".join(dict.fromkeys(one.remedy for one in here)))
        columns["规则"].append("；".join(dict.fromkeys(one.rule_id for one in here)))
    table = pa.table(columns, schema=pa.schema([(name, pa.string()) for name in columns]))
    for name, field in contract.columns.items():
        kind = taken[name].type
        if not pa.types.is_nested(kind):
            table = table.append_column(
                field.headers[0], taken[name].cast(pa.string()) if pa.types.is_date(kind) else taken[name]
            )
    return table.append_column("geometry", taken["geometry"])


def _spots(findings: Sequence[Finding], submitted: pa.Table, rows: dict[str, list[int]]) -> list[Spot]:
    """Where each finding is: at its point, else inside its first feature; those without a place are left out."""
    import shapely

    spots = []
    for one in findings:
        place = one.point
        if not place:
            indices = rows.get((one.feature or "").split("|")[0])
            polygon = (
                shapely.from_wkb(submitted["geometry"][indices[0]].as_py(), on_invalid="ignore") if indices else None
            )
            if polygon is None or polygon.is_empty:
                continue
            inside = shapely.point_on_surface(polygon)
            place = (inside.x, inside.y)
        spots.append(Spot(one, (place[0], place[1])))
    return spots


def _points(contract: Contract, spots: Sequence[Spot]) -> dict[str, list[str | bytes]]:
    import shapely

    columns: dict[str, list[str | bytes]] = {
        "级别": [],
        "单位": [],
        "图斑": [],
        "数据项": [],
        "问题": [],
        "如何改正": [],
        "规则": [],
    }
    for spot in spots:
        one = spot.finding
        values = (
            kind_of(one),
            unit_name(contract, one.reporting_unit) if one.reporting_unit else contract.title.zh,
            one.feature or "",
            field_title(contract, one.field),
            one.message,
            one.remedy,
            one.rule_id,
        )
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return {**columns, "geometry": list(shapely.to_wkb(shapely.points([spot.at for spot in spots])) if spots else ())}


def _schema(columns: dict[str, list[str | bytes]]) -> pa.Schema:
    return pa.schema([(name, pa.binary() if name == "geometry" else pa.string()) for name in columns])


def _write(target: Path, layer: str, table: pa.Table, geometry_type: str, *, append: bool) -> None:
    from pyogrio.raw import write_arrow

    write_arrow(
        table,
        str(target),
        layer=layer,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type=geometry_type,
        crs=CRS,
        encoding="UTF-8",
        append=append,
    )
