"""The SQL that gives what differs between two builds in the rows of one mart, for pipeline.build.revisions: a row for each
of its figures, with the submissions that changed it.

Both builds are attached by pipeline.build.former_names, as the schemas `before` and `after`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from contracts.reference import COUNTY_CODE
from pipeline.build.diff_columns import DiffedMart
from pipeline.build.former_names import present_name
from warehouse.marts import quoted

SIDES = ("before", "after")
# a figure that is summed in another order is not another figure
SAME_WITHIN = 1e-12
NUMBERS = ("DOUBLE", "FLOAT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL")
UNIT = "（([^（）]*)）(：|$)"
"""The unit in a column's comment: `title（unit）：meaning`."""
NAMED_IN = "见 "
"""A unit that another column of the row names is written so: 见 unit."""
Columns = Mapping[str, str]
"""Of one mart in one build: column to type; empty where the build has no such mart."""


def columns_of(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, dict[str, str]]:
    """Every table of an attached build, with its columns and their types."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = 'memory' and schema_name = ?",
        [side],
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def units_of(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Mart and column to unit, as the comments of the later build have it; columns under their present names."""
    return {
        (table, present_name(table, column)): _present_unit(table, measure_unit)
        for table, column, measure_unit in con.execute(
            "select table_name, column_name, regexp_extract(comment, ?, 1) as unit from duckdb_columns() "
            "where database_name = 'after_file' and unit <> ''",
            [UNIT],
        ).fetchall()
    }


def _present_unit(table: str, measure_unit: str) -> str:
    if not measure_unit.startswith(NAMED_IN):
        return measure_unit
    return NAMED_IN + present_name(table, measure_unit.removeprefix(NAMED_IN))


def changed_submissions(con: duckdb.DuckDBPyConnection, columns: Columns) -> dict[str, list[str]]:
    """Dataset to the submissions of which the later build has more, or other, units in force, or that declare up to which day
    they speak. columns: of its mart_submission; builds of earlier code say neither.
    """
    declares = "or declared_through is not null" if "declared_through" in columns else ""
    counts = f"and (units_accepted > 0 {declares})" if "units_accepted" in columns else ""
    rows = " except ".join(
        f"select dataset, submission_id, state, rows_accepted from {side}.mart_submission "
        f"where state in ('accepted', 'partly_held') {counts if side == 'after' else ''}"
        for side in reversed(SIDES)
    )
    found: dict[str, list[str]] = {}
    for dataset, name in con.execute(f"select dataset, submission_id from ({rows}) order by all").fetchall():
        found.setdefault(dataset, []).append(name)
    return found


def equal_marts(con: duckdb.DuckDBPyConnection, marts: Sequence[str]) -> set[str]:
    """Of marts that both builds have, those whose rows are the same."""
    rows = "(select (count(*), sum(hash(one))) from {side}.{mart} as one)"
    asked = " union all ".join(
        f"select {quoted(mart)} where {rows.format(side='before', mart=mart)} = {rows.format(side='after', mart=mart)}"
        for mart in marts
    )
    return {mart for (mart,) in con.execute(asked).fetchall()} if marts else set()


@dataclass(frozen=True)
class Builds:
    """What is asked of two attached builds.

    tables: side, table, column to type; equal: see `equal_marts`; measure_units: `units_of`; changed: `changed_submissions`.
    """

    tables: Mapping[str, Mapping[str, Columns]]
    equal: Collection[str]
    measure_units: Mapping[tuple[str, str], str]
    changed: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, marts: Sequence[DiffedMart]) -> "Builds":
        tables = {side: columns_of(con, side) for side in SIDES}
        before, after = (tables[side] for side in SIDES)
        alike = [one.mart for one in marts if one.mart in before and before[one.mart] == after.get(one.mart)]
        return cls(
            tables, equal_marts(con, alike), units_of(con), changed_submissions(con, after.get("mart_submission", {}))
        )

    def of_datasets(self, datasets: Sequence[str]) -> list[str]:
        """Changed submissions of some datasets, by id."""
        return sorted(name for dataset in set(datasets) for name in self.changed.get(dataset, ()))


def row_diff(one: DiffedMart, builds: Builds) -> str | None:
    """SQL that gives the rows of the revision mart for a mart; None where nothing in it differs.

    It reads the table `cause`, who changed what is known by indicator, and the macro `joined_names`.
    """
    has = {side: builds.tables[side].get(one.mart, {}) for side in SIDES}
    has = {side: columns if set(one.key) <= set(columns) else {} for side, columns in has.items()}
    kinds = {**has["before"], **has["after"]}
    figures = [name for name in one.columns if name in kinds]
    if not figures or one.mart in builds.equal:
        return None
    measure_units = [builds.measure_units.get((one.mart, name), "") for name in figures]
    beside = {one.area, one.period, *(measure_unit.removeprefix(NAMED_IN) for measure_unit in measure_units)} - {
        *one.key,
        *figures,
    }
    columns = [*figures, *sorted(name for name in beside if name in kinds)]
    numbers = [name for name in figures if kinds[name].startswith(NUMBERS)]
    as_text = {
        side: [f"{row}.{name}{'::double' if name in numbers else ''}::varchar" for name in figures]
        for side, row in zip(SIDES, ("was", "now"), strict=True)
    }
    is_lacking = {side: _is_one_of([name for name in figures if has[side] and name not in has[side]]) for side in SIDES}
    with_causes, caused_by, replaced = _by_indicator(one) if one.by_indicator else _by_submission(one, builds)
    return f"""
with was as ({_only_in("before", "after", one, columns, has)}),
now as ({_only_in("after", "before", one, columns, has)}),
pair as (
    select
        {", ".join(f"coalesce(was.{name}, now.{name}) as {name}" for name in one.key)},
        {_shown(one.area, one, columns)} as area_shown, {_shown(one.period, one, columns)} as period_shown,
        {_item(one)} as item_shown,
        was.{one.key[0]} is null as is_new_row, now.{one.key[0]} is null as is_gone_row,
        unnest({_listed(figures)}) as code,
        unnest([{", ".join(as_text["before"])}]) as text_of_before,
        unnest([{", ".join(as_text["after"])}]) as text_of_after,
        unnest([{", ".join(_unit_shown(measure_unit, columns) for measure_unit in measure_units)}]::varchar[]) as unit_shown
    from was full join now on {_same("was", "now", one.key)}
),
figure as (
    select
        *, {_is_one_of(numbers)} as is_number,
        case when is_number then text_of_before::double end as value_before,
        case when is_number then text_of_after::double end as value_after,
        case
            when is_new_row or {is_lacking["before"]} then 'new' when is_gone_row or {is_lacking["after"]} then 'gone'
            else 'changed'
        end as change_kind
    from pair
    where text_of_before is distinct from text_of_after
)
select
    {quoted(one.mart)}, figure.code, area_shown, period_shown, item_shown, change_kind, value_before, value_after,
    value_after - value_before, case when not is_number then text_of_before end, case when not is_number then text_of_after end, unit_shown,
    {caused_by}, {replaced}
from figure
{with_causes}
where value_before is null or value_after is null or abs(value_after - value_before) > {SAME_WITHIN} * abs(value_before)
"""


def _same(one: str, other: str, names: Sequence[str]) -> str:
    """Equality of two relations' keys, in which null is a value like any other."""
    return " and ".join(f"{one}.{name} is not distinct from {other}.{name}" for name in names)


def _item(one: DiffedMart) -> str:
    """The rest of the key as one text; a part that is null stays empty between the ';'."""
    parts = ", ".join(f"coalesce(coalesce(was.{name}, now.{name})::varchar, '')" for name in one.item)
    return f"array_to_string([{parts}], ';')" if parts else "null::varchar"


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]::varchar[]"


def _is_one_of(names: Sequence[str]) -> str:
    return f"list_contains({_listed(names)}, code)"


def _shown(name: str, one: DiffedMart, columns: Collection[str]) -> str:
    if name in one.key:
        return f"coalesce(was.{name}, now.{name})::varchar"
    return f"coalesce(now.{name}, was.{name})" if name in columns else "null::varchar"


def _unit_shown(measure_unit: str, columns: Collection[str]) -> str:
    name = measure_unit.removeprefix(NAMED_IN)
    if name in columns:
        return f"coalesce(now.{name}, was.{name})"
    return "null" if not measure_unit or measure_unit.startswith(NAMED_IN.strip()) else quoted(measure_unit)


def _only_in(side: str, other: str, one: DiffedMart, columns: Sequence[str], has: Mapping[str, Columns]) -> str:
    """The rows of one side that the other has not; a column that is not there is null."""

    def rows(at: str) -> str:
        def chosen_column(name: str) -> str:
            if name not in has[at]:
                return f"null as {name}"
            return f"sum({name}) as {name}" if one.is_summed and name in one.columns else name

        chosen = ", ".join(map(chosen_column, (*one.key, *columns)))
        if not has[at]:
            return f"select {chosen} where false"
        return f"select {chosen} from {at}.{one.mart}{' group by all' if one.is_summed else ''}"

    return f"{rows(side)} except {rows(other)}"


def _by_indicator(one: DiffedMart) -> tuple[str, str, str]:
    """Joins, caused_by and replaced of rows that facts of an indicator changed: in their area, or, of a share, in the
    district.
    """
    joins = [
        f"left join cause as {alias} on {alias}.figure = 'indicator' and {alias}.code = figure.indicator_code "
        f"and {alias}.area_code = {area} and {alias}.period {f'= figure.{one.period}' if one.period else 'is null'}"
        for alias, area in (("here", "figure.area_code"), ("whole", quoted(COUNTY_CODE)))[: 1 if one.period else 2]
    ]
    if one.period:
        return joins[0], "here.caused_by", "here.replaced"
    return "\n".join(joins), "coalesce(here.caused_by, whole.caused_by)", "coalesce(here.replaced, whole.replaced)"


def _by_submission(one: DiffedMart, builds: Builds) -> tuple[str, str, str]:
    """Joins, caused_by and replaced of other rows: their own submissions first, else those of the datasets that a
    figure is made of.

    Of a row that came or went, any dataset of the mart. Where the row stays and a column comes or goes, the code did
    it.
    """
    datasets = {
        made_of: (
            builds.of_datasets([name for name in made_of if name not in one.sent_as]) or builds.of_datasets(made_of)
        )
        for made_of, _ in one.figures
    }
    every = _listed(builds.of_datasets(one.sent_as or [name for made_of in datasets for name in made_of]))
    is_made_of_others = _is_one_of([name for name, made_of in one.columns.items() if datasets[made_of]])
    others = " ".join(f"when {_is_one_of(names)} then {_listed(datasets[made_of])}" for made_of, names in one.figures)
    by_code = "change_kind <> 'changed' and not is_new_row and not is_gone_row then []"
    by_dataset = f"when is_gone_row or (is_new_row and not {is_made_of_others}) then {every} {others}"
    if not one.sent_in:
        return "", f"joined_names(case when {by_code} {by_dataset} end)", "null"
    is_own = _is_one_of([name for name, made_of in one.columns.items() if {*made_of} & {*one.sent_as}])
    joins, gained, lost = _own_submissions(one, builds)
    by_itself = f"when {gained} <> [] and (is_new_row or {is_own}) then {gained}"
    return (
        joins,
        f"joined_names(case when {by_code} {by_itself} {by_dataset} end)",
        f"joined_names(case when is_gone_row or {is_own} then {lost} end)",
    )


def _own_submissions(one: DiffedMart, builds: Builds) -> tuple[str, str, str]:
    """Joins of the submissions that a row has on either side, and those that it gained and lost; none where a build
    does not name them.
    """
    table, *columns = one.sent_in
    joins = []
    for side in SIDES:
        there = builds.tables[side].get(table, {})
        shared = [name for name in one.key if name in there and set(columns) <= set(there)]
        names = f"list_distinct(flatten(list([{', '.join(columns)}]))) as names"
        joins.append(
            f"left join (select {', '.join(shared)}, {names} from {side}.{table} group by {', '.join(shared)}) as sent_{side} "
            f"on {_same('figure', f'sent_{side}', shared)}"
            if shared
            else f"cross join (select []::varchar[] as names) as sent_{side}"
        )
    had, has = (f"coalesce(sent_{side}.names, [])" for side in SIDES)
    return (
        "\n".join(joins),
        f"list_filter({has}, name -> not list_contains({had}, name))",
        f"list_filter({had}, name -> not list_contains({has}, name))",
    )
