"""Writes the report of a build that is being published, for pipeline.build.publishing: with what changed since the last
edition, where one stands.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.build import revisions
from warehouse import editions
from warehouse.home import Home
from warehouse.ledger import GateOverride
from warehouse.marts import DATABASE

if TYPE_CHECKING:
    from reporting.report.quality import LetThrough

log = logging.getLogger(__name__)


def write(home: Home, folder: Path, let_through: Sequence[GateOverride]) -> None:
    """Write the folder `report` of a build, whose marts and maps are in its folder already. let_through: the overrides by
    which it is published.
    """
    from reporting.report import page

    edition = editions.last_standing(home)
    before = home.editions / edition.edition / DATABASE if edition else None
    changed = None
    if before and before.is_file():
        rows = revisions.revision_rows(before, folder / DATABASE)
        changed = [dict(zip(revisions.COLUMNS, row, strict=True)) for row in rows]
    since = edition.edition if edition else None
    pages = page.write(folder, folder / DATABASE, since=since, revision=changed, let_through=_shown(let_through))
    log.info("report: %s", ", ".join(pages) or "none, the build has no targets")


def write_public(public: Path, let_through: Sequence[GateOverride]) -> None:
    """Write the folder `report` of the public set of a build, whose marts and maps are in its folder already."""
    from reporting.report import page

    page.write(public, public / DATABASE, is_public=True, let_through=_shown(let_through))


def _shown(overrides: Sequence[GateOverride]) -> "list[LetThrough]":
    from expectations.gate_words import says
    from reporting.report.quality import LetThrough

    return [
        LetThrough(tuple(says(check) for check in one.checks), one.because, one.decided_by, one.decided_at)
        for one in overrides
    ]
