"""`warehouse check` says of a file what loading it then does, in every state of the warehouse: empty, loaded, corrected,
approved, with waivers. Each file is checked, then loaded into the very same home, of which then only the ledger is put
back: so every file meets the same state.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pipeline.intake.dry_run import check_files
from pipeline.intake.receive import batches, decide, read_batch, receive
from pipeline.intake.waive import waive
from pipeline.release.approve import approve
from pipeline.run import load
from tests.support.answers import SAMPLES, key
from tests.support.cheap_intake import cheapen
from tests.support.copies import copy_of
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = pytest.mark.slow

STATES = ("empty", "loaded", "corrected", "approved", "waived")
CHOSEN = [
    "clean/admin_boundary/上党区行政区XZQ_2021.gpkg",
    "clean/planning_zone/规划分区（整治区、修复区）.geojson",
    "clean/ecology/2025生态年报-上党.xls",
    "clean/rural_waste/韩店街道2025年一季度垃圾处理报表.xlsx",
    "clean/project_ledger/重点工程台账（2025年6月更新）.xlsx",
    "clean/project_progress/上党区2025年6月份重点项目进展.xlsx",
    "traps/ecology/生态年报（保护湿地大于湿地）.xlsx",
    "traps/rural_waste/垃圾季报2025第五季度.xlsx",
    "traps/wetland/湿地2025（重叠）.zip",
    "traps/planning_zone/规划分区（五龙山含苏店全部）.geojson",
]
SEQUENCE = sorted((SAMPLES / "sequence").glob("*/ecology/*"))
WAIVED = ("project_progress.cumulative_falls", "traps/project_progress/重点工程月报2025年7月（累计下降）.xlsx")
Outcome = tuple[dict[tuple[str, str | None], str], Counter[tuple[str, str, str | None]]]


def put(home: Home, file: Path) -> None:
    inbox = home.inbox / file.parent.name
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, inbox / file.name)


def found_by_check(home: Home, file: Path) -> Outcome:
    (verdict,) = check_files(home, [file])
    states = {(one.reporting_unit, one.period): one.state for one in verdict.outcomes}
    return states, Counter((one.rule_id, one.severity, one.reporting_unit) for one in verdict.findings)  # type: ignore[return-value]


def loaded(home: Home, file: Path) -> Outcome:
    put(home, file)
    (family,) = receive(home, settle_seconds=0) or [None]
    if family:
        for batch in batches(home, family):
            read_batch(home, batch)
        decide(home, family)
    with Ledger.open(home) as ledger:
        name = ledger.submissions()[-1].submission_id
        states = {(one.reporting_unit, one.period): one.state for one in ledger.reporting_units(name)}
        return states, Counter((one.rule_id, one.severity, one.reporting_unit) for one in ledger.findings(name))  # type: ignore[return-value]


@contextmanager
def put_back(home: Home) -> Iterator[None]:
    """After the block, the ledger is as it was before it."""
    kept = home.ledger_file.with_suffix(".kept")
    shutil.copyfile(home.ledger_file, kept)
    yield
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith("ledger.sqlite-")] == []  # all closed
    kept.replace(home.ledger_file)


def in_state(state: str, clean_home: Home, folder: Path) -> Home:
    home = Home(folder / "home")
    if state == "empty":
        Ledger.open(home.ensure()).close()
        return home
    copy_of(clean_home, home.root)
    if state == "corrected":
        put(home, next((SAMPLES / "sequence" / "04_correction" / "ecology").iterdir()))
        load(home, build_marts=False)
    if state == "approved":
        approve(home, "王局长", close_incomplete=True)
    if state == "waived":
        rule, file = WAIVED
        (verdict,) = check_files(home, [SAMPLES / file])
        for reporting_unit in {item.reporting_unit for item in verdict.findings if item.rule_id == rule}:
            until, today = date(2099, 1, 1), date(2026, 1, 1)
            waive(home, rule, str(reporting_unit), approver="李局长", because="核实中", until_on=until, today=today)
    return home


def differing(home: Home, files: list[Path]) -> list[str]:
    wrong = []
    for file in files:
        with put_back(home):
            checked, happened = found_by_check(home, file), loaded(home, file)
        if checked != happened:
            wrong.append(f"{file.name}: {checked} ≠ {happened}")
    return wrong


@pytest.fixture(autouse=True)
def cheap_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch, has_receipts=False)


@pytest.mark.parametrize("state", STATES)
def test_check_says_what_load_does(state: str, clean_home: Home, tmp_path: Path) -> None:
    home = in_state(state, clean_home, tmp_path)
    assert differing(home, [*(SAMPLES / name for name in CHOSEN), *SEQUENCE[:4]]) == []


def test_what_a_waiver_lets_in_is_accepted_with_a_warning_by_check_and_by_load(
    clean_home: Home, tmp_path: Path
) -> None:
    home, (rule, file) = in_state("waived", clean_home, tmp_path), WAIVED
    states, rules = found_by_check(home, SAMPLES / file)
    assert set(states.values()) == {"accepted"}
    assert any((rule_id, severity) == (rule, "warning") for rule_id, severity, _ in rules)
    assert loaded(home, SAMPLES / file) == (states, rules)
    with Ledger.open(home) as ledger:
        name = ledger.submissions()[-1].submission_id
        assert {item.lifted_by for item in ledger.findings(name) if item.rule_id == rule} == {"W000001"}


@pytest.mark.thorough
@pytest.mark.parametrize("state", STATES)
def test_check_says_what_load_does_with_every_sample(state: str, clean_home: Home, tmp_path: Path) -> None:
    home = in_state(state, clean_home, tmp_path)
    assert differing(home, [SAMPLES / row["file"] for row in key("expected_rows")]) == []


def test_a_closed_period_holds_only_what_differs_from_what_is_in_force(copied_home: Home) -> None:
    """After an approval, a file in force is unchanged, in `check` as in `load`."""
    approve(copied_home, "王局长")
    file = SAMPLES / "clean" / "rural_waste" / "上党区2025年三季度农村生活垃圾处理季报.xlsx"
    states, rules = found_by_check(copied_home, file)
    assert set(states.values()) == {"unchanged"}
    assert list(rules) == [("version.identical_file", "info", None)]
    assert loaded(copied_home, file) == (states, rules)
