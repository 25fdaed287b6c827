"""`sqlfluff lint` over the project's SQL; called by `dev.checks`.

A file that passed is looked at again only when its text, the macros, the settings or sqlfluff itself changed: which
passed is kept in .cache/. A CI machine (CI=true) looks at all of them.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from dev.checks import is_ci
from warehouse.home import CHECKOUT

PASSED = Path(".cache") / "sqlfluff.json"
# templater to the folders whose files are written for it
FOLDERS: dict[str, tuple[str, ...]] = {
    "jinja": ("dbt_project/models", "dbt_project/tests"),
    "placeholder": ("expectations/rules", "expectations/marts"),
}
SETTINGS = (".sqlfluff", "dbt_project/macros/**/*.sql")  # what the outcome of every file depends on
PROCESSES = "2"
FAILED = re.compile(r"^== \[(.+)\] FAIL$", re.MULTILINE)  # sqlfluff's line above what is wrong in a file


def digests(root: Path, files: Iterable[Path], templater: str) -> dict[str, str]:
    """Each file's path below the root to a hash of all that its linting depends on."""
    base = sha256(f"{version('sqlfluff')} {templater}".encode())
    for pattern in SETTINGS:
        for path in sorted(root.glob(pattern)):
            base.update(path.read_bytes())
    found = {}
    for file in files:
        own = base.copy()
        own.update(file.read_bytes())
        found[file.relative_to(root).as_posix()] = own.hexdigest()
    return found


def changed(current: Mapping[str, str], passed: Mapping[str, str]) -> list[str]:
    """The files that have not passed as they are now."""
    return [file for file, digest in current.items() if passed.get(file) != digest]


def main() -> int:
    """Lint what changed; gives the exit status: 0 when all files pass."""
    kept = CHECKOUT / PASSED
    passed: dict[str, str] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() and not is_ci() else {}
    now_passed: dict[str, str] = {}
    status = 0
    for templater, folders in FOLDERS.items():
        files = sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.sql"))
        current = digests(CHECKOUT, files, templater)
        todo = changed(current, passed)
        failed = _failed(templater, todo) if todo else set()
        status = 1 if failed else status
        now_passed |= {file: digest for file, digest in current.items() if file not in failed}
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(now_passed, indent=0), encoding="utf-8")
    return status


def _failed(templater: str, files: Sequence[str]) -> set[str]:
    """Lint files and print what is wrong; gives those that failed, all of them where sqlfluff does not say which."""
    command = [sys.executable, "-m", "sqlfluff", "lint", "--quiet", "--processes", PROCESSES, "--templater", templater]
    ran = subprocess.run([*command, *files], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    print(ran.stdout, end="", flush=True)
    return (set(FAILED.findall(ran.stdout)) or set(files)) if ran.returncode else set()


if __name__ == "__main__":
    sys.exit(main())
