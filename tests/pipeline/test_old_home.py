"""A warehouse home made by an earlier code, with an approved edition: what lies in it stays readable for ever.

expected.json tells in the names of that time what that code showed; tests/support/renamed.yml tells how the names are now, and
since.yml what is shown otherwise since, and why.
"""

import json
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.support.dbt_builds import without_data_tests
from tests.support.recording import run
from tests.support.recording_differences import Names

pytestmark = pytest.mark.slow

ROOM = Path(__file__).resolve().parents[1]
OLD = ROOM / "fixtures" / "old_home"
NAMES = Names.read(ROOM / "support" / "renamed.yml")
EXPECTED: dict[str, Any] = json.loads((OLD / "expected.json").read_text(encoding="utf-8"))
SINCE: dict[str, Any] = yaml.safe_load((OLD / "since.yml").read_text(encoding="utf-8"))
EDITION = EXPECTED["edition"]
CLOSE = 1e-9
EXPECTED_SUBMISSIONS = 42


def column(mart: str, name: str) -> str:
    """What a column of a mart is called now; both by their old names."""
    return NAMES.columns.get(mart, {}).get(name, name)


def key(name: str) -> str:
    """What a key of JSON is called now."""
    return NAMES.keys.get(name, name)


def of_now(counted: dict[str, int]) -> dict[str, int]:
    """Counts by `mart` or `mart kind` under the names of now."""
    reported = ((name.partition(" "), count) for name, count in counted.items())
    return {f"{NAMES.marts.get(mart, mart)}{space}{kind}": count for (mart, space, kind), count in reported}


@pytest.fixture(scope="module")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home as it was packed. The tests of this file change it in their order: it is built anew, then asked."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(OLD / "home.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "home"


@pytest.fixture(scope="module")
def built_home(old_home: Path) -> Path:
    """The home after sync, build and publication by the code of now."""
    with without_data_tests():
        status, out, err = run(old_home, "publish", "--force")
    assert status == 0, out + err
    return old_home


def shown(folder: Path) -> dict[str, Any]:
    """Rows of the marts in a folder of an edition's form, and the figures that expected.json holds."""
    mart = {
        name: str(folder / "parquet" / f"{NAMES.marts.get(name, name)}.parquet") for name in EXPECTED["now"]["rows"]
    }
    with duckdb.connect() as con:
        rows = {
            NAMES.marts.get(name, name): con.execute("select count(*) from read_parquet(?)", [path]).fetchall()[0][0]
            for name, path in mart.items()
        }
        district, township, quality = "mart_indicator_district", "mart_indicator_township", "mart_data_quality"
        names = [column(district, name) for name in ("indicator_code", "period", "value")]
        figures = con.execute(
            f"select {', '.join(names)} from read_parquet(?) where {names[2]} is not null", [mart[district]]
        ).fetchall()
        names = [column(township, name) for name in ("area_code", "value", "indicator_code", "period", "is_part")]
        forest = con.execute(
            f"select {names[0]}, {names[1]} from read_parquet(?) where {names[2]} = 'forest_coverage_rate' and {names[3]} = '2024' "
            f"and not {names[4]} and {names[1]} is not null",
            [mart[township]],
        ).fetchall()
        names = [column(quality, name) for name in ("units_accepted", "units_held")]
        reporting_units = con.execute(
            f"select sum({names[0]}), sum({names[1]}) from read_parquet(?)", [mart[quality]]
        ).fetchall()[0]
    return {
        "rows": rows,
        "district": {f"{code} {period}": value for code, period, value in figures},
        "forest_coverage_2024": dict(forest),
        "units": reporting_units,
    }


def agree(got: dict[str, Any], moment: str) -> None:
    """Hold what is shown against what was shown then, of "now" or "then": as many rows and the same figures, but for since.yml."""
    expected = EXPECTED[moment]
    since = {mart: one["rows"] for mart, one in SINCE["rows"][moment].items()}
    assert got["rows"] == of_now(expected["rows"]) | since
    further = {name: one["value"] for name, one in SINCE["district"].get(moment, {}).items()}
    assert not further.keys() & expected["district"].keys()
    assert got["district"] == pytest.approx(expected["district"] | further, rel=CLOSE)
    assert got["forest_coverage_2024"] == pytest.approx(expected["forest_coverage_2024"], rel=CLOSE)


def test_what_is_shown_otherwise_since_has_a_reason() -> None:
    named = [
        *SINCE["as_of"].values(),
        *(one["because"] for kind in ("rows", "district") for some in SINCE[kind].values() for one in some.values()),
        *(one["because"] for one in SINCE["restated"].values()),
    ]
    assert set(named) == SINCE["because"].keys()


def test_the_approved_edition_is_found(old_home: Path) -> None:
    status, out, _ = run(old_home, "editions")
    assert status == 0
    assert EDITION in out and EXPECTED["build"] in out and EXPECTED["approved_by"] in out


def test_what_was_staged_and_entered_in_the_ledger_gives_the_same_marts(built_home: Path) -> None:
    made = shown(built_home / "published" / "current")
    agree(made, "now")
    assert made["units"] == (EXPECTED["now"]["units_accepted"], EXPECTED["now"]["units_held"])


def test_what_changed_since_the_edition_is_listed(built_home: Path) -> None:
    status, out, err = run(built_home, "diff", EDITION, "current", "--json", "--new")
    assert status == 0, err
    rows = [json.loads(line) for line in out.splitlines()]
    assert Counter(f"{row[key('figure')]} {row[key('change_kind')]}" for row in rows) == of_now(
        EXPECTED["restated"]["counts"]
    ) | {name: one["figures"] for name, one in SINCE["restated"].items()}
    listed = EXPECTED["restated"]["forest_area"]
    same = [row for row in rows if row[key("code")] == listed["code"]]
    assert [{name: row[column("mart_restatement", name)] for name in listed} for row in same] == [listed]


def test_a_figure_is_explained_down_to_the_cells_of_the_archived_file(built_home: Path) -> None:
    asked = EXPECTED["explained"]
    status, out, err = run(
        built_home,
        "explain",
        asked["indicator"],
        "--township",
        asked["township"],
        "--period",
        asked["period"],
        "--written",
        "--json",
    )
    assert status == 0, err
    figure = json.loads(out)
    assert (figure[key("value")], figure[key("closes")]) == (pytest.approx(asked["value"], rel=CLOSE), asked["closes"])
    ends = [
        {
            "role": role,
            "submission": sent[key("submission_id")],
            "file": sent[key("file_name")],
            "sheet": end[key("sheet")],
            "cell": end[key("cell")],
            "amount": pytest.approx(end[key("amount")], rel=CLOSE),
        }
        for role, made in figure[key("made_of")].items()
        for measure in made[key("measures")]
        for sent in measure[key("submissions")]
        for end in sent[key("made_of")]
    ]
    assert ends == asked["ends"]


@pytest.mark.thorough
def test_the_edition_is_made_again_as_it_was_known(built_home: Path, tmp_path: Path) -> None:
    """The marts of since.yml may differ from those published then, each for a reason that is worth telling."""
    status, out, err = run(built_home, "as-of", EDITION, "--into", tmp_path / "then")
    report = json.loads(out)
    assert report[key("different")] == [*EXPECTED["as_of"]["different"], *SINCE["as_of"]], err
    assert status == (1 if report[key("different")] else 0)
    assert (report[key("as_of")], report[key("published")]) == (EXPECTED["as_of"]["moment"], EXPECTED["build"])
    agree(shown(tmp_path / "then"), "then")


@pytest.mark.thorough
def test_a_home_restored_from_its_backup_shows_the_same_and_makes_the_edition_again(
    built_home: Path, tmp_path: Path
) -> None:
    """The staged files of that time are not in the backup: they are read again, by the code of now."""
    again = tmp_path / "again"
    status, out, err = run(built_home, "backup", str(tmp_path / "backup"))
    assert status == 0, out + err
    status, out, err = run(built_home, "restore", str(tmp_path / "backup"), "--into", str(again))
    report = json.loads(out)
    assert (status, report["equal"], report["different"]) == (0, True, []), err
    assert (report["read_again"], report["different_readings"], report["lost"]) == (EXPECTED_SUBMISSIONS, {}, {})
    assert report["editions"] == [EDITION]
    agree(shown(again / "published" / "current"), "now")
    status, out, err = run(again, "as-of", EDITION, "--into", str(tmp_path / "then"))
    report = json.loads(out)
    assert report[key("different")] == [*EXPECTED["as_of"]["different"], *SINCE["as_of"]], err
    agree(shown(tmp_path / "then"), "then")
