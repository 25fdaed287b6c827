"""A few of the clean samples that depend on each other: boundaries, zones, layers, the project ledger and what reports on
it, and tables in several periods. What a test shows of them holds of all, unless `thorough` tests say otherwise.
"""

import shutil
from collections.abc import Iterable

from tests.support.answers import SAMPLES
from warehouse.home import Home

BOUNDARIES = ("admin_boundary/上党区行政区XZQ_2021.gpkg", "planning_zone/规划分区（整治区、修复区）.geojson")
LAYERS = ("forest_land/林地2024.gpkg", "project_site/2025年6月项目红线.gpkg")
EARLIER_REPORTS = (
    "ecology/上党区2023年生态状况年报.xlsx",
    "ecology/上党区2024年生态状况年报（终稿）.xlsx",
    "land_use/上党区2024年地类面积（长表）.csv",
    "project_acceptance/上党区验收台账2024（含农业农村局）.xlsx",
    "rural_waste/农村垃圾季报2024-3.xls",
    "rural_waste/农村垃圾季报2024-4.xlsx",
)
LATER_REPORTS = (
    "ecology/2025生态年报-上党.xls",
    "project_ledger/重点工程台账（2025年6月更新）.xlsx",
    "project_progress/2025年5月重点工程进度月报（报送版）.xlsx",
    "project_progress/上党区2025年6月份重点项目进展.xlsx",
    "supervision/上党区2025年重点工程监督检查记录.xlsx",
)
FEW_SAMPLES = (*BOUNDARIES, *LAYERS, *EARLIER_REPORTS, *LATER_REPORTS)


def put(home: Home, group: str, *files: str) -> None:
    """Copy samples of a group (clean, traps, sequence/<step>) into the inbox, whether or not they were received before."""
    for file in files:
        target = home.inbox / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLES / group / file, target)


def clean_files(datasets: Iterable[str]) -> list[str]:
    """Clean samples of datasets, as `<dataset>/<file>`."""
    root = SAMPLES / "clean"
    return sorted(path.relative_to(root).as_posix() for name in datasets for path in (root / name).iterdir())
