"""What one build changed beside another: each figure once, with the submissions that did it; a build of former column names
too.
"""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.build import revisions
from pipeline.build.revisions import COLUMNS, MART, UnsoundRevision, revision_rows, write_revision

TOWN, PART = "140404101", "140404101W"
FACT = {
    "measure_code": "forest",
    "source": "ecology",
    "dataset": "ecology",
    "field": "forest_area_ha",
    "submission_id": "S1",
    "row_id": 0,
    "project_id": None,
    "period": "2024",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "township_code": TOWN,
    "part_code": PART,
    "consolidation_zone": "cz",
    "restoration_zone": "rz",
    "share": 1.0,
    "value": 5.0,
    "measure_unit": "ha",
}
KINDS = {"row_id": "bigint", "share": "double", "value": "double", "starts_on": "date", "ends_on": "date"}


def published(
    path: Path,
    facts: list[dict[str, Any]],
    submissions: dict[str, str],
    figure: float | None,
    through: str = "2024-12-31",
) -> Path:
    """A published database of one ratio by area, made of facts; submissions: id to dataset; through: up to which day the
    data of its period reach.
    """
    with duckdb.connect(str(path)) as con:
        columns = ", ".join(f"{name} {KINDS.get(name, 'varchar')}" for name in FACT)
        con.execute(f"create table fct_measure ({columns})")
        for fact in facts:
            row = FACT | fact
            con.execute(f"insert into fct_measure values ({', '.join('?' * len(row))})", list(row.values()))
        con.execute("""create table bridge_indicator_measure as select 'cover' as indicator_code, 'forest' as measure_code,
            'ecology' as source, 'ecology' as dataset, 'stock' as time_basis, null::date as counted_from""")
        con.execute(
            """create table bridge_indicator_period as select 'cover' as indicator_code, 'ecology' as source, '2024' as period,
            date '2024-01-01' as starts_on, date '2024-12-31' as ends_on, ?::date as data_through""",
            [through],
        )
        for level, area in (("district", "140404"), ("zone", "cz"), ("township", TOWN)):
            con.execute(
                f"""create table mart_indicator_{level} as select 'cover' as indicator_code, '{area}' as area_code,
                '2024' as period, ?::double as value, '%' as unit where ? is not null""",
                [figure, figure],
            )
        con.execute(
            "create table mart_submission (submission_id varchar, dataset varchar, state varchar, rows_accepted bigint)"
        )
        for name, dataset in submissions.items():
            con.execute("insert into mart_submission values (?, ?, 'accepted', 1)", [name, dataset])
    return path


def changes(before: Path, after: Path) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in revision_rows(before, after)]


def by_figure(before: Path, after: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (row["figure"], row["area_code"]): (row["value_before"], row["value_after"], row["caused_by"], row["replaced"])
        for row in changes(before, after)
    }


def reported(path: Path, rows: list[tuple[Any, ...]], more: str = "") -> Path:
    """A build whose marts say of A1: township, month, stage, physical and planned progress, submission. more: SQL on
    this mart.
    """
    with duckdb.connect(str(path)) as con:
        con.execute("""create table mart_project_progress (project_id varchar, township_code varchar, period varchar, stage varchar,
            physical_progress_pct double, planned_progress_pct double, submission_id varchar)""")
        con.execute("comment on column mart_project_progress.physical_progress_pct is '形象进度（%）：As reported'")
        con.executemany("insert into mart_project_progress values ('A1', ?, ?, ?, ?, ?, ?)", rows)
        con.execute(more)
    return path


def progress_changes(before: Path, after: Path) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """(column, month, township) to kind, before, after, caused_by, replaced; of the project A1."""

    def shown(row: dict[str, Any], side: str) -> Any:
        return row[f"value_{side}"] if row[f"text_{side}"] is None else row[f"text_{side}"]

    return {
        (row["code"], row["period"], row["item"]): (
            row["change_kind"],
            shown(row, "before"),
            shown(row, "after"),
            row["caused_by"],
            row["replaced"],
        )
        for row in changes(before, after)
        if (row["figure"], row["area_code"]) == ("mart_project_progress", "A1")
    }


JUNE = (TOWN, "2025-06", "在建", 60.0, 55.0, "P1")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return published(tmp_path / "first.duckdb", [{}], {"S1": "ecology"}, 10.0)


def test_a_correction_shows_at_every_level_with_its_submissions(first: Path, tmp_path: Path) -> None:
    later = published(
        tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology", "S2": "ecology"}, 12.0
    )
    assert by_figure(first, later) == {
        **{("indicator", area): (10.0, 12.0, "S2", "S1") for area in ("140404", "cz", TOWN)},
        ("measure", TOWN): (5.0, 6.0, "S2", "S1"),
    }
    assert by_figure(first, first) == {}


def test_a_new_boundary_is_the_cause_where_only_the_share_moved(first: Path, tmp_path: Path) -> None:
    later = published(
        tmp_path / "b.duckdb", [{"share": 0.5, "value": 2.5}], {"S1": "ecology", "S3": "admin_boundary"}, 8.0
    )
    assert by_figure(first, later)["indicator", "cz"] == (10.0, 8.0, "S3", None)


def test_a_figure_that_code_alone_changed_has_no_cause_and_one_that_is_gone_no_value(
    first: Path, tmp_path: Path
) -> None:
    other_code = published(tmp_path / "b.duckdb", [{}], {"S1": "ecology"}, 11.0)
    assert by_figure(first, other_code)["indicator", TOWN] == (10.0, 11.0, None, None)
    gone = published(tmp_path / "c.duckdb", [], {}, None)
    assert by_figure(first, gone)["indicator", TOWN] == (10.0, None, None, "S1")
    kinds = {row["figure"]: row["change_kind"] for row in changes(first, gone)}
    assert kinds == {"indicator": "gone", "measure": "gone"}


def test_a_new_figure_names_its_submission(first: Path, tmp_path: Path) -> None:
    nothing = published(tmp_path / "b.duckdb", [], {}, None)
    assert by_figure(nothing, first)["indicator", TOWN] == (None, 10.0, "S1", None)
    assert {row["change_kind"] for row in changes(nothing, first)} == {"new"}


def test_a_figure_of_a_period_that_reaches_further_names_the_submission_that_moved_it(tmp_path: Path) -> None:
    """No fact of its own came: one of another measure of its dataset made its period."""
    before = published(tmp_path / "before", [{}], {"S1": "ecology"}, None, through="2024-06-30")
    facts = [{}, {"measure_code": "wetland", "submission_id": "S2"}]
    after = published(tmp_path / "after", facts, {"S1": "ecology", "S2": "ecology"}, 50.0)
    found = by_figure(before, after)
    assert {found["indicator", area] for area in ("140404", "cz", TOWN)} == {(None, 50.0, "S2", None)}


def declaring(path: Path, days: dict[str, str]) -> Path:
    """A build of which some submissions declare a day."""
    with duckdb.connect(str(path)) as con:
        con.execute("alter table mart_submission add column declared_through date")
        for name, day in days.items():
            con.execute("update mart_submission set declared_through = ? where submission_id = ?", [day, name])
        con.execute("update bridge_indicator_measure set time_basis = 'event', counted_from = date '2020-01-01'")
    return path


def test_a_declared_day_is_the_cause_of_a_period_that_reaches_further_and_of_one_that_no_longer_does(
    tmp_path: Path,
) -> None:
    sent = {"S1": "ecology", "S2": "ecology"}
    before = declaring(published(tmp_path / "a.duckdb", [{}], sent, None, through="2024-06-30"), {})
    after = declaring(published(tmp_path / "b.duckdb", [{}], sent, 50.0), {"S2": "2024-12-31"})
    area = ("indicator", "140404")
    assert by_figure(before, after)[area] == (None, 50.0, "S2", None)
    assert by_figure(after, before)[area] == (50.0, None, None, "S2")
    earlier = published(tmp_path / "c.duckdb", [{}], sent, None, through="2024-06-30")
    assert by_figure(earlier, after)[area] == (None, 50.0, "S2", None)  # a build of code that knew no declared day


def test_a_changed_status_and_percentage_name_the_submission_of_their_row(tmp_path: Path) -> None:
    known = {"P1": "project_progress", "L1": "project_ledger"}
    before = reported(published(tmp_path / "a.duckdb", [], known, None), [JUNE])
    corrected = [(TOWN, "2025-06", "完工", 100.0, 55.0, "P2"), (TOWN, "2025-07", "完工", 100.0, None, "P3")]
    after = reported(
        published(tmp_path / "b.duckdb", [], {**known, "P2": "project_progress", "P3": "project_progress"}, None),
        corrected,
    )
    assert progress_changes(before, after) == {
        ("stage", "2025-06", TOWN): ("changed", "在建", "完工", "P2", "P1"),
        ("physical_progress_pct", "2025-06", TOWN): ("changed", 60.0, 100.0, "P2", "P1"),
        ("stage", "2025-07", TOWN): ("new", None, "完工", "P3", None),
        ("physical_progress_pct", "2025-07", TOWN): ("new", None, 100.0, "P3", None),
    }
    measure_units = {
        row["code"]: (row["measure_unit"], row["change"])
        for row in changes(before, after)
        if row["period"] == "2025-06"
    }
    assert measure_units == {"stage": (None, None), "physical_progress_pct": ("%", 40.0)}
    assert {row[0] for row in progress_changes(after, before).values()} == {"changed", "gone"}
    assert changes(before, before) == [] and changes(after, after) == []


def test_what_the_row_does_not_say_itself_is_caused_by_the_dataset_that_it_is_made_of(tmp_path: Path) -> None:
    known = {"P1": "project_progress", "L1": "project_ledger"}
    before = reported(published(tmp_path / "a.duckdb", [], known, None), [JUNE])
    planned = (*JUNE[:4], 58.0, "P1")
    after = reported(
        published(
            tmp_path / "b.duckdb",
            [],
            {**known, "L2": "project_ledger", "P2": "project_progress", "S9": "supervision"},
            None,
        ),
        [planned],
    )
    assert progress_changes(before, after) == {
        ("planned_progress_pct", "2025-06", TOWN): ("changed", 55.0, 58.0, "L2", None)
    }
    other_code = reported(published(tmp_path / "c.duckdb", [], known, None), [planned])
    assert progress_changes(before, other_code)["planned_progress_pct", "2025-06", TOWN] == (
        "changed",
        55.0,
        58.0,
        None,
        None,
    )


def test_a_column_and_a_mart_that_one_build_has_not_are_new_or_gone(tmp_path: Path) -> None:
    known = {"P1": "project_progress"}
    without = published(tmp_path / "a.duckdb", [], known, None)
    less = reported(
        published(tmp_path / "b.duckdb", [], known, None), [JUNE], "alter table mart_project_progress drop column stage"
    )
    full = reported(published(tmp_path / "c.duckdb", [], known, None), [JUNE])
    assert progress_changes(less, full) == {("stage", "2025-06", TOWN): ("new", None, "在建", None, None)}
    assert progress_changes(full, less) == {("stage", "2025-06", TOWN): ("gone", "在建", None, None, None)}
    assert {(name, found[0], found[3]) for (name, _, _), found in progress_changes(without, full).items()} == {
        (name, "new", "P1") for name in ("stage", "physical_progress_pct", "planned_progress_pct")
    }


def as_dbt_makes_it(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table {MART} ({', '.join(f'{name} {one.data_type}' for name, one in COLUMNS.items())})")
        con.execute(f"comment on table {MART} is '更正明细'")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("from ({rows}) union all from ({rows})", "two rows of one key .*'indicator', 'cover', '140404', '2024', None"),
        ("select * replace ('lost' as change_kind) from ({rows})", "'lost' is no kind of change .changed, new, gone."),
        ("select * replace (null as change_kind) from ({rows})", "None is no kind of change"),
    ],
)
def test_a_revision_that_is_not_as_declared_is_never_published(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, message: str
) -> None:
    later = published(tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology"}, 12.0)
    as_dbt_makes_it(later)
    monkeypatch.setattr(revisions, "OF_FACTS", wrong.format(rows=revisions.OF_FACTS))
    with pytest.raises(UnsoundRevision, match=message):
        write_revision(later, first, tmp_path)
    with duckdb.connect(str(later), read_only=True) as con:
        assert con.execute(f"select count(*) from {MART}").fetchall() == [(0,)]
    assert not (tmp_path / f"{MART}.parquet").exists()


def test_publishing_fills_the_revision_mart_and_the_first_build_has_no_rows(first: Path, tmp_path: Path) -> None:
    later = published(tmp_path / "b.duckdb", [{"submission_id": "S2", "value": 6.0}], {"S1": "ecology"}, 12.0)
    for path in (first, later):
        as_dbt_makes_it(path)
    assert write_revision(first, None, tmp_path)[MART].rows == 0
    assert write_revision(later, first, tmp_path)[MART].rows == 4
    with duckdb.connect(str(later), read_only=True) as con:
        assert con.execute(f"select count(*) from {MART} where caused_by = 'S2'").fetchall() == [(4,)]
        assert con.execute(f"select count(*) from read_parquet('{tmp_path / MART}.parquet')").fetchall() == [(4,)]
        assert con.execute("select comment from duckdb_tables() where table_name = ?", [MART]).fetchall() == [
            ("更正明细",)
        ]


def test_a_build_without_the_mart_gets_none(first: Path, tmp_path: Path) -> None:
    assert write_revision(first, None, tmp_path) == {}


def test_the_columns_are_those_of_the_dbt_model() -> None:
    assert list(COLUMNS)[:5] == ["figure", "code", "area_code", "period", "item"]
    assert COLUMNS["value_before"] == (
        "double",
        "原值",
        "As published before; null where there was none, or it is no number",
    )


FORMER_FUNDS = """create table mart_project_funds_line as select * from (values
    ('A1', '2025-06', 'project_funds', '中央', '债券', 10.0::double, 'F1'),
    ('A1', '2025-06', 'project_progress', '中央', '', 7.0, null)
) as line (project_id, period, reported_in, fund_level, instrument, arrived_wan, submission_id)"""
FORMER_LAND = """create table mart_land_transition as select * from (values
    ('2023', '2024', 'p', 'cz', 'rz', 'none', '0103', 2.0::double, 'L1', 'L2'),
    ('2023', '2024', 'p', 'cz', 'rz', '0103', 'none', 3.0, 'L1', 'L2')
) as land (from_period, to_period, part_code, consolidation_zone, restoration_zone, from_class_code, to_class_code, area_ha,
    from_submission_id, to_submission_id)"""
FORMER_SOURCES = """create table mart_area_reconciliation as select 'forest' as reconciliation_code, '2024' as period,
    '140404' as area_code, 5.0::double as measured_value, 'ha' as unit, 1 as witnesses"""


def test_a_build_of_former_names_is_compared_under_the_present_ones(first: Path, tmp_path: Path) -> None:
    present = published(tmp_path / "now.duckdb", [{}], {"S1": "ecology"}, 10.0)
    for path in (first, present):
        with duckdb.connect(str(path)) as con:
            for sql in (FORMER_FUNDS, FORMER_LAND, FORMER_SOURCES):
                con.execute(sql)
            con.execute("comment on column mart_area_reconciliation.measured_value is '图测（见 unit）：x'")
    with duckdb.connect(str(first)) as con:
        con.execute("alter table fct_measure rename measure_unit to unit")
    with duckdb.connect(str(present)) as con:
        con.execute("alter table mart_area_reconciliation rename unit to measure_unit")
        con.execute("alter table mart_area_reconciliation rename witnesses to evidence_sources")
        con.execute("comment on column mart_area_reconciliation.measured_value is '图测（见 measure_unit）：x'")
        con.execute("update mart_project_funds_line set instrument = null where instrument = ''")
        for name in ("from_class_code", "to_class_code"):
            con.execute(f"update mart_land_transition set {name} = null where {name} = 'none'")
    assert changes(first, present) == [] and changes(present, first) == []
    with duckdb.connect(str(present)) as con:
        con.execute("update mart_project_funds_line set arrived_wan = 8.0 where instrument is null")
        con.execute("update mart_land_transition set area_ha = 2.5 where from_class_code is null")
        con.execute("update mart_area_reconciliation set measured_value = 6.0, evidence_sources = 2")
    found = {
        (row["figure"], row["code"]): (row["item"], row["change_kind"], row["value_before"], row["value_after"])
        for row in changes(first, present)
    }
    assert found == {
        ("mart_project_funds_line", "arrived_wan"): ("project_progress;中央;", "changed", 7.0, 8.0),
        ("mart_land_transition", "area_ha"): ("2023;cz;rz;;0103", "changed", 2.0, 2.5),
        ("mart_area_reconciliation", "measured_value"): ("forest", "changed", 5.0, 6.0),
        ("mart_area_reconciliation", "evidence_sources"): ("forest", "changed", 1.0, 2.0),
    }
    measure_units = {row["code"]: row["measure_unit"] for row in changes(present, first)}
    assert measure_units["measured_value"] == "ha"
