"""The report's section of places: for each indicator a map, the townships ranked with their distance to the best, and the
years; and the zones beside each other.
"""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from contracts import code_lists
from reporting.report import charts, drawn_maps
from reporting.report.blocks import Block, Table
from reporting.report.drawn_maps import Ground
from reporting.report.source import Row, Source
from reporting.report.targets import Indicator
from reporting.report.words import Words, shown

MART = "mart_indicator_township"


def of_indicator(source: Source, words: Words, one: Indicator, ground: Ground | None) -> Block:
    """The block of one indicator."""
    period = one.period
    rows = source.rows(
        MART, f"indicator_code = '{one.code}' and period = '{period}'", "is_part, value desc nulls last, area_code"
    )
    whole = [row for row in rows if not row["is_part"] and row["value"] is not None]
    measure_unit = words.measure_unit(one.any["unit"])
    drawn = []
    if ground is not None:
        values = {row["area_code"]: row["value"] for row in whole}
        texts = {row["area_code"]: shown(row["value"], "value") for row in whole}
        title = words("map_of", indicator=one.name, measure_unit=measure_unit)
        drawn.append((drawn_maps.choropleth(ground, values, texts, title), Markup("")))
    if whole:
        title = words("ranking_of", indicator=one.name, measure_unit=measure_unit)
        drawn.append((charts.drawn(charts.ranking(_ranked(whole)), title), Markup("")))
    drawn.append(_years(source, words, one))
    return Block(
        name=f"townships_{one.code}",
        title=one.name,
        sentence=_sentence(words, one, whole, measure_unit),
        mart=MART,
        command=f"warehouse explain {one.code}",
        charts=drawn,
        all_rows=rows,
        grid="three",
    )


def _sentence(words: Words, one: Indicator, whole: Sequence[Row], measure_unit: str) -> Markup:
    if not whole:
        return words("indicator_without_townships", measure_unit=measure_unit, value=words.figure(one.any, "value"))
    best, last = whole[0], whole[-1]
    return words(
        "indicator_says",
        value=words.figure(one.any, "value"),
        measure_unit=measure_unit,
        period=one.period,
        best=best["area_name"],
        best_value=words.figure(best, "value"),
        last=last["area_name"],
        last_value=words.figure(last, "value"),
    )


def _ranked(rows: Sequence[Row]) -> list[dict[str, Any]]:
    best = rows[0]["value"]
    return [
        {
            "name": row["area_name"],
            "value": row["value"],
            "label": shown(row["value"], "value")
            + ("" if row["value"] == best else f" (−{shown(best - row['value'], 'value')})"),
            "aria": f"{row['area_name']}: {shown(row['value'], 'value')}",
        }
        for row in rows
    ]


def _years(source: Source, words: Words, one: Indicator) -> tuple[Markup, Markup]:
    rows = source.rows(
        "mart_indicator_district",
        f"indicator_code = '{one.code}' and value is not null and (period_grain = 'year' or period = '{one.period}')",
        "period",
    )
    values = [
        {
            "year": row["period"],
            "value": row["value"],
            "label": shown(row["value"], "value"),
            "aria": f"{row['period']}: {shown(row['value'], 'value')}",
        }
        for row in _one_a_year(rows, one.period)
    ]
    targets = [
        {
            "year": str(year),
            "value": row["target_value"],
            "label": shown(row["target_value"], "value"),
            "aria": f"◆ {year}: {shown(row['target_value'], 'value')}",
        }
        for year, row in one.targets.items()
    ]
    title = words("years_of", indicator=one.name, measure_unit=words.measure_unit(one.any["unit"]))
    return charts.drawn(charts.trend(values, targets), title), Markup("")


def _one_a_year(rows: Sequence[Row], period: str) -> list[Row]:
    """The years' figures; the year in which the latest period lies is shown by that period alone."""
    return [row for row in rows if row["period"] == period or row["period"][:4] != period[:4]]


def zones(source: Source, words: Words, found: Sequence[Indicator]) -> list[dict[str, Any]]:
    """Each zoning's zones beside each other: title, zones' names, and a line of figures an indicator."""
    rows = source.rows("mart_target_progress", "area_level = 'zone'", "target_year")
    named = source.rows("dim_zone")
    tables = []
    for zoning in dict.fromkeys(row["zoning"] for row in named):
        codes = [row["zone_code"] for row in named if row["zoning"] == zoning]
        lines = [
            (one.name, words.measure_unit(one.any["unit"]), [_of_zone(rows, one.code, code) for code in codes])
            for one in found
        ]
        names = [row["zone_name"] for row in named if row["zoning"] == zoning]
        tables.append({"title": _zoning(words, zoning), "names": names, "lines": lines})
    return tables


def _zoning(words: Words, zoning: str) -> str:
    spellings = code_lists()["zoning"].values.get(zoning, ())
    return str(words.either(spellings[-1] if spellings else zoning, f"{zoning} zones"))


def _of_zone(rows: Sequence[Row], indicator: str, zone: str) -> Row | None:
    return next((row for row in rows if (row["indicator_code"], row["area_code"]) == (indicator, zone)), None)


def zones_block(source: Source, words: Words) -> Block:
    """The CSV of the zones' figures."""
    rows = source.rows("mart_target_progress", "area_level = 'zone'", "indicator_code, target_year, area_code")
    return Block(
        name="zones",
        title=words("zones"),
        sentence=words("zones_say"),
        mart="mart_target_progress",
        command="warehouse query \"from mart_target_progress where area_level = 'zone'\"",
        table=Table(rows, ()),
    )
