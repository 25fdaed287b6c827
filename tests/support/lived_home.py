"""A small home with a history: a few samples, then what people did. As large as a test of backup and restore needs."""

import shutil
from datetime import date
from pathlib import Path

from pipeline.build import run as build
from pipeline.intake.accept import accept
from pipeline.intake.waive import waive
from pipeline.release.approve import approve
from pipeline.run import load
from tests.support.answers import SAMPLES
from warehouse.home import Home
from warehouse.ledger import Ledger

FIRST = (
    "clean/admin_boundary/上党区行政区XZQ_2021.gpkg",
    "clean/planning_zone/规划分区（整治区、修复区）.geojson",
    "clean/land_parcel/上党区2023年地类图斑DLTB.zip",
    "clean/land_parcel/荫城镇_DLTB_2024.zip",
    "clean/project_ledger/重点工程台账（2025年6月更新）.xlsx",
    "clean/project_site/项目红线202412.zip",
    "clean/project_site/2025年6月项目红线.gpkg",
    "clean/ecology/上党区2023年生态状况年报.xlsx",
    "clean/rural_waste/上党区2025年二季度农村生活垃圾处理季报.xlsx",
    "sequence/01_original/ecology/上党区2024年生态状况年报.xlsx",
)
CORRECTION = "sequence/04_correction/ecology/上党区2024年生态状况年报（更正）.xlsx"
OLD_AGAIN = "sequence/05_late_old_again/ecology/上党区2024年生态状况年报.xlsx"
AFTER_APPROVAL = "sequence/06_partial/ecology/苏店镇2024年生态状况更正.xlsx"
LATE = "clean/rural_waste/上党区2025年三季度农村生活垃圾处理季报.xlsx"


def put(home: Home, *samples: str) -> None:
    """Drop samples into the inbox, each into its dataset's folder."""
    for name in samples:
        target = home.inbox / Path(name).parent.name / Path(name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLES / name, target)


def live(home: Home) -> str:
    """Load, correct, confirm, waive, withdraw, build, approve, correct again; everything is published. Gives the edition."""
    home.ensure()
    put(home, *FIRST)
    load(home, build_marts=False)
    put(home, CORRECTION)
    load(home, build_marts=False)
    put(home, OLD_AGAIN)
    load(home, build_marts=False)
    waive(
        home,
        "land_use.land_total_vs_boundary",
        "荫城镇",
        approver="李局长",
        because="界线调整中",
        until_on=date(2040, 1, 1),
        today=date(2026, 1, 1),
    )
    build.run(home)
    edition: str = approve(home, "王局长", period="2024", because="上报")["edition"]
    put(home, AFTER_APPROVAL)
    load(home, build_marts=False)
    with Ledger.open(home) as ledger:
        held = ledger.submissions(dataset="ecology", states=("held",))[-1]
        waste = ledger.submissions(dataset="rural_waste")[0]
    accept(home, held.submission_id, ["苏店镇"], because="更正", decided_by="王科长")
    with Ledger.open(home) as ledger:
        reporting_unit = ledger.reporting_units(waste.submission_id)[0]
        ledger.withdraw(
            waste.submission_id,
            [(reporting_unit.reporting_unit, reporting_unit.period)],
            because="误报",
            decided_by="王科长",
        )
    build.run(home)
    return edition
