"""Persons planted everywhere stand nowhere in the public set of a build, and no number of theirs in any mart; what goes back to
the sender has them still.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import duckdb
import pytest

from contracts import contracts
from pipeline.build import report
from pipeline.build.report import write_public
from pipeline.intake.waive import waive
from pipeline.intake.withdraw import withdraw
from pipeline.run import load
from tests.support.dbt_builds import without_data_tests
from tests.support.planted_persons import Planted, found_in, plant_everywhere, text_fields, texts_in
from warehouse import builds, serving
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE, PUBLIC

pytestmark = pytest.mark.slow
SEED = 20260814


class Sent(NamedTuple):
    """A home that was sent persons; build: what it published of them."""

    home: Home
    planted: Planted
    build: Path


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    home, planted = Home(tmp_path_factory.mktemp("persons") / "home"), Planted(Random(SEED))
    plant_everywhere(home, planted)
    with pytest.MonkeyPatch.context() as patch, without_data_tests():
        patch.setattr(report, "write_public", write_public)
        load(home, build_marts=False)
        _decide(home, planted)
        load(home)
    build = builds.current(home)
    assert build is not None
    yield Sent(home, planted, build)


def _decide(home: Home, planted: Planted) -> None:
    """People take back and let in, and say why, with names of others."""
    with Ledger.open(home) as ledger:
        accepted = [
            reporting_unit
            for one in ledger.submissions(dataset="supervision")
            for reporting_unit in ledger.reporting_units(one.submission_id)
            if reporting_unit.state == "accepted"
        ]
    withdraw(
        home,
        accepted[0].submission_id,
        [accepted[0].reporting_unit],
        because=planted.text("decision", "because"),
        decided_by="王科长",
    )
    waive(
        home,
        "land_use.land_total_vs_boundary",
        "荫城镇",
        approver="李局长",
        because=planted.text("waiver", "because"),
        until_on=date(2040, 1, 1),
        today=date(2026, 1, 1),
    )


def test_persons_were_planted_in_every_text_field(sent: Sent) -> None:
    fields = {
        (name, field)
        for name, of in contracts().items()
        for field, is_key in text_fields(of).items()
        if not (of.is_layer and is_key)
    }
    assert fields - sent.planted.places == set()
    assert len(sent.planted.persons) > 300


def test_they_are_in_what_was_accepted(sent: Sent) -> None:
    """Else nothing would be shown by finding none."""
    staged = {secret for _, text in texts_in(sent.home.staged) for secret in found_in(text, sent.planted.persons)}
    assert len(staged) > 100


def test_nobody_is_in_the_public_set(sent: Sent) -> None:
    public = sent.build / PUBLIC
    assert {path.name for path in public.iterdir()} == {DATABASE, "parquet", "maps", "report", "excel"}
    found = {place: names for place, text in texts_in(public) if (names := found_in(text, sent.planted.persons))}
    assert found == {}


def test_no_number_of_a_person_is_in_any_mart_or_map(sent: Sent) -> None:
    found = {}
    for part in (DATABASE, "parquet", "maps", "excel", "circular", "data_docs"):
        for place, text in texts_in(sent.build / part) if (sent.build / part).is_dir() else _tables(sent.build / part):
            if names := {one for one in found_in(text, sent.planted.persons) if not "\u4e00" <= one[0] <= "\u9fff"}:
                found[f"{part} {place}"] = names
    assert found == {}


def _tables(database: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(database), read_only=True) as con:
        for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
            yield table, "\n".join(map(str, con.execute(f'from "{table}"').fetchall()))


def test_what_a_finding_shows_is_in_the_receipt_and_not_in_the_mart(sent: Sent) -> None:
    with Ledger.open(sent.home) as ledger:
        findings = [item for _, _, item in ledger.snapshot().findings]
    told = {secret for item in findings for secret in found_in(f"{item.found} {item.message}", sent.planted.persons)}
    assert len(told) > 10
    receipts = {secret for _, text in texts_in(sent.home.receipts) for secret in found_in(text, sent.planted.persons)}
    assert told <= receipts
    with serving.connect(sent.home) as con:
        rows = con.execute("select found, expected, message, remedy, sheet, file_name from mart_finding").fetchall()
    assert found_in("\n".join(map(str, rows)), sent.planted.persons) == set()


def test_the_public_set_is_what_its_models_say(sent: Sent) -> None:
    with serving.connect(sent.home, is_public=True) as con:
        marts = {str(name) for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        columns = {str(name) for (name,) in con.execute("select column_name from duckdb_columns()").fetchall()}
    assert "mart_target_progress" in marts
    assert not marts & {"mart_finding", "mart_submission", "mart_reading", "fct_measure", "mart_site_overlap"}
    assert not columns & {
        "file_name",
        "sender",
        "submission_id",
        "found",
        "lon",
        "lat",
        "feature",
        "cell",
        "issues",
        "decided_by",
    }
    assert {path.name for path in (sent.build / PUBLIC / "maps").iterdir()} == {
        "maps.gpkg",
        "admin_boundary.parquet",
        "planning_zone.parquet",
        "boundaries.geojson",
    }
