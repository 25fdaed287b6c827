"""A copy of a home that several workers read."""

import shutil
from pathlib import Path

from warehouse.home import Home

# Beside a ledger that was closed they hold nothing; who reads it makes them and takes them away while others copy.
OF_AN_OPEN_LEDGER = ("*-wal", "*-shm")


def copy_of(home: Home, root: Path) -> Home:
    """A copy of a home that nobody changes meanwhile, under another root."""
    shutil.copytree(home.root, root, symlinks=True, ignore=shutil.ignore_patterns(*OF_AN_OPEN_LEDGER))
    return Home(root)
