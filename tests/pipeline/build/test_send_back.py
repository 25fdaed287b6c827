"""No accepted file stops a build: relations of layers are checked from both sides, and what still cannot be built is sent
back, for itself alone.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.errors import GEOSException

from pipeline.build import run as build
from pipeline.build import send_back
from pipeline.build.overlays import CannotBeBuilt
from pipeline.intake import restage
from pipeline.intake.accept import accept
from pipeline.intake.dry_run import check_files
from pipeline.intake.parse import Reading, ReadJob
from pipeline.intake.rejudge import rejudge
from pipeline.intake.sandbox_policy import read_limited
from pipeline.intake.waive import waive
from pipeline.intake.withdraw import withdraw
from pipeline.run import load
from tests.support.answers import SAMPLES
from tests.support.changed_boundary import BOUNDARY, Change, beyond_the_zones, overlapping, write_boundary
from tests.support.cheap_intake import cheapen
from tests.support.copies import copy_of
from tests.support.receipt_of import receipt_of
from warehouse.home import Home
from warehouse.ledger import Ledger, UnitVersion
from warehouse.staged import read_staged, write_staged

pytestmark = pytest.mark.slow

BOUNDARIES, ZONES = "admin_boundary", "planning_zone"
ZONE_FILE = next((SAMPLES / "clean" / ZONES).iterdir())
WETLAND = sorted((SAMPLES / "clean" / "wetland").iterdir())[0]


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with boundaries, zones and a layer; only to be read."""
    home = Home(tmp_path_factory.mktemp("divided") / "home").ensure()
    for file in (BOUNDARY, ZONE_FILE, WETLAND):
        put(home, file.parent.name, file)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        assert [one.state for one in ledger.submissions()] == ["accepted"] * 3
    return home


@pytest.fixture
def home(divided: Home, tmp_path: Path) -> Iterator[Home]:
    own = Home(tmp_path / "home")
    copy_of(divided, own.root)
    yield own


def put(home: Home, dataset: str, file: Path, sender: str = "a") -> None:
    inbox = home.inbox / dataset / sender
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, inbox / file.name)


def send(home: Home, dataset: str, file: Path) -> str:
    """Load a file; gives its submission."""
    with Ledger.open(home) as ledger:
        sender = str(len(ledger.submissions()))
    put(home, dataset, file, sender)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        return ledger.submissions()[-1].submission_id


def changed(folder: Path, change: Change, name: str = "新界线.gpkg") -> Path:
    return write_boundary(folder / "changed" / name, change)


def rules_of(home: Home, submission_id: str) -> set[str]:
    with Ledger.open(home) as ledger:
        return {item.rule_id for item in ledger.findings(submission_id) if item.severity == "error"}


def states(home: Home) -> list[str]:
    with Ledger.open(home) as ledger:
        return [one.state for one in ledger.submissions()]


def overlay(home: Home) -> list[str]:
    """Cut everything; gives what was sent back."""
    return list(build.overlay(home)["sent_back"])


def test_a_boundary_beyond_the_accepted_zones_is_held_and_the_build_goes_on(home: Home, tmp_path: Path) -> None:
    file = changed(tmp_path, beyond_the_zones)
    (verdict,) = check_files(home, [file])
    name = send(home, BOUNDARIES, file)
    assert rules_of(home, name) == {"layer.boundary_mismatch"}
    assert {item.rule_id for item in verdict.findings if item.severity == "error"} == {"layer.boundary_mismatch"}
    with Ledger.open(home) as ledger:
        found = next(item for item in ledger.findings(name) if item.rule_id == "layer.boundary_mismatch")
    assert found.reporting_unit == "layer" and found.feature and found.point
    assert "未划入整治区" in found.message and "撤回现行分区" in found.remedy
    assert overlay(home) == []


def test_zones_and_boundary_that_change_together_pass_when_the_old_zones_are_withdrawn(
    home: Home, tmp_path: Path
) -> None:
    """The way that the finding names: withdraw, judge again, boundary first."""
    boundary = send(home, BOUNDARIES, changed(tmp_path, beyond_the_zones))
    with Ledger.open(home) as ledger:
        zones = ledger.current_units(ZONES)[0].submission_id
    withdraw(home, zones, because="分区与界线一并调整")
    (judged,) = rejudge(home, [boundary], because="分区已撤回")
    assert [(one.before, one.after) for one in judged.reporting_units] == [("held", "accepted")]
    assert "layer.boundary_mismatch" in judged.gone_rules
    assert overlay(home) == []


def test_an_older_boundary_is_not_held_against_the_zones(home: Home, tmp_path: Path) -> None:
    """A build does not cut by it: the newer one stays the latest."""
    import pyogrio

    file = changed(tmp_path, beyond_the_zones)
    meta, table = pyogrio.read_arrow(file)
    older = table.set_column(
        table.column_names.index("effective_from"), "effective_from", [["2015-01-01"] * table.num_rows]
    )
    pyogrio.write_arrow(
        older,
        tmp_path / "旧界线.gpkg",
        driver="GPKG",
        geometry_name=meta["geometry_name"],
        geometry_type=meta["geometry_type"],
        crs=meta["crs"],
    )
    name = send(home, BOUNDARIES, tmp_path / "旧界线.gpkg")
    assert "layer.boundary_mismatch" not in rules_of(home, name)
    assert overlay(home) == []


def test_townships_that_overlap_by_a_hair_are_accepted_and_built(home: Home, tmp_path: Path) -> None:
    name = send(home, BOUNDARIES, changed(tmp_path, overlapping(3e-11)))
    assert rules_of(home, name) == set()
    assert overlay(home) == []


def test_no_waiver_lets_in_a_boundary_that_cannot_be_built(home: Home, tmp_path: Path) -> None:
    from datetime import date

    name = send(home, BOUNDARIES, changed(tmp_path, overlapping(0.0003)))
    assert rules_of(home, name) == {"layer.overlap"}
    _, let_in = waive(
        home,
        "layer.overlap",
        "layer",
        approver="李局长",
        because="待勘界",
        until_on=date(2099, 1, 1),
        today=date(2026, 1, 1),
        dataset=BOUNDARIES,
    )
    assert let_in == []
    with pytest.raises(LookupError):
        accept(home, name, ["layer"], because="再试")
    (judged,) = rejudge(home, [name], because="已豁免")
    assert judged.new_rules == ("build.cannot_be_built", "layer.overlap")
    assert rules_of(home, name) == {"build.cannot_be_built"}
    assert overlay(home) == []


def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything pass that only this issue's checks hold, as homes of before it have it in force."""
    from ingestion.normalize import layer_checks
    from pipeline.intake import check

    monkeypatch.setattr(layer_checks, "partition_mismatch", lambda layer, table: [])
    monkeypatch.setattr(check, "partition_fault", lambda townships, zones: None)
    from ingestion import sandbox

    ran = sandbox.run

    def in_this_process(function, *given, **limits):
        if function is layer_checks.layer_checks:
            from ingestion.sandbox import Outcome

            return Outcome(function(*given))
        return ran(function, *given, **limits)

    monkeypatch.setattr(sandbox, "run", in_this_process)


def test_what_was_accepted_and_cannot_be_built_is_sent_back_alone(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(home) as ledger:
        before = ledger.accepted_fingerprint()
    with monkeypatch.context() as patched:
        unchecked(patched)
        name = send(home, BOUNDARIES, changed(tmp_path, beyond_the_zones))
        assert rules_of(home, name) == set()
    taken = build.run(home, steps=build.MARTS)
    assert taken["overlay"]["sent_back"] == [name]
    assert taken["transform"].get("model success", 0) > 50, "all others are built"
    assert rules_of(home, name) == {"build.cannot_be_built"}
    assert states(home) == ["accepted"] * 3 + ["held"]
    with Ledger.open(home) as ledger:
        assert ledger.accepted_fingerprint() == before, "the boundary that it had replaced is in force again"
        (notice,) = ledger.notices()
        assert (notice.kind, notice.detail["submission_id"]) == ("sent_back", name)
        assert name in notice.body and "warehouse rejudge" in notice.body
    receipt = (receipt_of(home, name) / "receipt.txt").read_text(encoding="utf-8")
    assert "未接收" in receipt and "已退回" in receipt
    assert overlay(home) == [], "the next build has nothing to send back"


def test_a_layer_that_geometry_functions_cannot_cut_is_sent_back_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spatial import overlay as overlays

    with Ledger.open(home) as ledger:
        (wetland,) = [one for one in ledger.submissions() if one.dataset == "wetland"]
    cut = overlays.overlay_batches

    def failing(features, area_cells):
        raise GEOSException("TopologyException: side location conflict")

    monkeypatch.setattr(overlays, "overlay_batches", failing)
    assert overlay(home) == [wetland.submission_id]
    monkeypatch.setattr(overlays, "overlay_batches", cut)
    assert states(home) == ["accepted", "accepted", "held"]
    (judged,) = rejudge(home, [wetland.submission_id], because="已查明")
    assert [(one.before, one.after) for one in judged.reporting_units] == [("held", "accepted")]
    assert overlay(home) == []


def test_area_cells_that_overlap_are_the_fault_of_no_layer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from spatial import overlay as overlays
    from spatial.cutting import OverlappingPartition

    def failing(features, area_cells):
        raise OverlappingPartition("area cells overlap each other")

    with Ledger.open(home) as ledger:
        last = max((one for one in ledger.current_units() if one.dataset in (BOUNDARIES, ZONES)), key=came_in_force)
    monkeypatch.setattr(overlays, "overlay_batches", failing)
    assert overlay(home) == [last.submission_id]
    assert states(home).count("held") == 1


def came_in_force(one: UnitVersion) -> datetime:
    return one.accepted_at


@pytest.mark.parametrize("what", ["damaged", "gone"])
def test_a_layer_that_is_read_otherwise_during_a_build_is_in_it_as_it_is_read_now(
    home: Home, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """In a home whose build database and overlays hold the first reading."""
    build.run(home, steps=("overlay", "sync"))
    with Ledger.open(home) as ledger:
        (wetland,) = [one for one in ledger.submissions() if one.dataset == "wetland"]
    rows = read_staged(home, str(wetland.staged_as), "wetland").num_rows

    def without_the_last(job: ReadJob) -> tuple[Reading, object]:
        reading, ran = read_limited(job)
        table = read_staged(job.home, str(reading.staged_as), "wetland").slice(0, rows - 1)
        reporting_units = [replace(one, content_hash="0" * 64) for one in reading.reporting_units]
        staged_as = write_staged(job.home, job.submission_id, "wetland", table)
        return replace(reading, staged_as=staged_as, reporting_units=reporting_units), ran

    monkeypatch.setattr(restage, "read_limited", without_the_last)
    staged = home.absolute(str(wetland.staged_as))
    if what == "gone":
        staged.unlink()
    else:
        staged.write_bytes(staged.read_bytes()[:-1] + b"?")
        shutil.rmtree(home.overlays)  # it is read, and found damaged, where it is cut
    taken = build.run(home, steps=("overlay", "sync"))
    assert taken["sync"]["missing_overlays"] == [] and taken["sync"]["changes"]["wetland"]["deleted"] == rows
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        assert con.execute("select count(*) from raw.wetland").fetchall() == [(rows - 1,)]
        cut = con.execute("select count(distinct row_id) from raw.overlay where dataset = 'wetland'").fetchall()
    assert cut == [(rows - 1,)]
    assert build.run(home, steps=("overlay", "sync"))["sync"]["changes"] == {}


def test_a_crash_after_it_was_sent_back_loses_no_notice(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that is sent back a second time is told of a second time."""
    from pipeline.intake import rejudge as judging

    with Ledger.open(home) as ledger:
        (wetland,) = [one for one in ledger.submissions() if one.dataset == "wetland"]
    fault = CannotBeBuilt(wetland.submission_id, "TopologyException")

    def crashes(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, Ledger.open(home) as ledger:
        patched.setattr(judging, "after_taking_back", crashes)
        with pytest.raises(KeyboardInterrupt):
            send_back.send_back(home, ledger, fault)
        assert ledger.get(wetland.submission_id).state == "held"
        assert [one.kind for one in ledger.notices()] == ["sent_back"]
    rejudge(home, [wetland.submission_id], because="已查明")
    with Ledger.open(home) as ledger:
        send_back.send_back(home, ledger, fault)
        assert [one.detail["submission_id"] for one in ledger.notices()] == [wetland.submission_id] * 2
    assert home.notices_file.read_text(encoding="utf-8").count("[sent_back]") == 2


def test_a_fault_of_our_own_fails_the_build_and_nobody_is_sent_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spatial import overlay as overlays

    def full(features, area_cells):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(overlays, "overlay_batches", full)
    with pytest.raises(OSError):
        overlay(home)
    assert states(home) == ["accepted"] * 3


def test_what_cannot_be_built_of_the_past_sends_nothing_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        unchecked(patched)
        name = send(home, BOUNDARIES, changed(tmp_path, beyond_the_zones))
    with Ledger.open(home) as ledger:
        moment = ledger.events()[-1].at
        with pytest.raises(CannotBeBuilt, match=name):
            send_back.overlay(home, ledger, moment)
    assert states(home) == ["accepted"] * 4


TRAPS = SAMPLES / "traps"
POOL = [
    BOUNDARY,
    ZONE_FILE,
    WETLAND,
    next((TRAPS / BOUNDARIES).iterdir()),
    next((TRAPS / ZONES).iterdir()),
    TRAPS / "wetland" / "湿地2025（重叠）.zip",
    SAMPLES / "clean" / "land_parcel" / "北呈乡2024年地类图斑.gpkg",
]


@pytest.fixture(scope="module")
def made_boundaries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("made") / BOUNDARIES
    return [
        write_boundary(folder / "外扩.gpkg", beyond_the_zones),
        write_boundary(folder / "重叠.gpkg", overlapping(0.0003)),
        write_boundary(folder / "略叠.gpkg", overlapping(3e-11)),
    ]


def ends_in_an_overlay(files: list[Path], folder: Path) -> None:
    home = Home(folder / "home").ensure()
    for number, file in enumerate(files):
        put(home, file.parent.name, file, str(number))
        load(home, build_marts=False)
    build.overlay(home)
    with Ledger.open(home) as ledger:
        assert len(ledger.submissions()) == len(files)
        assert all(one.is_balanced for one in ledger.balance())
    assert build.overlay(home)["cut"] == 0


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_samples_and_traps_ends_in_an_overlay(
    data: st.DataObject, made_boundaries: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = data.draw(st.lists(st.sampled_from([*POOL, *made_boundaries]), min_size=3, max_size=5, unique=True))
    ends_in_an_overlay(files, tmp_path_factory.mktemp("order"))


@pytest.fixture
def without_receipts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built depends on no receipt; written for two hundred submissions, they take most of the time."""
    cheapen(monkeypatch, has_receipts=False)


@pytest.mark.thorough
@pytest.mark.usefixtures("without_receipts")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_samples_and_traps_ends_in_an_overlay_thoroughly(
    data: st.DataObject, made_boundaries: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = data.draw(st.permutations([*POOL, *made_boundaries]))
    ends_in_an_overlay(files, tmp_path_factory.mktemp("order"))
