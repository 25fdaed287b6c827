"""The inbox as others use it: what waits in it, what is not taken and why, and putting files into it. Called by the
inbox's watcher, the command line and the demo.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ingestion.inbox import scan
from ingestion.inbox_ignored import Ignored, ignored
from ingestion.inbox_limits import LONGEST_WAIT_SECONDS, SETTLE_SECONDS
from pipeline.intake.known_arrivals import KnownArrivals
from warehouse.archive import content_hash
from warehouse.home import Home
from warehouse.ledger import Ledger

__all__ = ["LONGEST_WAIT_SECONDS", "SETTLE_SECONDS", "Ignored", "drop", "not_taken", "scan"]


def not_taken(home: Home) -> list[Ignored]:
    """What lies in the inbox and is not taken, by path, with the reason: links, hidden and unfinished files, what lies too
    deep, what cannot be read, what was set aside or is still claimed, and what was received but cannot be removed.
    """
    stays: list[Ignored] = []
    if waiting := scan(home.inbox, settle_seconds=0):
        with Ledger.open(home) as ledger:
            known = KnownArrivals(ledger)
            stays.extend(
                Ignored(os.fsencode(member.relative_to(home.inbox)).decode(errors="replace"), "stays")
                for incoming in waiting
                if known.get(incoming.arrival_key) is not None
                for member in incoming.members
            )
    return sorted([*ignored(home.inbox), *stays], key=lambda one: one.path)


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
