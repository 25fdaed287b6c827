"""A receipt costs what the file holds, not what its ranges span: each of these small workbooks is marked in seconds, by a
process within the memory that a file is promised to take.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.costly_workbooks import CASES, with_comments, write
from warehouse.home import CHECKOUT

SECONDS, MEGABYTES = 10, 512  # of CPU, and resident: what any small file may take, its receipt included
MARKS = """
import json, resource, sys
from pathlib import Path
from contracts import finding
from ingestion.receipts import SubmissionSummary, UnitSummary
from ingestion.receipts.write import write_receipt

for line in sys.stdin:
    original = Path(line.rstrip("\\n"))
    before = resource.getrusage(resource.RUSAGE_SELF)
    made = write_receipt(
        original.parent / "receipts" / original.stem,
        original=original,
        file_name=original.name,
        submission=SubmissionSummary("S1", "ecology", "2026-01-20T10:05:00+08:00"),
        findings=[finding("contract.missing_value", reporting_unit="140404102", cell="B3:C3", title="面积")],
        reporting_units=[UnitSummary("140404102", "2025", "held")],
        table=None,
    )
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # of this program alone: ru_maxrss would begin with what the process held that started it
    (peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    print(json.dumps([original.stem, seconds, int(peak) / 1024, str(made.workbook)]))
"""
AS_LISTS = {
    "a hundred thousand merged ranges",
    "names",
    "sheets",
    "strings",
}  # so many parts that their copy would take minutes


@pytest.mark.slow
def test_a_receipt_costs_what_the_file_holds(tmp_path: Path) -> None:
    """One process marks all, so that none of them alone takes more memory than the most of it; a hang ends it."""
    paths = [write(tmp_path, case) for case in CASES] + [with_comments(tmp_path)]
    assert max(path.stat().st_size for path in paths) < 1 << 20
    ran = subprocess.run(
        [sys.executable, "-c", MARKS],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=600,
        check=True,
    )
    made = {name: rest for name, *rest in map(json.loads, ran.stdout.splitlines())}
    assert list(made) == [path.stem for path in paths]
    assert {name: seconds for name, (seconds, _, _) in made.items() if seconds >= SECONDS} == {}
    assert {name: memory for name, (_, memory, _) in made.items() if memory >= MEGABYTES} == {}
    assert {
        name for name, (_, _, workbook) in made.items() if b"sheet2.xml" not in Path(workbook).read_bytes()
    } == AS_LISTS
