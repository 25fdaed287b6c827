"""Lineage: from a figure of the marts back to the cells and features that it is made of. `warehouse explain` calls it."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from warehouse.home import Home
from warehouse.serving import Connection, connect

CLOSES_WITHIN = 1e-9  # of the figure: what summing in another order may change in floating point
ORDER = ("role", "measure_code", "submission_id", "sheet", "reporting_unit", "cell", "feature")
ROLES = ("numerator", "denominator")

FIGURES = """
select indicator_code, period, area_code, area_name, numerator, denominator, value, unit, source, is_provisional, is_allocated
from mart_indicator_{level}
where indicator_code = ? and area_code = ?
"""
LEVELS = ("district", "zone", "township")
LEAVES = """
select leaf.*, part.measure_name, submission.file_name, submission.sender, submission.received_at
from explain(?, ?, ?) as leaf
inner join bridge_indicator_measure as part using (indicator_code, role, measure_code, source)
left join mart_submission as submission using (submission_id)
"""
LATEST = "select min(period) from mart_target_progress where indicator_code = ? and area_code = ?"


def explain(
    home: Home,
    indicator: str,
    area: str | None = None,
    period: str | None = None,
    *,
    written: bool = False,
) -> dict[str, Any]:
    """The tree of a figure: roles, measures, submissions, and at its ends cells or features whose amounts add up to it.

    indicator, area: code or Chinese name; area: the district unless given. period: 2025 or 2025Q1; that of the target
    board unless given.
    written: read the archived workbooks again and show each cell as it was written, with the factor to the value that
    counts. `amount` of an end is reported_value × share × factor; every `amount` above is the sum of those below.
    `closes`: whether the sums are the figure's own numerator and denominator. Raises LookupError for what the edition
    does not have, serving.NothingPublished.
    """
    with connect(home) as con:
        code, name = _named(con, "indicator_code", "indicator_name", "dim_indicator", indicator)
        place = _area(con, area)
        figure = _figure(con, code, name, place, period)
        leaves = con.execute(LEAVES, [code, place, figure["period"]]).to_arrow_table().to_pylist()
    leaves.sort(key=lambda leaf: tuple(str(leaf[name] or "") for name in ORDER))
    if written:
        _show_written(home, leaves)
    roles = {
        role: _role([leaf for leaf in leaves if leaf["role"] == role]) for role in ROLES if figure[role] is not None
    }
    closes = all(
        math.isclose(roles[role]["amount"], figure[role], rel_tol=CLOSES_WITHIN, abs_tol=CLOSES_WITHIN)
        for role in roles
    )
    return {**figure, "indicator_name": name, "closes": closes, "made_of": roles}


def _named(con: Connection, code: str, name: str, table: str, asked: str) -> tuple[str, str]:
    found = con.execute(f"select {code}, {name} from {table} where ? in ({code}, {name})", [asked]).fetchone()
    if found is None:
        known = "、".join(
            f"{one} {other}"
            for one, other in con.execute(f"select {code}, {name} from {table} order by all").fetchall()
        )
        raise LookupError(f"没有 {asked}；有 (there are): {known}")
    return found


def _area(con: Connection, asked: str | None) -> str:
    areas = " union ".join(f"select area_code, area_name from mart_indicator_{level}" for level in LEVELS)
    if asked is None:
        ((code,),) = con.execute("select distinct area_code from mart_indicator_district").fetchall()
        return str(code)
    return _named(con, "area_code", "area_name", f"({areas})", asked)[0]


def _figure(con: Connection, code: str, name: str, area: str, period: str | None) -> dict[str, Any]:
    figures = [
        row
        for level in LEVELS
        for row in con.execute(FIGURES.format(level=level), [code, area]).to_arrow_table().to_pylist()
    ]
    if period is None:
        latest = con.execute(LATEST, [code, area]).fetchone()
        period = (latest and latest[0]) or max((row["period"] for row in figures), default=None)
    for row in figures:
        if row["period"] == period:
            return row
    raise LookupError(
        f"{name} 在 {area} 没有 {period} 的数；有 (there are): {'、'.join(sorted(row['period'] for row in figures)) or '无'}"
    )


def _amount(leaves: Iterable[dict[str, Any]]) -> float:
    return math.fsum(leaf["amount"] for leaf in leaves)


def _role(leaves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    measures = []
    for code, of_measure in groupby(leaves, lambda leaf: leaf["measure_code"]):
        inside = list(of_measure)
        submissions = [_submission(list(group)) for _, group in groupby(inside, lambda leaf: leaf["submission_id"])]
        measures.append(
            {
                "measure": code,
                "measure_name": inside[0]["measure_name"],
                "source": inside[0]["source"],
                "factor": inside[0]["factor"],
                "amount": _amount(inside),
                "submissions": submissions,
            }
        )
    return {
        "amount": _amount(leaves),
        "measure_unit": leaves[0]["amount_unit"] if leaves else None,
        "measures": measures,
    }


def _submission(leaves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    first = leaves[0]
    ends = (
        "sheet",
        "cell",
        "feature",
        "reporting_unit",
        "field",
        "reported_value",
        "measure_unit",
        "share",
        "amount",
        "written",
        "written_factor",
    )
    return {
        **{name: first[name] for name in ("submission_id", "file_name", "dataset", "sender")},
        "received_at": f"{first['received_at']:%Y-%m-%dT%H:%M:%SZ}" if first["received_at"] else None,
        "amount": _amount(leaves),
        "made_of": [{name: leaf[name] for name in ends if leaf.get(name) is not None} for leaf in leaves],
    }


def _show_written(home: Home, leaves: Sequence[dict[str, Any]]) -> None:
    """Add to each leaf with a cell the value written there in its archived file, and the factor from it to the value
    that counts.
    """
    from warehouse import archive
    from warehouse.ledger import Ledger

    with Ledger.open(home) as ledger:
        for name in {leaf["submission_id"] for leaf in leaves if leaf["cell"]}:
            cells = _cells(archive.fetch(home, ledger.get(name).sha256))
            for leaf in leaves:
                if leaf["submission_id"] == name and leaf["cell"]:
                    leaf["written"] = cells(leaf["sheet"], leaf["cell"])
                    number = _number(leaf["written"])
                    leaf["written_factor"] = leaf["reported_value"] / number if number else None


def _cells(archived: Any) -> Any:
    """Gives a function of (sheet, address): the value in that cell of an archived workbook."""
    from ingestion.readers.cells import position
    from ingestion.readers.tabular import read_workbook

    rows = {(sheet.name, row.no): row for sheet in read_workbook(archived.members[0]) for row in sheet.rows}

    def at(sheet: str | None, address: str) -> Any:
        number, column = position(address)
        row = rows.get((sheet, number))
        return None if row is None else row.at(column)

    return at


def _number(written: Any) -> float | None:
    try:
        return float(str(written).replace(",", "").strip())
    except ValueError:
        return None
