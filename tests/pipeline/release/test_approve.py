"""Approval: what is previewed is what is signed, only what is whole closes, and it can be undone."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.build import run as build
from pipeline.calendar import periods as calendar
from pipeline.intake.withdraw import withdraw
from pipeline.release import approve as approving
from pipeline.release.approval_record import finish_approvals
from pipeline.release.approve import approve, preview, revoke
from pipeline.release.verify import verify
from tests.cli.test_main import Run, warehouse
from warehouse import builds
from warehouse.editions import EDITION, UnknownBuild, approved, folder_of
from warehouse.home import Home
from warehouse.ledger import Ledger

__all__ = ["warehouse"]  # the fixture
pytestmark = pytest.mark.slow


def current(home: Home) -> str:
    folder = builds.current(home)
    assert folder is not None
    return folder.name


def move_current(home: Home, name: str = "29991231T000000Z-00000000-00000000") -> str:
    """Publish another build, of the same marts; gives its id."""
    before = home.builds / current(home)
    shutil.copytree(before, home.builds / name)
    manifest = home.builds / name / builds.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"build_id": name}), encoding="utf-8")
    home.current.unlink()
    home.current.symlink_to(Path("builds") / name)
    with Ledger.open(home) as ledger:
        ledger.prepare_publication(name, inputs_fingerprint="1", path=home.relative(home.builds / name))
        ledger.make_current(name)
    return name


def closed(home: Home) -> set[str]:
    with Ledger.open(home) as ledger:
        return {f"{one.dataset} {one.period}" for one in ledger.periods(is_open=False)}


def test_what_is_previewed_is_what_is_signed_though_another_build_is_current_by_then(copied_home: Home) -> None:
    seen = preview(copied_home)
    assert (seen.build_id, seen.edition, seen.is_new, seen.against) == (current(copied_home), "2025-12.1", True, None)
    assert ("rural_waste", "2025Q4") in seen.closing.whole
    assert approved(copied_home) == [] and closed(copied_home) == set(), "a preview changes nothing"
    moved = move_current(copied_home)
    made = approve(copied_home, "王局长", build=seen.build_id)
    assert (made["edition"], made["build"]) == (seen.edition, seen.build_id) != (seen.edition, moved)
    assert folder_of(copied_home, "2025-12.1").samefile(copied_home.editions / "2025-12.1")
    assert set(made["closed"]) == {" ".join(one) for one in seen.closing.whole} == closed(copied_home)
    again = preview(copied_home)
    assert (again.build_id, again.edition, again.against, again.differing) == (moved, "2025-12.2", "2025-12.1", [])


@pytest.mark.thorough
def test_a_period_that_lacks_a_report_stays_open_unless_it_is_meant(copied_home: Home) -> None:
    """The first quarter came as one workbook a township; one of them is withdrawn."""
    with Ledger.open(copied_home) as ledger:
        (first,) = [one for one in ledger.submissions() if one.file_name == "韩店街道2025年一季度垃圾处理报表.xlsx"]
    withdraw(copied_home, first.submission_id, because="报错了季度")
    build.run(copied_home)
    seen = preview(copied_home)
    incomplete = {"rural_waste 2025Q1"}
    assert (seen.closing.incomplete, seen.closing.closed) == ({("rural_waste", "2025Q1"): ["韩店街道"]}, {})
    made = approve(copied_home, "王局长")
    assert set(made["left_open"]) == incomplete
    assert not incomplete & closed(copied_home)
    revoke(copied_home, made["edition"], because="须一并结账", by="王局长")
    made = approve(copied_home, "王局长", close_incomplete=True, because="一并结账")
    assert made["left_open"] == [] and incomplete <= closed(copied_home)
    with Ledger.open(copied_home) as ledger:
        events = ledger.events(actions=["closed_incomplete"])
        assert {f"{one.dataset} {one.detail['period']}" for one in events} == incomplete
        assert all(one.detail["missing"] and one.detail["edition"] == made["edition"] for one in events)


def test_the_monthly_cycle_closes_what_an_approval_closes(copied_home: Home) -> None:
    """In a home that is old enough for the cycle to have watched these periods."""
    from datetime import UTC, datetime

    from contracts.calendar import today
    from pipeline.calendar.due_dates import due_on

    whole = preview(copied_home).closing.whole
    with Ledger.open(copied_home) as ledger:
        ledger.note("begun", at=datetime(2019, 1, 1, tzinfo=UTC))
        from contracts import contracts

        for dataset, period in [*whole, *preview(copied_home).closing.incomplete]:
            ledger.open_period(dataset, period, due_on(contracts()[dataset], period))
    assert set(calendar.close_periods(copied_home, today())["closed"]) == {" ".join(one) for one in whole}


def test_a_revoked_edition_stays_visible_and_its_number_is_not_used_again(warehouse: Run, copied_home: Home) -> None:
    made = approve(copied_home, "王局长")
    assert closed(copied_home) == set(made["closed"]) != set()
    done = revoke(copied_home, "2025-12.1", because="误批", by="王局长")
    assert (done["is_new"], set(done["reopened"])) == (True, set(made["closed"]))
    assert closed(copied_home) == set()
    (edition,) = approved(copied_home)
    assert (edition.is_revoked, edition.revoked_by, edition.revoked_because) == (True, "王局长", "误批")
    assert builds.is_intact(copied_home.editions / "2025-12.1")
    assert revoke(copied_home, "2025-12.1", because="再来", by="别人")["is_new"] is False
    assert approved(copied_home) == [edition]
    with Ledger.open(copied_home) as ledger:
        assert [one.detail for one in ledger.events(actions=["revoked"])] == [
            {"edition": "2025-12.1", "revoked_by": "王局长", "because": "误批"}
        ]
        assert {one.detail["because"] for one in ledger.events(actions=["period_reopened"])} == {
            "2025-12.1 已撤销：误批"
        }
    assert approve(copied_home, "王局长")["edition"] == "2025-12.2"
    out = warehouse(copied_home, "editions")[1]
    assert "已撤销 revoked" in out and "误批" in out and "2025-12.2" in out
    assert warehouse(copied_home, "revoke", "1999-01.1", "--because", "误批")[0] == 2


def test_an_approval_and_a_revocation_that_a_crash_kept_out_of_the_ledger_are_recorded_by_the_next_who_comes(
    copied_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    def recorded(action: str) -> list[str]:
        with Ledger.open(copied_home) as ledger:
            return [one.detail["edition"] for one in ledger.events(actions=[action])]

    with monkeypatch.context() as patch:
        patch.setattr(approving, "record_approval", crash)
        with pytest.raises(KeyboardInterrupt):
            approve(copied_home, "王局长")
    assert ([one.edition for one in approved(copied_home)], recorded("approved")) == (["2025-12.1"], [])
    [fault] = verify(copied_home).findings
    assert fault.kind == "unrecorded" and f"warehouse approve {current(copied_home)} --period 2025-12" in fault.remedy
    moved = move_current(copied_home)
    made = approve(copied_home, "李局长")
    assert (made["edition"], made["build"], recorded("approved")) == ("2025-12.2", moved, ["2025-12.1", "2025-12.2"])
    with Ledger.open(copied_home) as ledger:
        first = ledger.events(actions=["approved"])[0].detail
    assert first["approved_by"] == "王局长" and set(approved(copied_home)[0].closes) == closed(copied_home)
    with monkeypatch.context() as patch:
        patch.setattr(approving, "record_revocation", crash)
        with pytest.raises(KeyboardInterrupt):
            revoke(copied_home, "2025-12.1", because="误批", by="王局长")
    assert [one.path for one in verify(copied_home).findings if one.kind == "unrecorded"] == [
        "published/editions/2025-12.1"
    ]
    assert finish_approvals(copied_home) == ["2025-12.1"] and recorded("revoked") == ["2025-12.1"]
    assert closed(copied_home) == set() and finish_approvals(copied_home) == []


def test_an_edition_that_nobody_began_to_approve_is_not_taken_for_one(copied_home: Home) -> None:
    approve(copied_home, "王局长")
    shutil.copytree(copied_home.editions / "2025-12.1", copied_home.editions / "2025-12.2")
    assert finish_approvals(copied_home) == []
    assert [one.path for one in verify(copied_home).findings] == ["published/editions/2025-12.2"]
    (copied_home.editions / "2025-12.2" / EDITION).unlink()
    (copied_home.editions / "2025-12.2" / EDITION).write_text("{", encoding="utf-8")
    assert finish_approvals(copied_home) == [], "one that cannot be read keeps nobody from publishing"


def test_the_command_asks_which_build_is_meant(warehouse: Run, copied_home: Home) -> None:
    status, out, err = warehouse(copied_home, "approve", "--as", "2025-12", "--by", "王局长")
    assert (status, approved(copied_home)) == (2, []) and "--dry-run" in out + err


def test_a_period_that_was_opened_again_stays_open_when_the_approval_is_repeated(copied_home: Home) -> None:
    approve(copied_home, "王局长")
    calendar.open_again(copied_home, "rural_waste", "2025Q4", because="补报", decided_by="王科长")
    approve(copied_home, "王局长")
    assert "rural_waste 2025Q4" not in closed(copied_home)


def test_a_build_that_is_unknown_unrecorded_or_damaged_is_not_signed(copied_home: Home) -> None:
    with pytest.raises(UnknownBuild, match="没有这次构建"):
        approve(copied_home, "王局长", build="20990101T000000Z-x")
    shutil.copytree(copied_home.builds / current(copied_home), copied_home.builds / "unrecorded")
    with pytest.raises(UnknownBuild, match="没有这次构建"):
        approve(copied_home, "王局长", build="unrecorded")
    moved = move_current(copied_home)
    parquet = next((copied_home.builds / moved).rglob("*.parquet"))
    parquet.chmod(0o644)
    content = bytearray(parquet.read_bytes())
    content[len(content) // 2] ^= 1
    parquet.write_bytes(bytes(content))
    with pytest.raises(UnknownBuild, match="已损坏"):
        approve(copied_home, "王局长")
    assert approved(copied_home) == []


def test_the_command_shows_first_and_signs_the_build_that_it_names(warehouse: Run, copied_home: Home) -> None:
    status, out, _ = warehouse(copied_home, "approve", "--dry-run")
    assert status == 0 and f"warehouse approve {current(copied_home)} --as 2025-12" in out
    assert "将关闭 62 个期次" in out and "缺报" not in out
    assert approved(copied_home) == []
    status, out, _ = warehouse(
        copied_home, "approve", current(copied_home), "--period", "2025-12", "--because", "上报", "--by", "王局长"
    )
    assert status == 0 and "2025-12.1 已批准" in out
    status, out, _ = warehouse(copied_home, "periods")
    assert status == 0 and "已关闭 closed" in out and "王局长" in out
    words = ("rural_waste", "2025Q4", "--because", "补报", "--by", "王科长")
    assert warehouse(copied_home, "periods", "--open", *words)[:2] == (0, "rural_waste 2025Q4 开放 (open)\n")
    assert warehouse(copied_home, "periods", "--close", *words)[:2] == (0, "rural_waste 2025Q4 已关闭 (closed)\n")
    assert warehouse(copied_home, "periods", "--close", "rural_waste", "2025-04", "--because", "补报")[0] == 2
