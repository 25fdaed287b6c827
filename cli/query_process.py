"""What `warehouse query` asks of its own process: memory that DuckDB does not count, and an end when a statement has none."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from cli.errors import FAILED, INTERRUPTED, report, report_interruption

if TYPE_CHECKING:
    from warehouse.serving import QueryStuck

# Beyond DuckDB's own limit: for Python's rows, the threads' stacks, and what functions make outside of that limit.
FURTHER_MEGABYTES = 512
DATA_FIELD = 5  # of /proc/self/statm: pages of data and stack


@contextmanager
def memory_held_to(megabytes: int) -> Iterator[None]:
    """Until the block ends, this process gets so much memory and FURTHER_MEGABYTES beyond what it has.

    Without it one call of a function takes what it likes: repeat('x', 2000000000) took 2.1 GB under a limit of 256 MB.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[DATA_FIELD])
    most = pages * resource.getpagesize() + ((megabytes + FURTHER_MEGABYTES) << 20)
    if before[0] != resource.RLIM_INFINITY:
        most = min(most, before[0])
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def end_process(error: "QueryStuck") -> NoReturn:
    """Say why, and end this process at once: a thread of it works on and cannot be ended otherwise."""
    if error.interrupted:
        report_interruption()
    else:
        report(error)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED if error.interrupted else FAILED)
