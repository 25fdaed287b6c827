"""What is published: the current build, the editions, and the database of any of them. Called by the command line."""

from dataclasses import dataclass
from pathlib import Path

from warehouse import builds, editions
from warehouse.editions import Edition
from warehouse.home import Home
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


def approved_editions(home: Home) -> list[Edition]:
    """Every approved edition, by period and number."""
    return editions.approved(home)


def database_of(home: Home, name: str) -> Path:
    """The database of an edition (2025-07.1), of a build by its id, or of `current` or `previous`.

    Raises warehouse.editions.UnknownBuild.
    """
    return editions.folder_of(home, name) / DATABASE
