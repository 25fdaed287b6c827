"""The inbox as others use it: what waits in it, and putting files into it. Called by the inbox's watcher and the demo."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from ingestion.inbox import scan
from warehouse.archive import content_hash
from warehouse.home import Home
from warehouse.ledger import Ledger

__all__ = ["drop", "scan"]


def drop(home: Home, folder: Path, files: Iterable[Path]) -> int:
    """Copy files of a folder into the home's inbox, under the same names; those whose bytes were received before are
    left out. Returns how many were copied.

    files: relative to the folder. A file appears in the inbox whole. Raises OSError.
    """
    home.ensure()
    count = 0
    with Ledger.open(home) as ledger:
        for file in files:
            if ledger.by_sha256(content_hash([folder / file])):
                continue
            target = home.inbox / file
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.part")
            shutil.copyfile(folder / file, partial)
            partial.rename(target)
            count += 1
    return count
