"""Writes the public set of a build that is being published: marts, maps, report and workbooks of what anybody may see, in a folder of
its own. Called by pipeline.build.publishing, once the build's own are whole.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.build import documents, maps, report
from reporting.mart_models import public_columns
from warehouse.ledger import GateOverride
from warehouse.marts import DATABASE, PUBLIC, copy_columns

if TYPE_CHECKING:
    from reporting.workbooks import About


def write(folder: Path, about: "About", let_through: Sequence[GateOverride]) -> None:
    """Write the folder `public` of a build, from the public columns of its published marts (`meta.audience` of the models), in
    which persons are masked already; everything else in it is made of these.
    """
    public = folder / PUBLIC
    copy_columns(folder / DATABASE, public, public_columns())
    maps.write_public(folder, public)
    report.write_public(public, let_through)
    documents.write_public(public, about)
