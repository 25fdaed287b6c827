"""The marts as of a moment: made anew from the ledger as it stood then, and compared with the build that was published
then. `warehouse as-of` calls it.
"""

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from contracts.calendar import DISTRICT_TIME
from pipeline.build import run as build
from pipeline.release.comparison import differing
from pipeline.release.home_view import view_of
from warehouse import builds, editions
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import copy_marts

REPORT = "as_of.json"


def as_of(home: Home, asked: str, into: Path) -> dict[str, Any]:
    """Make the marts as of a moment (2026-03-01T12:00+08:00), or as of an edition or build by its name, into a folder
    that is not there.

    Nothing is written anywhere else.
    The folder then holds warehouse.duckdb and parquet/ as an edition does. Returns {"as_of", "published": the build
    that was current then, None before the first or when it is gone, "different": its marts whose rows differ,
    "same_code", "path"}. Raises FileExistsError, editions.UnknownBuild, ValueError for what is no moment,
    pipeline.failures.TransformFailed.
    """
    if into.exists() and any(into.iterdir()):
        raise FileExistsError(f"{into} 不是空文件夹 (is not empty)")
    moment, then = _moment(home, asked)
    day = (then and build.as_of_date(then / builds.DATABASE)) or moment.astimezone(DISTRICT_TIME).date()
    tables = make_marts(home, moment, day, into)
    code_version = build.code_version()
    published = json.loads((then / builds.MANIFEST).read_text(encoding="utf-8")) if then else None
    report = {
        "as_of": moment.isoformat(),
        "published": published and published["build_id"],
        "different": differing((published["tables"], then / builds.DATABASE), (tables, into / builds.DATABASE))
        if published and then
        else [],
        "same_code": published is not None and published["code_version"] == code_version,
        "path": str(into),
    }
    made = {**report, "tables": tables, "code_version": code_version}
    (into / REPORT).write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


def make_marts(home: Home, moment: datetime, day: date, into: Path) -> dict[str, dict[str, Any]]:
    """Make the marts as of a moment, and of the day by which reports were expected, into a folder; gives what a manifest
    says of them.

    Overlays and spatial derivations of that moment are computed where they are missing. Raises as
    pipeline.build.run.run does.
    """
    work = into / "build" / "warehouse.duckdb"
    view = view_of(home, work.parent / "home")
    build.run(view, build.Scope(as_of=moment, as_of_date=day, database=work), build.MARTS)
    marts = copy_marts(work, into, build.public_tables(work))
    shutil.rmtree(work.parent)
    return {name: mart.as_dict() for name, mart in marts.items()}


def _moment(home: Home, asked: str) -> tuple[datetime, Path | None]:
    """The moment asked for, and the folder of the build that showed it."""
    try:
        moment = datetime.fromisoformat(asked)
    except ValueError:
        folder = editions.folder_of(home, asked)
        return datetime.fromisoformat(
            json.loads((folder / builds.MANIFEST).read_text(encoding="utf-8"))["as_of"]
        ), folder
    moment = moment if moment.tzinfo else moment.replace(tzinfo=DISTRICT_TIME)
    return moment, _published_at(home, moment)


def _published_at(home: Home, moment: datetime) -> Path | None:
    with Ledger.open(home) as ledger:
        earlier = ledger.published_at(moment)
    if earlier is None:
        return None
    folder = home.absolute(earlier.path)
    return folder if (folder / builds.MANIFEST).is_file() else None
