"""The gate: whether a new build may be published. Great Expectations on frames of its marts, beside the build published
before.

What is checked is declared in gate.yml, the frames in marts/*.sql. Closed on failure: a missing table, an exception or
an absent result is a failed check.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa

from contracts import contract, measure_units
from contracts.reference import table
from contracts.registry import complete_sources, registered
from expectations.docs import DataDocs
from expectations.gate_declarations import ROOM, areas, declared
from expectations.gate_words import broken, unchecked
from expectations.gx import ExpectationResult, as_json, expectation_results, new_suite, run

BEFORE = "change"  # the frame that needs a build published before
RELATIVE_DIFFERENCE = """
    create macro relative_difference(a, b) as
        case when a is not distinct from b then 0 when a is null or b is null then null else abs(a - b) / greatest(abs(a), abs(b)) end
"""


@dataclass(frozen=True)
class GateCheck:
    """One check of the gate. severity: fail keeps the build from being published, warning does not. detail: what fails,
    first rows.
    """

    name: str
    passed: bool
    detail: str = ""
    severity: Literal["fail", "warning"] = "fail"


@dataclass(frozen=True)
class GateResult:
    """The gate's judgement: passed when no check of severity fail has failed, and at least one was made."""

    checks: tuple[GateCheck, ...]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed or check.severity == "warning" for check in self.checks)

    @property
    def failures(self) -> tuple[GateCheck, ...]:
        return tuple(check for check in self.checks if not check.passed)


def judge(build_db: Path, previous_db: Path | None = None, docs: Path | None = None) -> GateResult:
    """Judge a build's marts. build_db: DuckDB file of the build, opened read-only. previous_db: that of the build
    published before.

    docs: folder for the data docs of this judgement. Never raises for what it judges: what cannot be checked has
    failed.
    """
    site = DataDocs(docs, run=f"gate {build_db.stem}") if docs else None
    checks: list[GateCheck] = []
    with duckdb.connect() as con:
        try:
            _prepare(con, build_db, previous_db)
        except (duckdb.Error, OSError) as error:
            return GateResult((GateCheck("build_readable", False, unchecked("build_readable", str(error))),))
        for frame, expected in declared()["frames"].items():
            if frame == BEFORE and previous_db is None:
                continue
            try:
                checks += _judge_frame(con, frame, expected, site)
            except Exception as error:  # whatever went wrong, the frame is unchecked
                checks += [_unchecked(item, f"{type(error).__name__}: {error}") for item in expected]
    if site:
        try:
            site.write()
        except Exception as error:  # the judgement stands without its pages
            detail = unchecked("data_docs_written", f"{type(error).__name__}: {error}")
            checks.append(GateCheck("data_docs_written", False, detail, "warning"))
    return GateResult(tuple(checks))


def _judge_frame(
    con: duckdb.DuckDBPyConnection,
    frame: str,
    expected: Sequence[Mapping[str, Any]],
    site: DataDocs | None,
) -> list[GateCheck]:
    relation = f"gate_{frame}"
    con.execute(
        f"create or replace table {relation} as {(ROOM / 'marts' / f'{frame}.sql').read_text(encoding='utf-8')}"
    )
    rows = con.execute(f"select row_number() over () as row_no, * from {relation}").df()
    suite = new_suite(f"gate_{frame}", [one for item in expected for one in _expectations(item)])
    result = run(rows, suite, index="row_no")
    if site:
        site.add(frame, as_json(result))
    given = expectation_results(result, suite)
    return [
        _summed(item, [one for one in given if one.meta.get("check") in (item["check"], None)], rows)
        for item in expected
    ]


def _expectations(item: Mapping[str, Any]) -> Iterator[Any]:
    """Expectations of a check; a column that must be true is never null."""
    import great_expectations.expectations as gxe

    meta = {"check": item["check"]}
    for column in item.get("not_null", ()):
        yield gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
    if columns := item.get("unique"):
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, meta=meta)
    if column := item.get("column"):
        yield gxe.ExpectColumnValuesToBeBetween(
            column=column, min_value=item.get("min"), max_value=item.get("max"), meta=meta
        )
    for key, value in (("all_true", True), ("none_true", False)):
        if column := item.get(key):
            yield gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
            yield gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[value], meta=meta)


def _summed(item: Mapping[str, Any], given: Sequence[ExpectationResult], rows: Any) -> GateCheck:
    """A check from the results of its expectations; without any it has failed."""
    if not given:
        return _unchecked(item, "no result")
    failed = [verdict for verdict in given if not verdict.passed]
    if not failed:
        return _check(item, True, f"{len(rows)} rows")
    if error := next((verdict.error for verdict in failed if verdict.error), None):
        return _unchecked(item, error)
    numbers = sorted({int(row["row_no"]) for verdict in failed for row in verdict.rows})
    return _check(item, False, broken(item, rows[rows["row_no"].isin(numbers)].to_dict("records"), len(rows)))


def _unchecked(item: Mapping[str, Any], error: str) -> GateCheck:
    return _check(item, False, unchecked(item["check"], error))


def _check(item: Mapping[str, Any], passed: bool, detail: str) -> GateCheck:
    return GateCheck(item["check"], passed, detail, item.get("severity", "fail"))


def _prepare(con: duckdb.DuckDBPyConnection, build_db: Path, previous_db: Path | None) -> None:
    """Attach both builds, read-only, as schemas `build` and `previous`; register the plan and what was received."""
    con.execute(RELATIVE_DIFFERENCE)
    received = _attach(con, "build", build_db)
    if previous_db is not None:
        _attach(con, "previous", previous_db)
    for seed in ("indicator", "plan_target", "zone_part"):
        con.register(f"ref_{seed}", pa.Table.from_pylist([_nulled(row) for row in table(seed)]))
    con.register("ref_area", pa.Table.from_pylist(list(areas())))
    con.register(
        "ref_measure_unit",
        pa.Table.from_pylist(
            [
                {"measure_unit": spelling, "kind": measure_unit.kind, "factor": float(measure_unit.factor)}
                for name, measure_unit in measure_units().items()
                for spelling in {name, *measure_unit.spellings}
            ]
        ),
    )
    con.register("ref_complete_source", pa.table({"source": sorted(complete_sources())}))
    parts = [{"indicator_code": one.indicator, "dataset": one.dataset} for one in registered()]
    con.register("ref_indicator_dataset", pa.Table.from_pylist(parts))
    _received(con, received)


def _attach(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> str:
    """Views on a build's marts in a schema of that name; gives the attached database. Raises duckdb.Error when there is
    no such file.
    """
    database = f"{name}_file"
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {database} (read_only)")
    con.execute(f"create schema {name}")
    marts = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $database and table_name in (select unnest($marts))",
        {"database": database, "marts": list(declared()["marts"])},
    ).fetchall()
    for schema, mart in marts:
        con.execute(f"create view {name}.{mart} as from {database}.{schema}.{mart}")
    return database


def _received(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Rows received for each mart, and the figures of the progress reports as received and as shown."""
    fed = {mart: _fed_by(datasets) for mart, datasets in declared()["marts"].items()}
    received = " union all ".join(
        f"select '{dataset}' as dataset, count(*) as received_rows from {database}.raw.{dataset}"
        for dataset in sorted({name for datasets in fed.values() for name in datasets})
    )
    con.execute(f"create view gate_received as {received}")
    counts = " union all ".join(
        f"select '{mart}' as mart, (select count(*) from build.{mart}) as mart_rows, coalesce(("
        f"select sum(received_rows) from gate_received where list_contains({sorted(datasets)}::varchar[], dataset)), 0) as received_rows"
        for mart, datasets in fed.items()
    )
    con.execute(f"create view gate_row_count as {counts}")
    progress = contract("project_progress")
    fields = ", ".join(f'"{name}"' for name, spec in progress.columns.items() if spec.is_numeric)
    for name, source in (("received", f"{database}.raw.project_progress"), ("shown", "build.mart_project_progress")):
        con.execute(f"""
            create view gate_{name}_progress as
            select project_id, township_code, period, field, value
            from (select {", ".join(progress.key)}, {fields} from {source}) unpivot include nulls (value for field in ({fields}))
        """)


def _fed_by(datasets: str | Sequence[str]) -> set[str]:
    """The datasets whose rows must show in a mart, as gate.yml names them."""
    if not isinstance(datasets, str):
        return set(datasets)
    complete = complete_sources()
    return {one.dataset for one in registered() if datasets == "registered" or one.source in complete}


def _nulled(row: Mapping[str, str]) -> dict[str, str | None]:
    return {name: value or None for name, value in row.items()}
