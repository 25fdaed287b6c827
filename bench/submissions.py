"""CPU seconds that each sample file's reading takes, in a child forked as the sandbox forks it: giving up its rights,
reading, normalizing, validating, staging.

Run: python -m bench.submissions. Writes nothing but temporary files; prints median, mean and sum.
"""

import gc
import importlib
import os
import statistics
import sys
import tempfile
from pathlib import Path

from ingestion.sandbox.client import PRELOADED
from ingestion.sandbox.host import GARBAGE_THRESHOLDS
from ingestion.sandbox.rights import Rights
from pipeline.intake.parse import ReadJob, read
from pipeline.intake.sandbox_policy import FOR_READING, files_of
from warehouse.home import CHECKOUT, Home

CLEAN = CHECKOUT / "samples" / "clean"


def main() -> None:
    """Reads every clean sample once and prints what a file took."""
    for name in (*PRELOADED, *FOR_READING):
        module, _, function = name.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with tempfile.TemporaryDirectory() as folder:
        home, rights = Home(Path(folder) / "home").ensure(), Rights(network=False)
        seconds = [_seconds(path, home, rights) for path in sorted(CLEAN.glob("*/*")) if path.is_file()]
    print(
        f"{len(seconds)} files: median {statistics.median(seconds):.3f}, mean {statistics.mean(seconds):.3f}, "
        f"all {sum(seconds):.1f} CPU s"
    )


def _seconds(path: Path, home: Home, rights: Rights) -> float:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            rights.give_up(sorted(files_of(path)), [home.root])
            tempfile.tempdir = str(home.root)
            read(ReadJob(path.stem, path, path.name, path.parent.name, home))
            status = 0
        finally:
            os._exit(status)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{path.name} was not read")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
