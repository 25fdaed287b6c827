"""What is published is what the gate judged; a rightful change that it refuses can be let through, for one content."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.build import report
from pipeline.build import run as build
from pipeline.build.gate_verdict import NotJudged
from pipeline.release.override_gate import override_gate
from tests.pipeline.build.test_run import INDICATOR, build_names, district_value, scale
from warehouse import build_state, builds
from warehouse.builds import ContentMismatch
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

CHECK = "stock_change_implausible"
GROWN = 1.6


@pytest.fixture
def refused(copied_home: Home) -> build.GateFailed:
    """The gate's refusal of a stock that grew by 60 %."""
    scale(copied_home, GROWN, "f" * 64)
    with pytest.raises(build.GateFailed) as error:
        build.gate(copied_home)
    return error.value


def turn_provisional(home: Home) -> None:
    """Change one column of one mart; again, it is as before."""
    with duckdb.connect(str(home.build_db)) as con:
        con.execute(
            "update marts.mart_indicator_district set is_provisional = not is_provisional "
            f"where indicator_code = '{INDICATOR}'"
        )


def test_a_mart_changed_between_gate_and_publication_does_not_go_out(copied_home: Home) -> None:
    before = os.readlink(copied_home.current), build_names(copied_home)
    scale(copied_home, 1.001, "a" * 64)
    judged = build.gate(copied_home)["build"]
    turn_provisional(copied_home)
    with pytest.raises(ContentMismatch, match=judged):
        build.publish(copied_home)
    assert (os.readlink(copied_home.current), build_names(copied_home)) == before
    turn_provisional(copied_home)
    published = build.publish(copied_home)
    assert published["build"] == judged, "as it was when it was judged, it goes out, under the id of the verdict"
    made = builds.manifest(copied_home)
    with Ledger.open(copied_home) as ledger:
        verdict, current = ledger.verdict(judged), ledger.current_publication()
    assert made and verdict and current
    assert made["content_hash"] == verdict.content_hash == current.content_hash
    assert (made["gate"]["passed"], made["gate"]["overrides"]) == (True, [])


def test_what_was_never_judged_is_not_published(copied_home: Home) -> None:
    copied_home.build_state_file.unlink()
    with pytest.raises(NotJudged, match="publish --force"):
        build.publish(copied_home)


def test_a_refusal_is_recorded_told_once_and_keeps_its_id(copied_home: Home, refused: build.GateFailed) -> None:
    assert CHECK in refused.checks and f"warehouse override-gate {refused.build_id} --check" in str(refused)
    with pytest.raises(build.GateFailed) as again:
        build.gate(copied_home)
    assert again.value.build_id == refused.build_id, "the same content keeps the id that people were told"
    with pytest.raises(build.GateFailed):
        build.publish(copied_home)
    with Ledger.open(copied_home) as ledger:
        verdict = ledger.verdict(refused.build_id)
        (notice,) = ledger.notices()
    assert verdict is not None and not verdict.passed and CHECK in {one["name"] for one in verdict.failures}
    assert (notice.kind, notice.detail["build_id"]) == ("gate_refused", refused.build_id) and CHECK in notice.body


def test_a_rightful_change_is_let_through_and_published_without_building_anew(
    copied_home: Home, refused: build.GateFailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = district_value(copied_home)
    looked = override_gate(copied_home, refused.build_id, is_dry_run=True)
    assert (looked["overridden"], looked["published"]) == ([], None)
    assert set(looked["left"]) == {one["name"] for one in looked["failures"]} == set(refused.checks)
    with Ledger.open(copied_home) as ledger:
        assert ledger.gate_overrides() == []

    def transform(home: Home, scope: build.Scope) -> dict[str, Any]:
        raise AssertionError("built anew")

    monkeypatch.setattr(build, "transform", transform)
    shown: dict[str, list[str]] = {}
    monkeypatch.setattr(
        report, "write", lambda home, folder, given: shown.update(internal=[one.decided_by for one in given])
    )
    monkeypatch.setattr(
        report, "write_public", lambda public, given: shown.update(public=[one.because for one in given])
    )
    done = override_gate(copied_home, refused.build_id, looked["left"], because="补测后更正", by="王局长")
    assert (done["published"], done["left"]) == (refused.build_id, [])
    assert shown == {"internal": ["王局长"], "public": ["补测后更正"]}, "the report is made after the decision"
    assert Path(os.readlink(copied_home.current)).name == refused.build_id
    assert district_value(copied_home) == pytest.approx(before * GROWN)
    made = builds.manifest(copied_home)
    assert made is not None
    (override,) = made["gate"]["overrides"]
    assert (override["because"], override["decided_by"], set(override["checks"])) == (
        "补测后更正",
        "王局长",
        set(looked["left"]),
    )
    assert made["gate"]["passed"] is False and {one["name"] for one in made["gate"]["failures"]} == set(looked["left"])
    assert build.gate(copied_home)["passed"], "beside what is published now, the same is no change"


def test_an_override_counts_for_this_content_alone(copied_home: Home, refused: build.GateFailed) -> None:
    with Ledger.open(copied_home) as ledger:
        content = build_state.read(copied_home).candidate
        assert content is not None
        ledger.override_gate(
            refused.build_id, content.content_hash, refused.checks, because="补测", decided_by="王局长"
        )
    assert set(build.gate(copied_home)["overridden"]) == set(refused.checks), "a rebuild of the same content passes"
    scale(copied_home, 1.001, "e" * 64)
    with pytest.raises(build.GateFailed) as other:
        build.gate(copied_home)
    assert other.value.build_id != refused.build_id


@pytest.mark.parametrize(
    ("build_id", "checks", "because", "says"),
    [
        ("b0", [CHECK], "x", "never judged"),
        (None, ["no_such_check"], "x", CHECK),
        (None, [], "x", "--check"),
        (None, [CHECK], " ", "--because"),
    ],
)
def test_an_override_names_a_refused_build_its_failed_checks_and_a_reason(
    copied_home: Home, refused: build.GateFailed, build_id: str | None, checks: list[str], because: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        override_gate(copied_home, build_id or refused.build_id, checks, because=because)
    with Ledger.open(copied_home) as ledger:
        assert ledger.gate_overrides() == []


def test_a_build_that_is_no_longer_in_the_build_database_is_not_overridden(
    copied_home: Home, refused: build.GateFailed
) -> None:
    scale(copied_home, 1.1, "d" * 64)
    with pytest.raises(build.GateFailed) as newer:
        build.gate(copied_home)
    with pytest.raises(ValueError, match=newer.value.build_id):
        override_gate(copied_home, refused.build_id, [CHECK], because="x")


def test_without_the_current_build_the_gate_compares_with_the_last_one_there_is(copied_home: Home) -> None:
    """Else the loss of a folder would let anything through."""
    first = Path(os.readlink(copied_home.current)).name
    scale(copied_home, 1.001, "a" * 64)
    build.gate(copied_home)
    second = build.publish(copied_home)["build"]
    os.rename(copied_home.builds / second, copied_home.root / "lost")
    scale(copied_home, GROWN, "b" * 64)
    with pytest.raises(build.GateFailed, match=CHECK):
        build.gate(copied_home)
    with Ledger.open(copied_home) as ledger:
        assert [one.build_id for one in ledger.publications()][-2:] == [first, second]
        assert ledger.current_publication() is not None


def test_the_marts_show_the_day_on_which_they_were_built(copied_home: Home) -> None:
    made = builds.manifest(copied_home)
    assert made is not None and made["as_of_date"] == build_state.read(copied_home).as_of_date
    assert abs((datetime.fromisoformat(made["as_of_date"]).date() - datetime.now(UTC).date()).days) <= 1
