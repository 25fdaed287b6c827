"""The report's pages: every figure is the marts' own, everything that they point to is there, and nothing else is needed."""

import csv
import math
import re
import shutil
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest

from contracts import DISTRICT_TIME
from contracts.reference import table
from expectations.gate_words import says
from reporting.report import page, targets
from reporting.report.files import PAGES
from reporting.report.source import Source, grains
from reporting.report.words import Words, shown
from tests.reporting.report.conftest import Made

pytestmark = pytest.mark.xdist_group("report")
MOST_BYTES = 3_000_000
MOST_CPU_SECONDS = 30.0  # twice what is promised of a quiet machine: other tests run beside this one
REPORT = Path(page.__file__).parent


class Read(HTMLParser):
    """What a page says: figures (attributes and text), links, ids, labels of marks and tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.figures: list[tuple[dict[str, str], str]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.tags: set[str] = set()
        self._open: dict[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src", "data") if name in given]
        self.labels += [given["aria-label"]] if "aria-label" in given else []
        self._open = given if tag == "data" else self._open

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.figures.append((self._open, data))
            self._open = None


@pytest.fixture(scope="module", params=PAGES)
def read(request: pytest.FixtureRequest, made: Made) -> Read:
    return Read((made.folder / PAGES[request.param]).read_text(encoding="utf-8"))


def in_mart(marts: duckdb.DuckDBPyConnection, mart: str, column: str, key: dict[str, str]) -> Any:
    """The one value under a key; a column of the grain that the key has not is null."""
    where = " and ".join(f"{name}::varchar = ?" if name in key else f"{name} is null" for name in grains()[mart])
    rows = marts.execute(
        f"select {column} from {mart} where {where}", [key[name] for name in grains()[mart] if name in key]
    ).fetchall()
    assert len({row[0] for row in rows}) == 1, (mart, column, key, rows)
    return rows[0][0]


def same(written: str, value: Any) -> bool:
    if isinstance(value, float):
        return math.isclose(float(written), value, rel_tol=1e-12, abs_tol=1e-12)
    return written == str(value)


def test_every_figure_is_that_of_the_marts(read: Read, marts: duckdb.DuckDBPyConnection) -> None:
    named = [(given, text) for given, text in read.figures if "data-of" in given]
    assert len(named) > 800
    for given, text in named:
        mart, column = given["data-of"].split(".")
        value = in_mart(marts, mart, column, dict(parse_qsl(given["data-key"])))
        assert same(given["value"], value), given
        whole = f"{value:,.0f}" if isinstance(value, float) else ""
        assert text in (shown(value, column), whole), given


def test_every_total_is_what_its_sql_gives(read: Read, marts: duckdb.DuckDBPyConnection) -> None:
    totals = [(given, text) for given, text in read.figures if "data-sql" in given]
    assert len(totals) > 40
    for given, text in totals:
        (value,) = marts.execute(given["data-sql"]).fetchall()[0]
        assert same(given["value"], value), given
        if isinstance(value, int | float):
            assert float(text.replace(",", "")) == pytest.approx(float(value), abs=0.051), given


def test_the_board_has_every_target_of_the_plan(read: Read, marts: duckdb.DuckDBPyConnection) -> None:
    plan = {(row["indicator_code"], row["target_year"]): float(row["target_value"]) for row in table("plan_target")}
    keys = [(given, dict(parse_qsl(given.get("data-key", "")))) for given, _ in read.figures]
    on_page = {
        (key["indicator_code"], key["target_year"]): float(given["value"])
        for given, key in keys
        if given.get("data-of") == "mart_target_progress.target_value"
    }
    assert on_page == plan
    for code in {code for code, _ in plan}:
        assert f"target-{code}" in read.ids and f"#explain-{code}" in read.links and f"explain-{code}" in read.ids


def test_marks_of_the_charts_carry_the_figures(read: Read, marts: duckdb.DuckDBPyConnection) -> None:
    ranked = marts.execute("""
        select township.area_name, township.value from mart_indicator_township as township
        inner join (select distinct indicator_code, period from mart_target_progress where area_level = 'district')
            using (indicator_code, period)
        where not is_part
    """).fetchall()
    assert len(ranked) == 10 * 10
    labels = set(read.labels)
    assert {f"{name}: {shown(value, 'value')}" for name, value in ranked} <= labels
    curves = marts.execute("select period, physical_progress_pct from mart_project_s_curve where is_latest").fetchall()
    assert curves and {f"{period}: {shown(value, 'x_pct')}%" for period, value in curves} <= labels


def test_a_page_is_one_file_that_needs_no_network_and_no_script(made: Made, read: Read) -> None:
    assert not read.tags & {"script", "iframe", "img", "object", "embed"}
    for link in read.links:
        parts = urlsplit(link)
        assert not parts.netloc and parts.scheme in ("", "data"), link
        if link.startswith("#"):
            assert link[1:] in read.ids, link
        elif not parts.scheme:
            assert (made.folder / parts.path).is_file(), link
    assert len(read.ids) == len(set(read.ids))
    for name in PAGES.values():
        text = (made.folder / name).read_text(encoding="utf-8")
        assert len(text.encode()) < MOST_BYTES
        assert not re.search(r"url\(|@import|nan|None|undefined", text.replace("ui-monospace", ""))


def test_csv_files_hold_the_rows_of_their_marts(made: Made, marts: duckdb.DuckDBPyConnection) -> None:
    counts = {
        "targets": "mart_target_progress where area_level = 'district'",
        "missing": "mart_submission_status where is_overdue",
        "supervision": "mart_supervision",
        "s_curves": "mart_project_s_curve",
        "explain_forest_coverage_rate": "mart_target_lineage where indicator_code = 'forest_coverage_rate' and area_code = '140404'",
    }
    for name, mart in counts.items():
        path = made.folder / "csv" / f"{name}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), name
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        ((expected,),) = marts.execute(f"select count(*) from {mart}").fetchall()
        assert len(rows) - 1 == expected > 0, name
    with (made.folder / "csv" / "targets.csv").open(encoding="utf-8-sig", newline="") as file:
        values = {row["指标代码"]: row for row in csv.DictReader(file)}
    ((value,),) = marts.execute(
        "select value from mart_target_progress where indicator_code = 'forest_coverage_rate' and area_level = 'district' limit 1"
    ).fetchall()
    column = next(name for name in values["forest_coverage_rate"] if name.startswith("数值"))
    assert float(values["forest_coverage_rate"][column]) == value


def test_explanations_add_up_to_the_figure(made: Made, marts: duckdb.DuckDBPyConnection) -> None:
    (numerator,) = marts.execute(
        "select numerator from mart_indicator_district where indicator_code = 'supplemented_cropland_area' and period = '2025Q2'"
    ).fetchall()[0]
    with (made.folder / "csv" / "explain_supplemented_cropland_area.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.reader(file))
    amount = rows[0].index(next(name for name in rows[0] if name.startswith("计入量")))
    assert math.fsum(float(row[amount]) for row in rows[1:]) == pytest.approx(numerator, abs=1e-9)


def test_no_template_names_this_district() -> None:
    names = {
        row[column]
        for seed, column in (
            ("township", "township_name"),
            ("township_part", "part_name"),
            ("zone", "zone_name"),
            ("plan_project", "project_name"),
            ("generated/district", "district_name"),
        )
        for row in table(seed)
    } | {row["indicator_code"] for row in table("indicator")}
    for path in (*REPORT.rglob("*.py"), *REPORT.rglob("*.yml"), *REPORT.rglob("*.j2")):
        text = path.read_text(encoding="utf-8")
        assert not [name for name in names if name in text], path


def test_it_is_made_in_time(made: Made) -> None:
    assert made.cpu_seconds < MOST_CPU_SECONDS


def test_moments_are_the_districts(made: Made, marts: duckdb.DuckDBPyConnection) -> None:
    ((moment,),) = marts.execute("select made_at from mart_build").fetchall()
    text = (made.folder / PAGES["zh"]).read_text(encoding="utf-8")
    assert f"{moment.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M} 发布" in text


def test_a_build_of_hardly_anything_has_its_pages(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "warehouse.duckdb"
    shutil.copyfile(made.database, database)
    kept = {"mart_build", "mart_target_progress", "mart_dataset_freshness", "mart_plan_inconsistency"}
    with duckdb.connect(str(database)) as con:
        for (name,) in con.execute("select table_name from duckdb_tables()").fetchall():
            if name not in kept and not name.startswith("dim_"):
                con.execute(f"delete from {name}")
        nothing = ("value", "period", "data_through", "so_far_per_year", "required_per_year", "source", "data_age_days")
        con.execute(
            f"update mart_target_progress set status = 'no_data', {', '.join(f'{one} = null' for one in nothing)}"
        )
    monkeypatch.setattr(page, "write_pdf", lambda text, path: False)
    assert page.write(tmp_path, database) == list(PAGES.values())
    text = (tmp_path / "report" / PAGES["zh"]).read_text(encoding="utf-8")
    assert text.count("○</span> 无数据") == len(table("plan_target"))
    assert "None" not in text and "nan" not in text


@pytest.mark.parametrize(
    ("is_public", "by", "by_en", "because"),
    [
        (False, "由 王局长 于", "王局长 let it pass", "张三同志&lt;补测&gt;后更正"),
        (True, "经人决定于", "It was let pass", "［姓名］同志&lt;补测&gt;后更正"),
    ],
    ids=["internal", "public"],
)
def test_who_let_the_build_pass_which_check_and_why_stands_on_it(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_public: bool, by: str, by_en: str, because: str
) -> None:
    monkeypatch.setattr(page, "write_pdf", lambda text, path: False)
    monkeypatch.setattr(page.areas, "of_indicator", lambda source, words, one, ground: page.quality.plan(source, words))
    decided = datetime(2026, 3, 1, 8, tzinfo=UTC)
    checks = (says("stock_change_implausible"), says("gone_since"))
    override = page.quality.LetThrough(checks, "张三同志<补测>后更正", "王局长", decided)
    page.write(tmp_path, made.database, is_public=is_public, let_through=[override])
    zh, en = ((tmp_path / "report" / name).read_text(encoding="utf-8") for name in PAGES.values())
    assert (
        f"未通过发布审核的要求“存量指标与上次发布的相差不超过 50%；gone_since”，{by} 2026-03-01 16:00 放行。理由：{because}"
        in zh
    )
    assert "which does not meet: “Stocks changed by no more than 50% since the last publication; gone_since”. " in en
    assert f"{by_en} on 2026-03-01 16:00, because: {because}" in en
    assert is_public == ("王局长" not in zh + en) == ("张三" not in zh + en)


def test_a_build_that_passed_says_nothing_of_it(made: Made) -> None:
    assert all('class="let-through"' not in (made.folder / name).read_text(encoding="utf-8") for name in PAGES.values())


def test_a_build_without_targets_has_no_report(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(database)).close()
    assert page.write(tmp_path, database) == []
    assert not (tmp_path / "report").exists()


def test_what_changed_since_an_edition_names_who_sent_it(made: Made, marts: duckdb.DuckDBPyConnection) -> None:
    words = Words("zh", Source(marts))
    ((sent, file),) = marts.execute(
        "select submission_id, file_name from mart_submission order by all limit 1"
    ).fetchall()
    changed = {
        "figure": "indicator",
        "code": "forest_coverage_rate",
        "area_code": "140404",
        "period": "2024",
        "item": None,
        "change_kind": "changed",
        "value_before": 13.1,
        "value_after": 13.2,
        "change": 0.1,
        "text_before": None,
        "text_after": None,
        "measure_unit": "%",
        "caused_by": sent,
        "replaced": None,
    }
    block = targets.changes(Source(marts), words, "2025-06.1", [changed, {**changed, "change_kind": "new"}])
    assert block.sentence == "与版次 2025-06.1 相比，1 个数字有变化，0 个消失，1 个新增。"
    assert block.command == "warehouse diff 2025-06.1 current" and block.table is not None
    assert [(row["value_before"], row["value_after"], row["caused_by"]) for row in block.table.rows] == [
        (13.1, 13.2, file)
    ]
    assert len(block.all_rows) == 2
