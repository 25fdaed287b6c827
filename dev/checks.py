"""Runs the steps of `make lint`, `make test`, `make test-fast` and `make test-all` side by side, and says what each took.

`python -m dev.checks lint|test|test-fast|test-all`: each step's output is printed when the step ends, unless it is to be
followed live; the exit status is 1 when one of them failed. They share nothing but caches of their own: every test
session has its own homes and ports.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, NamedTuple

PYTHON = sys.executable
BIN = Path(PYTHON).parent
# Two workers: `make test` is to take 8 minutes on two cores. Their order is that of tests/conftest.py.
PYTEST = (str(BIN / "pytest"), "-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
DEPLOYMENT = "tests/deploy"
SMALL = "not external and not thorough"
LEAST_PRIORITY = ("nice", "-n", "15")


def is_ci() -> bool:
    """Whether this is a CI machine, by the variable that CI services set."""
    return os.environ.get("CI", "").lower() in ("1", "true")


class Step(NamedTuple):
    """command: what is run; is_live: its output is shown as it comes; gives_way: it runs with less priority than what
    runs beside it.
    """

    command: Sequence[str]
    is_live: bool = False
    gives_way: bool = False


LINT: dict[str, Step] = {
    "format": Step((str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    "ruff": Step((str(BIN / "ruff"), "check", "--quiet", ".")),
    "types": Step((str(BIN / "mypy"),)),
    "imports": Step((str(BIN / "lint-imports"),)),
    "sql": Step((PYTHON, "-m", "dev.lint_sql")),
    "generated files": Step((PYTHON, "-m", "dev.generate", "--check")),
    "dead code": Step((str(BIN / "vulture"),)),
}
# A running Airflow is held to seconds (a receipt within a minute): beside it only what gives way to it.
BEFORE_TESTS: dict[str, Step] = {
    "tests of deployment": Step((*PYTEST[:1], "-m", SMALL, DEPLOYMENT), is_live=True),
    "lint": Step((PYTHON, "-m", "dev.checks", "lint"), gives_way=True),
}
TESTS: dict[str, Step] = {
    "tests": Step((*PYTEST, "-m", SMALL, "--ignore", DEPLOYMENT), is_live=True),
}
FAST_TESTS: dict[str, Step] = {
    "fast tests": Step((*PYTEST, "-m", f"not slow and {SMALL}", "--hypothesis-profile", "fast"), is_live=True),
}
# Only what `make test` has not run: what needs PostgreSQL and the like, and what proves for all what it proved for some.
LARGE_TESTS: dict[str, Step] = {
    "external and thorough tests": Step((*PYTEST, "-m", "external or thorough"), is_live=True),
}
COMMANDS: dict[str, tuple[dict[str, Step], ...]] = {
    "lint": (LINT,),
    "test": (BEFORE_TESTS, TESTS),
    "test-fast": (FAST_TESTS,),
    "test-all": (LARGE_TESTS,),
}
"""What each command runs: the steps of a group side by side, the groups one after the other."""


def run_beside(steps: Mapping[str, Step], say: Callable[[str], None] = print) -> bool:
    """Run all steps at once; says of each what it printed and how long it took. Whether all succeeded."""
    with ThreadPoolExecutor(len(steps)) as pool:
        running = {pool.submit(_run, step): name for name, step in steps.items()}
        succeeded = []
        for done in as_completed(running):
            status, seconds, output = done.result()
            if output:
                say(output)
            say(f"{running[done]}: {'FAILED' if status else 'ok'}, {seconds:.0f} s")
            succeeded.append(status == 0)
    return all(succeeded)


def _run(step: Step) -> tuple[int, float, str]:
    """Exit status, seconds, and what it printed unless that was shown live."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        shown: IO[str] | None = None if step.is_live else output
        command = (*LEAST_PRIORITY, *step.command) if step.gives_way else step.command
        status = subprocess.run(command, stdout=shown, stderr=None if step.is_live else subprocess.STDOUT).returncode
        output.seek(0)
        return status, time.monotonic() - began, output.read().rstrip()


def main(command: str) -> int:
    """Run every group of a command, also after one that failed; exit status 1 when a step failed."""
    succeeded = [run_beside(steps, lambda line: print(line, flush=True)) for steps in COMMANDS[command]]
    return 0 if all(succeeded) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
