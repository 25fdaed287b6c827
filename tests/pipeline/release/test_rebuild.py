"""The archive is enough: a second warehouse made from it shows the same marts, also after corrections, refusals and
late files.
"""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.build import run as build
from pipeline.intake.accept import accept
from pipeline.intake.waive import waive
from pipeline.release.approve import approve
from pipeline.release.as_of import as_of
from pipeline.release.rebuild import keep_editions, rebuild
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.corrected_home import CORRECTED, Corrected
from tests.support.dbt_builds import without_data_tests
from tests.support.few_samples import FEW_SAMPLES, put
from warehouse import builds
from warehouse.durable import sha256_of
from warehouse.editions import EDITION, approved, folder_of
from warehouse.home import Home
from warehouse.ledger import Ledger

# The same year reported five times more: another version, its bytes again, its figures again, a correction, and what
# was superseded by it once more.
VERSIONS = sorted(path for path in (SAMPLES / "sequence").glob("0[1-5]_*/ecology/*"))


@pytest.fixture
def lived(copied_home: Home) -> Home:
    """A home in which the clean samples were followed by others and by what people decided; the last of them arrived
    after the build.
    """
    for file in VERSIONS:
        put(copied_home, f"sequence/{file.parts[-3]}", f"ecology/{file.name}")
        load(copied_home, build_marts=False)
    build.run(copied_home)
    approve(copied_home, "王局长", period="2024")
    put(copied_home, "sequence/06_partial", CORRECTED)
    waive(
        copied_home,
        "land_use.land_total_vs_boundary",
        "荫城镇",
        approver="李局长",
        because="界线调整中",
        until_on=date(2040, 1, 1),
        today=date(2026, 1, 1),
    )
    put(copied_home, "traps", "project_progress/重点工程月报2025年7月（累计下降）.xlsx", "wetland/湿地2025（重叠）.zip")
    unknown = copied_home.inbox / "unknown" / "a.xlsx"
    unknown.parent.mkdir()
    unknown.write_bytes(b"PK\x03\x04 no workbook")
    load(copied_home, build_marts=False)
    with Ledger.open(copied_home) as ledger:
        corrected = next(
            one.submission_id for one in ledger.submissions(states=("held",)) if one.file_name == Path(CORRECTED).name
        )
    accept(copied_home, corrected, ["苏店镇"], because="更正", decided_by="王科长")
    put(
        copied_home,
        "traps",
        "rural_waste/2025Q4垃圾（混入外区乡镇）.xlsx",
        "project_acceptance/2025年7月验收（文号重复）.xlsx",
    )
    load(copied_home)
    with Ledger.open(copied_home) as ledger:
        july = next(one for one in reversed(ledger.submissions(dataset="project_acceptance")))
        ledger.withdraw(july.submission_id, because="误报", decided_by="王科长")
        assert ledger.end_waiver("W000001", ended_by="李局长", because="界线已定").ended_by == "李局长"
        ledger.reopen_period("ecology", "2024", because="漏报", decided_by="王科长")
    build.run(copied_home)
    put(copied_home, "clean", "wetland/湿地_2025.geojson")
    assert load(copied_home)["built"] == {}
    return copied_home


@pytest.mark.slow
def test_a_rebuilt_warehouse_shows_the_same_marts(corrected: Corrected, tmp_path: Path) -> None:
    """Of a few files, an edition, a confirmation and a waiver."""
    with without_data_tests():
        _is_rebuilt_as_it_was(corrected.home, Home(tmp_path / "again"), len(FEW_SAMPLES) + 4, "2025.1")


@pytest.mark.slow
@pytest.mark.thorough
def test_a_warehouse_rebuilt_from_all_samples_shows_the_same_marts(lived: Home, tmp_path: Path) -> None:
    _is_rebuilt_as_it_was(lived, Home(tmp_path / "again"), 82 + 5 + 7, "2024.1")


def _is_rebuilt_as_it_was(home: Home, again: Home, submissions: int, edition: str) -> None:
    """A home rebuilt from the archive of another equals it. submissions: how many it has; edition: the approved one."""
    report = rebuild(home, again)
    assert report["different"] == []
    assert (report["equal"], report["same_code"], report["submissions"]) == (True, True, submissions)
    one, other = builds.manifest(home), builds.manifest(again)
    assert one and other and all(one[name] == other[name] for name in builds.MADE_OF)
    with Ledger.open(home) as ledger, Ledger.open(again) as second:
        decided = [
            (item.submission_id, item.state, item.rows_accepted, item.rows_held) for item in ledger.submissions()
        ]
        assert [
            (item.submission_id, item.state, item.rows_accepted, item.rows_held) for item in second.submissions()
        ] == decided
        assert second.accepted_fingerprint() == ledger.accepted_fingerprint()
        assert second.decisions() == ledger.decisions()
        assert ledger.decisions()[0].kind == "confirmed" and len(ledger.confirmations()) == 1
        assert second.snapshot().reporting_units == ledger.snapshot().reporting_units
        assert second.versions("ecology") == ledger.versions("ecology")
        assert history(second) == history(ledger)
        current = ledger.publications()[-1]
        assert second.publications()[0].published_at == current.published_at
        assert [item.closed_at for item in second.periods()] == [item.closed_at for item in ledger.periods()]
        assert second.waivers() == ledger.waivers() != []
        assert second.periods() == ledger.periods()
        assert {item.receipt_as for item in second.submissions()} == {item.receipt_as for item in ledger.submissions()}
        approvals = [(event.at, event.actor, event.detail) for event in ledger.events(actions=["approved"])]
        assert [(event.at, event.actor, event.detail) for event in second.events(actions=["approved"])] == approvals
    assert (report["editions"], report["not_kept"]) == ([edition], {})
    assert approved(again) == approved(home) and approved(again)[0].approved_by == "王局长"
    then = as_of(again, edition, again.root.parent / "then")
    assert (then["different"], then["published"]) == ([], approved(home)[0].build_id)
    kept = folder_of(again, edition)
    assert builds.is_intact(kept) and sha256_of(kept / EDITION) == sha256_of(folder_of(home, edition) / EDITION)


def history(ledger: Ledger) -> list[tuple[object, ...]]:
    """The audit trail of submissions and of what people decided, without its numbers."""
    return [
        (one.at, one.actor, one.action, one.submission_id, one.reporting_unit, one.period, one.from_state, one.to_state)
        for one in ledger.events()
        if one.submission_id or one.reporting_unit or one.period
    ]


@pytest.mark.slow
def test_an_edition_that_is_not_what_was_approved_is_reported_and_left_out(copied_home: Home, tmp_path: Path) -> None:
    for period in ("2022", "2023", "2024", "2025"):
        approve(copied_home, "王局长", period=period)
    folders = {name: folder_of(copied_home, f"{name}.1") for name in ("2022", "2023", "2024", "2025")}
    shutil.rmtree(folders["2022"])
    rewritten(folders["2023"] / "parquet" / "dim_zone.parquet", b"other")
    approval = (folders["2024"] / EDITION).read_text(encoding="utf-8")
    rewritten(folders["2024"] / EDITION, approval.replace("王局长", "别人").encode())
    again = Home(tmp_path / "again").ensure()
    reasons = keep_editions(copied_home, again)
    assert {name: reason.partition(" (")[0] for name, reason in reasons.items()} == {
        "2022.1": "文件夹不在",
        "2023.1": "文件与清单不符",
        "2024.1": "与台账所记的批准不符",
    }
    assert [one.edition for one in approved(again)] == ["2025.1"]
    with Ledger.open(again) as ledger:
        assert [event.detail["edition"] for event in ledger.events(actions=["approved"])] == ["2025.1"]
        assert [event.detail["edition"] for event in ledger.events(actions=["edition_left_out"])] == [
            "2022.1",
            "2023.1",
            "2024.1",
        ]


def rewritten(path: Path, content: bytes) -> None:
    """Another file in its place; the build that it was linked from keeps its own."""
    path.unlink()
    path.write_bytes(content)


@pytest.mark.slow
def test_it_does_not_write_into_what_is_there(copied_home: Home, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(FileExistsError):
        rebuild(copied_home, Home(tmp_path / "full"))
    assert os.listdir(tmp_path / "full") == ["a"]
