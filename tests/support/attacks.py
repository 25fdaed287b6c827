"""Statements that a reader should not be able to run, and what becomes of each: the list of tests/warehouse/test_attacks.py.

In a statement {file} is a file with a secret in it, {folder} its folder; `frame` and `table` are Python variables of
whoever asks, `mart_one` is a published table of fifty rows.
"""

from typing import NamedTuple

REFUSED = "StatementRefused"  # by us, before it runs
TOO_LARGE, TOO_LONG, TOO_MANY = "QueryTooLarge", "QueryTooLong", "TooManyRows"
FILES_CLOSED = "PermissionException"  # DuckDB's: no file, no other database
UNKNOWN, UNREADABLE = "CatalogException", "ParserException"


def _written_out(first: str, further: str, count: int) -> str:
    """A statement of WITH expressions, each of which reads the one before ({a}) as `further` says."""
    named = [first, *(further.replace("{a}", f"a{number}") for number in range(count))]
    return (
        f"with {', '.join(f'a{number} as ({one})' for number, one in enumerate(named))} select count(*) from a{count}"
    )


class Attack(NamedTuple):
    """outcome: the error's name, or the rows that it gives (harmless ones)."""

    kind: str
    sql: str
    outcome: str | list[tuple[object, ...]]

    @property
    def is_cheap(self) -> bool:
        """Whether it is over at once, and not at a limit."""
        return self.outcome not in (TOO_LARGE, TOO_LONG, TOO_MANY)


def _of(kind: str, *cases: tuple[str, str | list[tuple[object, ...]]]) -> list[Attack]:
    return [Attack(kind, sql, outcome) for sql, outcome in cases]


FILES = _of(
    "files",
    ("from read_text('{file}')", REFUSED),
    ("from read_text(['{file}'])", REFUSED),
    ("from main.read_text('{file}')", REFUSED),
    ("from system.main.\"READ_TEXT\"('{file}')", REFUSED),
    ("from read_blob('{file}')", REFUSED),
    ("from read_csv('{file}')", REFUSED),
    ("from read_csv_auto('{file}')", REFUSED),
    ("from read_json('{file}')", REFUSED),
    ("from read_json_auto('{file}')", REFUSED),
    ("from read_json_objects('{file}')", REFUSED),
    ("from read_ndjson('{file}')", REFUSED),
    ("from read_ndjson_objects('{file}')", REFUSED),
    ("from read_parquet('{file}')", REFUSED),
    ("from parquet_scan('{file}')", REFUSED),
    ("from parquet_metadata('{file}')", REFUSED),
    ("from parquet_schema('{file}')", REFUSED),
    ("from parquet_kv_metadata('{file}')", REFUSED),
    ("from read_duckdb('{file}')", REFUSED),
    ("from sniff_csv('{file}')", REFUSED),
    ("from glob('{folder}/*')", REFUSED),
    ("from '{file}'", FILES_CLOSED),
    ('from "{file}"', FILES_CLOSED),
    ("from '/proc/self/environ'", UNKNOWN),
    ("from 'http://127.0.0.1:9/x.csv'", FILES_CLOSED),
    ("summarize '{file}'", FILES_CLOSED),
    ("describe '{folder}/x.parquet'", FILES_CLOSED),
    ("from query('from read_text(''{file}'')')", REFUSED),
    ("from query_table('{file}')", REFUSED),
    ("from json_execute_serialized_sql(json_serialize_sql('from read_text(''{file}'')'))", REFUSED),
    ("with a as (from read_text('{file}')) from a", REFUSED),
    ("select (select content from read_text('{file}'))", REFUSED),
    ("select 1 where exists (from glob('/etc/*'))", REFUSED),
    ("from range(1), read_text('{file}')", REFUSED),
    ("explain analyze from read_text('{file}')", REFUSED),
    ("copy mart_one to '{folder}/stolen.csv'", REFUSED),
    ("copy (from mart_one) to '{folder}/stolen' (format parquet, partition_by (n))", REFUSED),
    ("copy mart_one from '{file}'", REFUSED),
    ("explain analyze copy (select 1) to '{folder}/stolen.csv'", REFUSED),
    ("export database '{folder}/stolen'", REFUSED),
    ("import database '{folder}'", FILES_CLOSED),
)
ATTACHING = _of(
    "attach",
    ("attach '{folder}/other.duckdb'", REFUSED),
    ("attach '{folder}/other.duckdb' as o (read_only)", REFUSED),
    ("attach ':memory:' as o", REFUSED),
    ("attach 'postgres://localhost/x' as o (type postgres)", REFUSED),
    ("attach '{file}' as o (type sqlite)", REFUSED),
    ("detach warehouse", REFUSED),
    ("use memory", REFUSED),
    ("use system.main", REFUSED),
    ("copy from database warehouse to temp", REFUSED),
    ("create secret (type s3, key_id 'a', secret 'b')", REFUSED),
    ("from duckdb_databases()", REFUSED),
    ("from duckdb_databases", REFUSED),
    ("select path from system.main.duckdb_databases", REFUSED),
    ("pragma database_list", REFUSED),
    ("from pragma_database_list", REFUSED),
    ("from pg_catalog.pg_database", REFUSED),
    ("select 1 union all select length(path) from duckdb_databases()", REFUSED),
    ("from query('from duckdb_' || 'databases()')", REFUSED),
    ("from query_table('duckdb_databases')", REFUSED),
    ("from histogram(duckdb_databases, path)", REFUSED),
    ("show databases", [("warehouse",)]),
)
SETTINGS = _of(
    "settings",
    ("set enable_external_access = true", REFUSED),
    ("set global enable_external_access = true", REFUSED),
    ("reset disabled_filesystems", REFUSED),
    ("set lock_configuration = false", REFUSED),
    ("set memory_limit = '100GB'", REFUSED),
    ("set threads = 64", REFUSED),
    ("set temp_directory = '{folder}'", REFUSED),
    ("set allowed_paths = ['{file}']", REFUSED),
    ("set search_path = 'temp'", REFUSED),
    ("set TimeZone = 'UTC'", REFUSED),
    ("set variable a = 1", REFUSED),
    ("pragma memory_limit = '100GB'", REFUSED),
    ("pragma enable_verification", REFUSED),
    ("pragma enable_profiling = 'json'", REFUSED),
    ("explain analyze pragma enable_profiling", REFUSED),
    ("explain analyze set variable a = 1", REFUSED),
    ("explain set threads = 3", REFUSED),
    ("from enable_profiling()", REFUSED),
    ("from duckdb_settings()", REFUSED),
    ("from duckdb_settings", UNKNOWN),
    ("from pg_catalog.pg_settings", REFUSED),
    ("select current_setting('allowed_paths')", REFUSED),
    ("select [1].list_transform(x -> current_setting('allowed_paths'))", REFUSED),
    ("from mart_one order by current_setting('allowed_paths')", REFUSED),
)
EXTENSIONS = _of(
    "extensions",
    ("install httpfs", REFUSED),
    ("force install spatial from community", REFUSED),
    ("load spatial", REFUSED),
    ("load '{file}'", REFUSED),
    ("update extensions", REFUSED),
    ("from duckdb_extensions()", REFUSED),
    ("select st_point(1, 2)", UNKNOWN),
    ("from st_read('{file}')", REFUSED),
    ("from sqlite_scan('{file}', 'a')", REFUSED),
    ("from read_xlsx('{file}')", REFUSED),
)
LOGGING = _of(
    "logging",
    ("call enable_logging(storage = 'file', storage_path = '{folder}/log')", REFUSED),
    ("from enable_logging(storage = 'file', storage_path = '{folder}/log')", REFUSED),
    ("explain analyze from enable_logging()", REFUSED),
    ("pragma enable_logging", UNKNOWN),
    ("from disable_logging()", REFUSED),
    ("from duckdb_logs()", REFUSED),
    ("from duckdb_logs", REFUSED),
    ("from duckdb_logs_parsed('QueryLog')", REFUSED),
    ("from truncate_duckdb_logs()", REFUSED),
    ("select write_log('forged', level := 'error')", REFUSED),
    ("from checkpoint()", REFUSED),
)
PYTHON = _of(
    "Python variables",
    ("from frame", UNKNOWN),
    ("from table_of_python", UNKNOWN),
    ("select * from mart_one, frame", UNKNOWN),
    ("select count(*) from frame where secret = 'secret'", UNKNOWN),
    ("from pandas_scan(140000000000)", REFUSED),
    ("from arrow_scan(1, 2, 3)", REFUSED),
    ("from python_map_function(1)", REFUSED),
    ("describe frame", UNKNOWN),
)
EXHAUSTION = _of(
    "exhaustion",
    ("select length(repeat('x', 2000000000))", TOO_LARGE),
    ("select length(repeat('x' || range::varchar, 500000000)) from range(4)", TOO_LARGE),
    ("select len(list_resize([1], 1000000000))", TOO_LARGE),
    ("select len(range(1000000000))", TOO_LARGE),
    ("select length(printf('%2000000000d', 1))", TOO_LARGE),
    ("select list(range) from range(1000000000)", TOO_LARGE),
    ("select count(distinct range) from range(1000000000)", TOO_LARGE),
    ("from range(1000000000) order by random()", TOO_LARGE),
    ("with recursive a as (select 1 as n union all select n + 1 from a) select max(n) from a", TOO_LONG),
    ("select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b", TOO_LONG),
    ("select sleep_ms(1000000)", TOO_LONG),
    ("from range(10000000)", TOO_MANY),
    ("select {nested}", UNREADABLE),
    ("select 1{plus}", UNREADABLE),
    ("select {long}", REFUSED),
)
SHADOWING = _of(
    "shadowing",
    ("create temp table mart_one as select 0 as n", REFUSED),
    ("create temp view mart_one as select 0 as n", REFUSED),
    ("create or replace temp macro sum(x) as 0", REFUSED),
    ("create table main.mart_one as select 0 as n", REFUSED),
    ("explain analyze create temp table mart_one as select 0 as n", REFUSED),
    ("prepare mart_one as select 0", REFUSED),
    ("insert into mart_one values (1)", REFUSED),
    ("pivot mart_one on n", REFUSED),
    ("select 1; create temp table mart_one as select 0 as n", REFUSED),
)
FURTHER = _of(
    "further",
    ("select json_serialize_plan('select current_setting(''allowed_paths'')', optimize := true)", REFUSED),
    ("select json_serialize_plan('from duckdb_databases()', optimize := true)", REFUSED),
    ("select list_transform(['threads'], x -> current_setting(x))", REFUSED),
    ("select \"Current_Setting\"('threads')", REFUSED),
    ("select json_deserialize_sql(json_serialize_sql('from glob(1)'))", [('SELECT * FROM "glob"(1)',)]),
    ("from mart_one, lateral (from glob('/etc/*'))", REFUSED),
    ("from mart_one order by (select count(*) from glob('/etc/*'))", REFUSED),
    ("from mart_one limit (select count(*) from glob('/etc/*'))", REFUSED),
    ("from mart_one qualify row_number() over (order by (select count(*) from glob('/etc/*'))) = 1", REFUSED),
    ("values ((select count(*) from glob('/etc/*')))", REFUSED),
    ("with a as materialized (from read_text('{file}')) from a", REFUSED),
    ("with recursive a as (select 1 as i union all select i from a, glob('/etc/*') where false) from a", REFUSED),
    ("describe from read_csv('{file}')", REFUSED),
    ("summarize from read_text('{file}')", REFUSED),
    ("from (describe from glob('/etc/*'))", REFUSED),
    ("from (summarize '{file}')", FILES_CLOSED),
    ("select array(select path from duckdb_databases())", REFUSED),
    ("select columns(*) from duckdb_databases()", REFUSED),
    ("from mart_one positional join duckdb_databases()", REFUSED),
    ("from mart_one semi join glob('/etc/*') on true", REFUSED),
    ("pivot (from duckdb_databases()) on path in ('a') using count(*)", REFUSED),
    ("unpivot (from glob('/etc/*')) on file into name k value v", REFUSED),
    ("select count(*) filter (where exists (from glob('/etc/*'))) from mart_one", REFUSED),
    ("select sum(n) over (order by n rows (select count(*) from glob('/*')) preceding) from mart_one", REFUSED),
    ("from json_each((select to_json(list(path)) from duckdb_databases()))", REFUSED),
    ("from unnest((select list(path) from duckdb_databases()))", REFUSED),
    ("from histogram_values(duckdb_databases, path)", REFUSED),
    ("from query_table(['duckdb_databases'])", REFUSED),
    ("explain /* x */ analyze copy (select 1) to '{folder}/stolen.csv'", REFUSED),
    ("explain (analyze, analyze) create table t as select 1", REFUSED),
    ("explain (format json) from duckdb_databases()", REFUSED),
    ("call duckdb_databases()", REFUSED),
    ("execute a", REFUSED),
    ("merge into mart_one using mart_one as o on true when matched then delete", REFUSED),
    ("from duckdb_external_file_cache()", REFUSED),
    ("from duckdb_temporary_files()", REFUSED),
    ("from pragma_database_size()", REFUSED),
    ("from force_checkpoint()", REFUSED),
    ("from 'file:///etc/passwd'", UNKNOWN),
    ("select 1\x00; set threads = 9", [(1,)]),  # what stands behind the sign is never read
    ("select list_sum(range(1000000000))", TOO_LARGE),
    ("select string_agg(repeat('a', 1000), '') from range(10000000)", TOO_LARGE),
    ("select format('{:>2000000000}', 'x')", TOO_LARGE),
    ("select list_sort(range(100000000))", TOO_LARGE),
    ("with recursive a as (select 1 as i union all select i + 1 from a) select max(i) from a", TOO_LONG),
    ("select count(*) from range(10000000000) as a, range(100000) as b", TOO_LONG),
)
PLANNING = _of(
    "planning",
    (_written_out("from mart_one", "select * from {a} as a, {a} as b", 29), REFUSED),
    (_written_out("from mart_one", "from {a} union all from {a}", 29), REFUSED),
    (_written_out("from mart_one", "select * from {a} where n in (from {a})", 2_000), REFUSED),
    (_written_out("from mart_one", "select *, * from {a}", 29), REFUSED),
    (_written_out("from mart_one", "select a.*, a.* from {a} as a", 29), REFUSED),
    ("explain " + _written_out("from mart_one", "select * from {a} as a, {a} as b", 29), REFUSED),
    (_written_out("from mart_one", "select a.* from {a} as a semi join {a} as b using (n)", 4), [(50,)]),
    (_written_out("from mart_one", "from {a}", 100), [(50,)]),
)
ATTACKS = [*FILES, *ATTACHING, *SETTINGS, *EXTENSIONS, *LOGGING, *PYTHON, *EXHAUSTION, *SHADOWING, *FURTHER, *PLANNING]
