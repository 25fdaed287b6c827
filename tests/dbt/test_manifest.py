"""Rules of the dbt project, held against its parsed manifest: layers, keys, descriptions, groups, freshness, spelling."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts import contracts
from tests.support.dbt_builds import DATABASE, PROJECT, dbt, fill, parsed, rows

PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_", "bridge_", "mart_")}
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"seed", "staging", "intermediate"},
    "facts": {"seed", "staging", "intermediate", "facts"},
    "marts": {"seed", "staging", "intermediate", "facts"},
}
"""Of a kind of model what it reads. A mart reads no other: what two of them share is an intermediate model."""
PROMISED = {
    "mart_indicator_district",
    "mart_indicator_zone",
    "mart_indicator_township",
    "mart_target_progress",
    "mart_project_progress",
}
DROPS_ROWS = re.compile(r"\b(where|join|qualify|group by|distinct|limit|having|union|intersect|except)\b")
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.S)
SENTINEL = re.compile(r"''|'nowhere'|'none'|'None'")
NULLIF = re.compile(r"nullif\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*, ''\)", re.S)
DUCKDB_ONLY = re.compile(
    r"\b(string_agg|strftime|date_diff|to_months|unnest|arg_min|arg_max|array_to_string|string_split|varchar"
    r"|list_\w+|generate_series|at time zone)\b"
)
DIALECT = ("dialect.sql", "totals.sql", "comments.sql")
"""Macros that hold what only one engine understands."""


def models() -> dict[str, Any]:
    return {node.name: node for node in parsed().nodes.values() if node.resource_type == "model"}


def layer(node: Any) -> str:
    """Folder of a model; of another node what it is."""
    return node.fqn[1] if node.resource_type == "model" else str(node.resource_type)


def kind(node: Any) -> str:
    """Layer of a node; dimensions, facts and bridges, which marts group, are a kind of their own in the layer of marts."""
    return "facts" if layer(node) == "marts" and not node.name.startswith("mart_") else layer(node)


def reads(node: Any) -> list[Any]:
    manifest = parsed()
    return [manifest.nodes.get(name) or manifest.sources[name] for name in node.depends_on.nodes]


def without_comments(text: str) -> str:
    return re.sub(r"--.*", "", text)


def sql_files(*rooms: str) -> list[Path]:
    return [path for room in rooms or ("models", "macros", "tests") for path in sorted((PROJECT / room).rglob("*.sql"))]


def test_every_model_lies_in_its_layer_and_is_called_after_it() -> None:
    for name, node in models().items():
        assert name.startswith(PREFIXES[layer(node)]), node.original_file_path


def test_arrows_go_from_staging_over_intermediate_to_marts_and_never_back() -> None:
    back = [
        f"{name} reads {read.name}"
        for name, node in models().items()
        for read in reads(node)
        if kind(read) not in MAY_READ[kind(node)]
    ]
    assert back == []


def test_a_staging_model_reads_the_source_that_it_is_called_after_and_drops_no_row() -> None:
    for name, node in models().items():
        if layer(node) == "staging":
            assert [f"stg_{read.name}" for read in reads(node)] == [name]
            assert DROPS_ROWS.findall(JINJA.sub("", without_comments(node.raw_code))) == [], name


def test_every_source_is_staged() -> None:
    assert {f"stg_{source.name}" for source in parsed().sources.values()} == {
        name for name, node in models().items() if layer(node) == "staging"
    }


def test_every_model_has_a_test_of_its_key() -> None:
    tested = {
        node.attached_node
        for node in parsed().nodes.values()
        if getattr(node, "test_metadata", None) and node.test_metadata.name in ("unique_key", "one_row")
    }
    assert {name for name, node in models().items() if node.unique_id not in tested} == set()


def test_every_column_is_described_and_its_source_too() -> None:
    described = [*models().values(), *parsed().sources.values()]
    assert [node.name for node in described if not node.description or not node.columns] == []
    missing = [
        f"{node.name}.{column.name}" for node in described for column in node.columns.values() if not column.description
    ]
    assert missing == []


@pytest.mark.slow
def test_the_columns_described_are_those_of_the_relation(built: Path) -> None:
    found: dict[str, set[str]] = {}
    for table, column in rows(built, "select table_name, column_name from duckdb_columns() where schema_name <> 'raw'"):
        found.setdefault(table, set()).add(column)
    assert {name: set(node.columns) for name, node in models().items()} == {
        name: columns for name, columns in found.items() if name in models()
    }


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value of JSON."""
    if isinstance(tree, dict):
        yield tree
    for inner in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from parts(inner)


def tables(sql: str) -> set[str]:
    """The tables that a compiled query reads, by DuckDB's parser, as it writes them but for quotes. A name without a schema
    that a common table expression of the query has is that expression.
    """
    (text,) = duckdb.execute("select json_serialize_sql(?)", [sql]).fetchall()[0]
    tree = json.loads(text)
    assert not tree["error"], tree
    found = list(parts(tree))
    expressions = {entry["key"] for part in found for entry in part.get("cte_map", {}).get("map", [])}
    named = (
        (part["catalog_name"], part["schema_name"], part["table_name"])
        for part in found
        if part.get("type") == "BASE_TABLE"
    )
    return {".".join(filter(None, names)) for names in named} - expressions


@pytest.mark.slow
def test_relations_are_named_by_ref_and_source(tmp_path: Path) -> None:
    """Compiled, with what macros give, a model and a data test read the tables that they depend on, and no other."""
    fill(tmp_path / DATABASE, {})
    outcome = dbt(tmp_path / DATABASE, "compile")
    compiled = [item.node for item in outcome.result.results if item.node.resource_type in ("model", "test")]
    assert set(models()) <= {node.name for node in compiled}
    assert any(node.resource_type == "test" for node in compiled)
    read = {node.unique_id: tables(node.compiled_code) for node in compiled}
    declared = {node.unique_id: {one.relation_name.replace('"', "") for one in reads(node)} for node in compiled}
    assert read == declared


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("with a as (select 1) select * from a, raw.ecology", {"raw.ecology"}),
        ('select * from w.plan."zone" where exists (from finding)', {"w.plan.zone", "finding"}),
        ("from (unpivot w.raw.ecology on (x, y)), unnest([1]) as t(z)", {"w.raw.ecology"}),
        (
            "select extract(year from x), x is distinct from 'from b' from w.plan.zone, range(3) as t(x)",
            {"w.plan.zone"},
        ),
    ],
)
def test_a_relation_is_found_wherever_a_query_names_it(sql: str, found: set[str]) -> None:
    assert tables(sql) == found


def test_what_is_published_is_public_and_nothing_else() -> None:
    access = {name: str(node.access.value) for name, node in models().items()}
    assert {name for name, word in access.items() if word == "public"} == {
        name for name, node in models().items() if layer(node) == "marts"
    }
    assert {name for name in PROMISED if access.get(name) == "public"} == PROMISED
    assert all(node.config.contract.enforced for node in models().values() if layer(node) == "marts")


def test_a_model_has_a_group_with_an_owner_and_is_private_to_it_unless_another_reads_it() -> None:
    assert all(group.owner.name for group in parsed().groups.values())
    everything = parsed().nodes.values()
    for name, node in models().items():
        if layer(node) == "staging":
            continue
        assert node.group in {group.name for group in parsed().groups.values()}, name
        if layer(node) == "intermediate":
            groups = {
                reader.group
                for reader in everything
                if node.unique_id in reader.depends_on_nodes and reader.resource_type == "model"
            }
            assert str(node.access.value) == ("private" if groups <= {node.group} else "protected"), name


def test_a_periodic_source_says_when_it_is_stale_and_only_warns() -> None:
    cadence = {name: contract.cadence.every for name, contract in contracts().items()}
    for source in parsed().sources.values():
        if cadence.get(source.name) in ("month", "quarter", "year"):
            assert source.config.loaded_at_field == "accepted_at"
            assert source.config.freshness.warn_after.count and not source.config.freshness.error_after.count
        else:
            assert not source.config.loaded_at_field, source.name


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.stem)
def test_no_text_stands_for_nothing(path: Path) -> None:
    assert SENTINEL.findall(NULLIF.sub("", without_comments(path.read_text(encoding="utf-8")))) == []


@pytest.mark.slow
def test_no_built_text_stands_for_nothing(built: Path) -> None:
    texts = rows(
        built,
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and schema_name <> 'raw'",
    )
    empty = " union all ".join(
        f"select '{table}.{column}' from {schema}.{table} where \"{column}\" in ('', 'none', 'nowhere', 'None')"
        for schema, table, column in texts
        if schema in ("staging", "intermediate", "marts", "plan")
    )
    assert rows(built, empty) == []


@pytest.mark.slow
def test_every_moment_has_a_zone(built: Path) -> None:
    kinds = rows(
        built,
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'TIMESTAMP' and schema_name <> 'raw'",
    )
    assert kinds == []


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.stem)
def test_what_only_duckdb_spells_so_stands_in_a_dispatched_macro(path: Path) -> None:
    if path.name not in DIALECT:
        assert DUCKDB_ONLY.findall(without_comments(path.read_text(encoding="utf-8"))) == []


def test_semantic_models_name_columns_of_their_marts() -> None:
    known = models()
    for semantic in parsed().semantic_models.values():
        columns = known[semantic.node_relation.alias].columns
        for item in [*semantic.entities, *semantic.dimensions, *semantic.measures]:
            name = item.expr or item.name
            if re.fullmatch(r"[a-z_]\w*", name) and item.name != semantic.primary_entity:
                assert name in columns, f"{semantic.name}: {name}"
