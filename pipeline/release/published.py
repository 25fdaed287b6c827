"""What is published: the current build, the editions, the database and the report of any of them. Called by the command
line.
"""

from dataclasses import dataclass
from pathlib import Path

from reporting.report.files import PAGES, REPORT
from warehouse import builds, editions, pins
from warehouse.editions import Edition, UnknownBuild
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.marts import DATABASE


@dataclass(frozen=True)
class CurrentBuild:
    """The build that `current` points to."""

    build_id: str
    folder: Path


def current_build(home: Home) -> CurrentBuild | None:
    """The build that readers see; None before the first publication."""
    folder, made = builds.current(home), builds.manifest(home)
    return CurrentBuild(made["build_id"], folder) if folder and made else None


def pin(home: Home) -> str | None:
    """Who pinned the current build by a rollback, since when and why; None where nobody did."""
    with Ledger.open(home) as ledger:
        held = pins.pinned(ledger)
    return pins.pin_in_words(held) if held else None


def approved_editions(home: Home) -> list[Edition]:
    """Every approved edition, by period and number."""
    return editions.approved(home)


def database_of(home: Home, name: str) -> Path:
    """The database of an edition (2025-07.1), of a build by its id, or of `current` or `previous`.

    Raises warehouse.editions.UnknownBuild.
    """
    return editions.folder_of(home, name) / DATABASE


def report_of(home: Home, name: str, language: str) -> Path:
    """The page of the report of an edition, of a build by its id, or of `current` or `previous`, in Chinese (zh) or
    English (en).

    Raises UnknownBuild, also where that build has no report, or nothing is published.
    """
    page = editions.folder_of(home, name) / REPORT / PAGES[language]
    if not page.is_file():
        raise UnknownBuild(
            f"{name} 没有报告：它比报告这项功能早，或没有任何目标数据；新的构建会有 (has no report: it is older than reports, or "
            "has no figures of the targets; a new build has one): warehouse publish --force"
        )
    return page
