"""The first page of the report: the targets as lights, how much of each is reached, and what changed since the last
edition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from contracts.reference import table
from reporting.report import charts
from reporting.report.blocks import Block, Table
from reporting.report.source import Row, Source
from reporting.report.words import Words, shown, tone, tones

MART = "mart_target_progress"
CHANGES_SHOWN = 12


@dataclass(frozen=True)
class Indicator:
    """An indicator with its targets by year, any one of them for what does not depend on the year, and the last one."""

    code: str
    name: str
    targets: Mapping[int, Row]
    any: Row
    last: Row
    registered: Row

    @property
    def period(self) -> str:
        """The period of its value; empty where there is none."""
        return self.any["period"] or ""


def indicators(source: Source, words: Words) -> list[Indicator]:
    """The indicators that have a target, in the order of the registry."""
    rows = source.rows(MART, "area_level = 'district'", "target_year")
    registered = {row["indicator_code"]: row for row in source.rows("dim_indicator")}
    found = []
    for code in (row["indicator_code"] for row in table("indicator")):
        targets = {row["target_year"]: row for row in rows if row["indicator_code"] == code}
        if targets:
            (first, *_), (*_, last) = targets.values(), targets.values()
            known = registered[code]
            name = words.either(known["indicator_name"], known["indicator_name_en"])
            found.append(Indicator(code, name, targets, first, last, known))
    return found


def years(found: Sequence[Indicator]) -> list[int]:
    """The target years, earliest first."""
    return sorted({year for one in found for year in one.targets})


def summary(source: Source, words: Words, found: Sequence[Indicator]) -> list[Markup]:
    """A sentence a target year: how many targets stand in which status, in the order of the statuses."""
    sentences = []
    for year in years(found):
        counts = []
        for status in (row["status"] for row in table("target_status")):
            total = source.total(
                f"select count(*) from {MART} where area_level = 'district' and target_year = {year} and status = '{status}'"
            )
            if total.value:
                counts.append(words("status_count", status=words.status(status), count=words.total(total)))
        of = source.total(f"select count(*) from {MART} where area_level = 'district' and target_year = {year}")
        sentences.append(words("summary", year=year, count=words.total(of), statuses=words("comma").join(counts)))
    return sentences


def how_sure(words: Words, row: Row) -> Markup:
    """What a reader should know of a figure before relying on it."""
    said = []
    if row["latest_is_provisional"]:
        said.append(words("provisional"))
    if row["allocated_pct"]:
        said.append(words("allocated", share=words.figure(row, "allocated_pct")))
    if row["data_age_days"]:
        said.append(words("age", days=words.figure(row, "data_age_days")))
    said.append(words("firm" if row["is_status_firm"] else "not_firm"))
    return words("comma").join(said)


def below_the_light(words: Words, row: Row) -> Markup:
    """What is needed a year, or, of a target whose date is past, where it stood then and when it was made up."""
    if row["value_when_due"] is None:
        return words("overdue") if row["is_overdue"] else words("needed", value=words.figure(row, "required_per_year"))
    at_due = words("when_due", value=words.figure(row, "value_when_due"))
    return words("comma").join([at_due, words("made_up", period=row["made_up_in"])]) if row["made_up_in"] else at_due


def achievement(source: Source, words: Words, found: Sequence[Indicator]) -> Block:
    """How much of each target is reached, as bars."""
    values: list[dict[str, Any]] = []
    for one in found:
        for year, row in one.targets.items():
            if row["value"] is None or not row["target_value"]:
                continue
            percent = row["value"] / row["target_value"] * 100
            said = words.status(row["status"])
            values.append(
                {
                    "name": one.name,
                    "year": year,
                    "percent": percent,
                    "tone": tone(row["status"]),
                    "label": f"{year} {percent:.1f}% {said}",
                    "aria": f"{one.name} {year}: {percent:.1f}% {said}",
                }
            )
    colours = {name: look["colour"] for name, look in tones().items()}
    reached = source.total(f"select count(*) from {MART} where area_level = 'district' and value >= target_value")
    chart = charts.drawn(charts.achievement(values, colours), words("achievement"))
    rows = source.rows(MART, "area_level = 'district'", "indicator_code, target_year")
    return Block(
        name="targets",
        title=words("achievement"),
        sentence=words("achievement_says", count=words.total(reached)),
        mart=MART,
        command="warehouse board",
        charts=[(chart, Markup(""))],
        all_rows=rows,
    )


def changes(source: Source, words: Words, since: str | None, given: Sequence[Mapping[str, Any]] | None) -> Block:
    """What changed since the last edition (since, with the rows that it was compared by), else since the build before."""
    rows = (
        source.rows("mart_revision", order="figure = 'indicator' desc, figure, code, area_code, period, item")
        if given is None
        else [Row(one, None) for one in sorted(given, key=lambda one: one["figure"] != "indicator")]
    )
    changed = [row for row in rows if row["change_kind"] != "new"]
    senders = {
        row["submission_id"]: row["sender"] or row["file_name"]
        for row in source.rows("mart_submission", "submission_id is not null")
    }
    named = [Row({**row.values, "caused_by": _senders(row["caused_by"], senders)}, row.mart) for row in changed]
    counted = {kind: sum(row["change_kind"] == kind for row in rows) for kind in ("changed", "gone", "new")}
    base = words("since_edition", edition=since) if since else words("since_build")
    columns = (
        "figure",
        "code",
        "area_code",
        "period",
        "value_before",
        "value_after",
        "text_before",
        "text_after",
        "caused_by",
    )
    return Block(
        name="changes",
        title=words("changes"),
        sentence=words("changes_say" if rows else "changes_none", base=base, **counted),
        mart="mart_revision",
        command=f"warehouse diff {since or 'previous'} current",
        table=Table(named, columns, CHANGES_SHOWN) if named else None,
        all_rows=rows,
    )


def _senders(submissions: str | None, senders: Mapping[str, str]) -> str:
    """Who sent the submissions that a change names."""
    return shown("、".join(dict.fromkeys(senders.get(one, one) for one in (submissions or "").split(";") if one)), "")
