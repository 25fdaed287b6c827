"""What every file that means harm takes until it is answered: seconds of the processor and of the clock, and peak
resident memory.

Run: python -m bench.hostile [WORDS OF A CASE]. Writes nothing but temporary files; prints a table.
"""

import sys
import tempfile
from pathlib import Path

from ingestion.sandbox import Outcome
from pipeline.intake.receive import read_batch, receive
from tests.support.hostile import CASES, WRONG_EVERYWHERE, Case, recorded_runs
from warehouse.home import Home
from warehouse.ledger import Ledger

MOST_SECONDS, MOST_MEGABYTES = 10.0, 512.0


def main(words: list[str]) -> None:
    """Measures the cases whose name holds all of the words. Raises SystemExit 1 when one takes more than is promised."""
    cases = CASES | {"wrong everywhere": WRONG_EVERYWHERE}
    names = [name for name in cases if all(word in name for word in words)]
    slow = []
    for name in names:
        rules, runs = _received(cases[name])
        seconds, megabytes = sum(run.cpu_seconds for run in runs), max(run.peak_megabytes for run in runs)
        print(
            f"{name:32} {seconds:6.2f} CPU s {sum(run.seconds for run in runs):6.2f} s {megabytes:5.0f} MB  {rules}",
            flush=True,
        )
        if seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES:
            slow.append(name)
    print(f"{len(names)} files, {len(slow)} beyond {MOST_SECONDS} CPU s or {MOST_MEGABYTES} MB: {'、'.join(slow)}")
    raise SystemExit(1 if slow else 0)


def _received(case: Case) -> tuple[str, list[Outcome]]:
    """The rules that a file is answered with, and every limited process that it took: recognised, read, answered."""
    with tempfile.TemporaryDirectory() as folder, recorded_runs() as runs:
        home = Home(Path(folder) / "home").ensure()
        (home.inbox / case.dataset).mkdir(parents=True)
        (home.inbox / case.dataset / case.name).write_bytes(case.content(str(Path(folder) / "secret.csv")))
        receive(home, settle_seconds=0)
        with Ledger.open(home) as ledger:
            (submission,) = ledger.submissions()
        if submission.state == "received":
            read_batch(home, [submission.submission_id])
        with Ledger.open(home) as ledger:
            rules = {item.rule_id for item in ledger.findings(submission.submission_id)}
    return "、".join(sorted(rules)) or "read", runs


if __name__ == "__main__":
    main(sys.argv[1:])
