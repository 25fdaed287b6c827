"""What differs between two versions of reporting units: how many values, and the first of them in words. The checks of intake
and the follow-up, which tell both submitters that one version replaced the other, ask here.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from contracts import Contract, code_lists
from contracts.findings import shown
from contracts.rounding import unit_title
from contracts.submission_table import content_columns
from pipeline.intake.dropped_rows import row_key, row_name
from warehouse.home import Home
from warehouse.ledger import UnitRecord, UnitVersion
from warehouse.staged import read_staged

UnitKey = tuple[str, str | None]
SHOWN_VALUES = 3  # values that a message shows of one reporting unit: each unit has a message of its own
EMPTY = "空", "empty"
UNKNOWN = "差别未能比较", "what differs could not be found out"


@dataclass(frozen=True)
class ChangedValue:
    """One value that differs: what it is of, what the older version has, what the newer one, with their unit; each in
    Chinese and in English. None where neither can be shown: a shape.
    """

    name: tuple[str, str]
    older: tuple[str, str] | None
    newer: tuple[str, str] | None
    measure_unit: tuple[str, str] = ("", "")

    def words(self, language: int) -> str:
        """In Chinese (0) or English (1)."""
        if self.older is None or self.newer is None:
            return self.name[language]
        return f"{self.name[language]} {self.older[language]} → {self.newer[language]} {self.measure_unit[language]}".strip()


@dataclass(frozen=True)
class ChangedFigures:
    """values: how many differ in rows that both versions have; first: the first of them; came, gone: rows that only the
    newer version has, or only the older one; is_known: whether the versions could be compared.
    """

    is_known: bool = True
    values: int = 0
    first: tuple[ChangedValue, ...] = ()
    came: int = 0
    gone: int = 0

    def as_operands(self) -> dict[str, Any]:
        """`differences` and `differences_en` of a message."""
        if not self.is_known:
            return {"differences": UNKNOWN[0], "differences_en": UNKNOWN[1]}
        zh = [f"{self.values} 处不同（{self._listed(0, '；')}）"] * bool(self.values)
        zh += [f"多 {self.came} 行"] * bool(self.came) + [f"少 {self.gone} 行"] * bool(self.gone)
        en = [f"{self.values} value(s) differ ({self._listed(1, '; ')})"] * bool(self.values)
        en += [f"{self.came} row(s) came"] * bool(self.came) + [f"{self.gone} row(s) are gone"] * bool(self.gone)
        return {
            "differences": "、".join(zh) or "数值无差别",
            "differences_en": ", ".join(en) or "no value differs",
        }

    def reversed(self) -> "ChangedFigures":
        """The same, as the older version would say it of the newer one."""
        first = tuple(replace(one, older=one.newer, newer=one.older) for one in self.first)
        return replace(self, first=first, came=self.gone, gone=self.came)

    def _listed(self, language: int, between: str) -> str:
        more = between + "……" if self.values > len(self.first) else ""
        return between.join(one.words(language) for one in self.first) + more


Changes = Callable[[UnitRecord, UnitVersion], ChangedFigures]
"""What a submission's unit has otherwise than a version of it."""


def changed_figures(home: Home, rules: Contract, table: Any) -> Changes:
    """Takes a submission table (Arrow); gives a function of a unit of it and a version staged in `home`, which says what
    differs from that version. Each staged file is compared once, when it is first asked for.
    """
    compared: dict[str, dict[UnitKey, ChangedFigures]] = {}

    def changes(reporting_unit: UnitRecord, version: UnitVersion) -> ChangedFigures:
        if version.staged_as is None:
            return ChangedFigures()
        if version.staged_as not in compared:
            older = read_staged(home, version.staged_as, rules.dataset, _columns(rules))
            compared[version.staged_as] = compare(rules, older, table)
        return compared[version.staged_as].get(version_key(rules, reporting_unit), ChangedFigures())

    return changes


def version_key(rules: Contract, reporting_unit: UnitRecord) -> UnitKey:
    """A unit with its period; without one where versions are kept without."""
    return reporting_unit.reporting_unit, reporting_unit.period if rules.reporting_unit.per_period else None


def is_update(rules: Contract, older_period: str | None, newer_period: str | None) -> bool:
    """Whether a later period's register takes the place of an earlier one's, as each of them does: no correction, of which
    somebody must be told.
    """
    return (
        rules.period.where == "file" and not rules.reporting_unit.per_period and str(older_period) < str(newer_period)
    )


def compare(rules: Contract, older: Any, newer: Any) -> dict[UnitKey, ChangedFigures]:
    """Takes two submission tables (Arrow) of a dataset; gives what differs of each unit (its `version_key`) that both have."""
    import duckdb

    key = row_key(rules)
    same = ["reporting_unit", "period", *key]
    values = [name for name in content_columns(rules) if name not in (*key, *rules.reporting_unit.fields)]
    with duckdb.connect() as con:
        for name, table in (("older_rows", older), ("newer_rows", newer)):
            con.register(f"_{name}", table.select(_columns(rules)))
            period = "period" if rules.reporting_unit.per_period else "null::varchar"
            con.execute(f"create view {name} as select * replace ({period} as period) from _{name}")
        counted = con.execute(_rows_sql(rules, same)).fetchall()
        found = con.execute(_values_sql(key, same, values)).fetchall()
    first: dict[UnitKey, list[ChangedValue]] = defaultdict(list)
    total: dict[UnitKey, int] = {}
    for reporting_unit, period, field, old, new, differing, *row in found:
        total[reporting_unit, period] = differing
        first[reporting_unit, period].append(_changed(rules, key, tuple(map(str, row)), field, old, new))
    return {
        (reporting_unit, period): ChangedFigures(
            True, total.get((reporting_unit, period), 0), tuple(first[reporting_unit, period]), came, gone
        )
        for reporting_unit, period, came, gone in counted
    }


def _columns(rules: Contract) -> list[str]:
    return ["row_id", "reporting_unit", "period", *content_columns(rules)]


def _rows_sql(rules: Contract, same: list[str]) -> str:
    """By unit that both tables have: rows that only the newer one has, rows that only the older one has. A class of a wide
    sheet that is empty or zero is no row.
    """
    held = f'"{rules.layout.value_field}" <> 0' if rules.layout.value_field else "true"
    columns = ", ".join(f'"{name}"' for name in same)
    return f"""
        with newer as (select distinct {columns}, true as is_newer, false as is_older from newer_rows where {held}),
        older as (select distinct {columns}, false as is_newer, true as is_older from older_rows where {held}),
        either as (
            select {columns}, bool_or(is_newer) as is_newer, bool_or(is_older) as is_older
            from (from newer union all from older) group by {columns}
        )
        select reporting_unit, period, count(*) filter (not is_older), count(*) filter (not is_newer)
        from either
        group by reporting_unit, period
        having bool_or(is_newer) and bool_or(is_older)
    """


def _values_sql(key: tuple[str, ...], same: list[str], values: list[str]) -> str:
    """The first values of each unit that differ: unit, period, field, old, new, how many differ, key of the row."""
    on = " and ".join(f'newer."{name}" is not distinct from older."{name}"' for name in same)
    keys = "".join(f', newer."{name}"::varchar as "{name}"' for name in key)
    named = "".join(f', "{name}"' for name in key)
    texts = {name: ("null", "null") if name == "geometry" else (f"old_{name}", f"new_{name}") for name in values}
    pairs = ", ".join(f'older."{name}" as "old_{name}", newer."{name}" as "new_{name}"' for name in values)
    differing = " union all ".join(
        f"select reporting_unit, period, row_id, {place} as place, '{name}' as field, "
        f"{_text(texts[name][0])} as old, {_text(texts[name][1])} as new{named} "
        f'from pair where "old_{name}" is distinct from "new_{name}"'
        for place, name in enumerate(values)
    )
    return f"""
        with pair as materialized (
            select newer.reporting_unit, newer.period, newer.row_id{keys}, {pairs}
            from newer_rows as newer inner join older_rows as older on {on}
        ),
        differing as ({differing})
        select reporting_unit, period, field, old, new, count(*) over unit as differing{named}
        from differing
        window unit as (partition by reporting_unit, period)
        qualify row_number() over (partition by reporting_unit, period order by row_id, place) <= {SHOWN_VALUES}
        order by reporting_unit, period, row_id, place
    """


def _text(column: str) -> str:
    return "null::varchar" if column == "null" else f'"{column}"::varchar'


def _changed(
    rules: Contract, key: tuple[str, ...], row: tuple[str, ...], field: str, old: str | None, new: str | None
) -> ChangedValue:
    name = f"{row_name(rules, key, row)} " if key else ""
    spec = rules.columns.get(field)
    if spec is None:
        return ChangedValue((f"{name}图形", f"{name}shape"), None, None)
    measure_unit = spec.measure_unit or ""
    older, newer = _shown(rules, field, old), _shown(rules, field, new)
    return ChangedValue(
        (f"{name}{spec.zh}", f"{name}{spec.en}"), older, newer, (unit_title(measure_unit), measure_unit)
    )


def _shown(rules: Contract, field: str, text: str | None) -> tuple[str, str]:
    spec = rules.columns[field]
    if text is None:
        return EMPTY
    if spec.is_numeric:
        text = shown(float(text), "computed") or ""
    elif spec.list:
        text = code_lists()[spec.list].title(text)
    else:
        text = shown(text) or ""
    return text, text
