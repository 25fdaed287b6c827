"""Takes the warehouse as its command line shows it; gives one file that says what it answers, and the differences between two such files.

`python -m tests.support.recording make OUT.json.gz` loads the samples into homes of its own, asks every command, and writes down exit
statuses, output, receipts and what the marts hold. `python -m tests.support.recording compare OLD.json.gz NEW.json.gz` translates the old
recording by a map of renamed names and prints what differs nonetheless; it exits 1 where anything does. Only the public command line and
what lies in a home is used, so that the same script runs before and after the code is moved.
"""

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.support.answers import SAMPLES
from tests.support.recording_differences import compare
from warehouse.home import CHECKOUT

OTHER_LAYOUTS = CHECKOUT / "tests" / "fixtures" / "recorded" / "other_layouts.zip"
CASES = Path(os.environ.get("SHARED_CASES") or CHECKOUT.parent / "shared" / "cases")
OF_ANOTHER_WORLD = ("30-", "31-")  # shared cases that are judged in a home that holds the boundary alone
BY_LOAD = "07-order-of-arrival"
SEQUENCE_NEEDS = ("admin_boundary", "planning_zone")
SHOWN_IN_WORDS = (
    "ecology/生态2025重复行.xlsx",
    "rural_waste/2025Q4垃圾（混入外区乡镇）.xlsx",
    "wetland/湿地2025（重叠）.zip",
)
ASKED = (
    ["board"],
    ["status"],
    ["editions"],
    ["waivers"],
    ["decisions"],
    ["diff", "2025-07.1"],
    ["explain", "补充耕地", "--json"],
    ["explain", "森林覆盖率", "--township", "荫城镇", "--period", "2024"],
    ["query", "--format", "csv", "select count(*) from dim_zone"],
    ["query", "select nothing"],
    ["explain", "无此指标"],
    ["template", "无此报表"],
)
ARRIVED = datetime(2026, 1, 5, tzinfo=UTC)  # files lie in the inbox a second apart, in the order of their paths
DUE_BEFORE = date(2026, 11, 1)  # what was owed later than this depends on the day of the recording
OF_THE_DAY = re.compile(
    r"days_late|reckoned_on|as_of_date|obligation"
)  # columns of marts and keys of JSON that differ from one day to the next
FEW, SHORT, WHOLE = (
    40,
    2000,
    2500,
)  # distinct values, and their letters, that are kept as they are; cells of a mart that is kept whole


class Mask:
    """Takes a text; gives it without what differs from one run to the next: folders, days and moments of the recording, hashes, ids."""

    def __init__(self, work: Path) -> None:
        today = datetime.now(UTC).date()
        days = "|".join(f"{today + timedelta(days=shift)}" for shift in (-1, 0, 1))
        folders = sorted(
            {
                (work, "<work>"),
                (work.resolve(), "<work>"),
                (CASES, "<cases>"),
                (CHECKOUT, "<checkout>"),
                (Path(tempfile.gettempdir()), "<tmp>"),
            },
            key=lambda pair: -len(str(pair[0])),
        )
        self._folders = [(str(path), word) for path, word in folders]
        self._patterns = [
            (re.compile(pattern), word)
            for pattern, word in (
                (r"\d{8}T\d{6}Z-[0-9a-f]{8}-[0-9a-f]{8}(\.\d+)?", "<build>"),
                (r"\b([A-Z])20\d{6}-(\d{3,})", r"\1<day>-\2"),
                (rf"({days})[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", "<moment>"),
                (rf"\b({days})\b", "<today>"),
                (r"\b[0-9a-f]{16,64}\b", "<hash>"),
                (r"<tmp>/[\w.-]+", "<tmp>"),
            )
        ]

    def text(self, reported: str) -> str:
        for folder, word in self._folders:
            reported = reported.replace(folder, word)
        for pattern, word in self._patterns:
            reported = pattern.sub(word, reported)
        return reported

    def value(self, reported: Any) -> Any:
        """The same of everything in a value of JSON."""
        if isinstance(reported, dict):
            return {
                self.text(key): "<day>" if OF_THE_DAY.fullmatch(key) else self.value(value)
                for key, value in reported.items()
            }
        if isinstance(reported, list):
            return [self.value(item) for item in reported]
        return self.text(reported) if isinstance(reported, str) else reported

    def cell(self, value: Any) -> str:
        """A cell of a mart as text; numbers to nine digits, moments not told apart, days as they are."""
        if isinstance(value, date):
            return "<moment>" if isinstance(value, datetime) else value.isoformat()
        if isinstance(value, float):
            return f"{value:.9g}"
        if isinstance(value, list):
            return "|".join(self.cell(item) for item in value)
        return "" if value is None else self.text(str(value))


def command_line() -> Callable[[], Any]:
    """The entry point of the `warehouse` command, wherever it lives."""
    try:
        from cli.main import main
    except ModuleNotFoundError as error:
        if error.name not in ("cli", "cli.main"):
            raise
        from pipeline.cli import main
    return main


def run(home: Path, *words: str | Path) -> tuple[int | str, str, str]:
    """Takes a home and a command's words; gives its exit status (of an error that it does not answer, the words), output, error output."""
    given, environment = sys.argv, dict(os.environ)
    os.environ.update(
        {"WAREHOUSE_HOME": str(home), "WAREHOUSE_ACTOR": "记录员", "COLUMNS": "150", "GX_ANALYTICS_ENABLED": "false"}
    )
    sys.argv = ["warehouse", *map(str, words)]
    out, err = io.StringIO(), io.StringIO()
    status: Any
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = command_line()()
    except SystemExit as ended:
        status = ended.code
    except Exception as error:
        status = f"{type(error).__name__}: {error}"
    finally:
        sys.argv = given
        os.environ.clear()
        os.environ.update(environment)
    return status if isinstance(status, str) else int(status or 0), out.getvalue(), err.getvalue()


def drop(home: Path, files: Iterable[tuple[Path, str]]) -> None:
    """Takes files and where in the inbox each belongs; copies them, each a second younger than the one before."""
    for number, (file, place) in enumerate(files):
        target = home / "inbox" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        moment = ARRIVED.timestamp() + number
        os.utime(target, (moment, moment))


def files_in(folder: Path) -> list[tuple[Path, str]]:
    """Takes a folder; gives its files in the order of their names, each with its path in the folder."""
    found = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: os.fsencode(path))
    return [(path, path.relative_to(folder).as_posix()) for path in found]


class Recorder:
    """Takes a folder to work in; `recorded` is what was written down, by kind and name."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.mask = Mask(work)
        self.recorded: dict[str, Any] = {
            "made": {"day": str(datetime.now(UTC).date()), "cases": CASES.is_dir()},
            "check": {},
            "command": {},
            "receipt": {},
            "mart": {},
        }

    def asks(self, home: Path, name: str, *words: str | Path, kind: str = "command") -> None:
        """Runs a command and writes down how it ended and what it said, as JSON where it is that."""
        status, out, err = run(home, *words)
        reported: Any
        try:
            reported = json.loads(out)
        except ValueError:
            lines = out.splitlines()
            is_json = bool(lines) and all(line.startswith("{") for line in lines)
            reported = [json.loads(line) for line in lines] if is_json else [line.strip() for line in lines]
        listed = [line for line in err.splitlines() if line.startswith(("warehouse:", "│", "Usage"))]
        self.recorded[kind][name] = self.mask.value({"exit": status, "out": reported, "err": listed})
        print(f"{kind} {name}: {status}", file=sys.stderr)

    def checks(self, home: Path, group: str, root: Path, paths: Iterable[Path]) -> None:
        for path in paths:
            self.asks(home, f"{group}/{path.relative_to(root).as_posix()}", "check", "--json", path, kind="check")

    def receipts(self, home: Path, group: str) -> None:
        """Writes down every receipt under the name of the file that it answers; those of one name are numbered in order of arrival."""
        seen: Counter[str] = Counter()
        for folder in sorted((home / "receipts").glob("*/*/"), key=lambda path: path.name.rpartition("-S")[2]):
            reported = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
            name = str(next(iter(reported.values())))
            seen[name] += 1
            text = (folder / "receipt.txt").read_text(encoding="utf-8").splitlines()
            beside = sorted(path.name for path in folder.iterdir())
            key = f"{group}/{name}" + (f"#{seen[name]}" if seen[name] > 1 else "")
            self.recorded["receipt"][key] = self.mask.value({"json": reported, "text": text, "files": beside})

    def marts(self, home: Path, group: str) -> None:
        """Writes down what each published mart holds."""
        for path in sorted((home / "published" / "current" / "parquet").glob("*.parquet")):
            self.recorded["mart"][f"{group}/{path.stem}"] = self._mart(path)

    def _mart(self, path: Path) -> dict[str, Any]:
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            found = con.execute("select * from read_parquet(?)", [str(path)])
            columns = [(item[0], str(item[1])) for item in found.description or ()]
            rows = found.fetchall()
        names = [name for name, _ in columns]
        if "due_on" in names:
            rows = [row for row in rows if row[names.index("due_on")] < DUE_BEFORE]
        left_out = [bool(OF_THE_DAY.fullmatch(name)) for name in names]
        masked = [
            ["" if out else self.mask.cell(value) for out, value in zip(left_out, row, strict=True)] for row in rows
        ]
        reported: dict[str, Any] = {
            "rows": len(rows),
            "columns": {
                name: {"type": kind, **_column([row[place] for row in masked], [row[place] for row in rows])}
                for place, (name, kind) in enumerate(columns)
            },
        }
        # a row's cells in the order of their texts, so that the names of the columns have no part in it
        reported["rows_digest"] = _digest(sorted("\x1f".join(sorted(row)) for row in masked))
        if len(rows) * len(names) <= WHOLE:
            reported["table"] = sorted(
                (dict(zip(names, row, strict=True)) for row in masked), key=lambda row: json.dumps(row, sort_keys=True)
            )
        return reported


def _column(texts: list[str], values: list[Any]) -> dict[str, Any]:
    """What a column holds, in any order of the rows: each value and how often, or a digest of many; sums of numbers."""
    counted = Counter(texts)
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    total = (
        {"sum": f"{sum(numbers):.9g}"}
        if numbers and len(numbers) + values.count(None) == len(values) and any(texts)
        else {}
    )
    if len(counted) <= FEW and sum(map(len, counted)) <= SHORT:
        return {"values": dict(sorted(counted.items())), **total}
    return {
        "digest": _digest(sorted(texts)),
        "distinct": len(counted),
        "least": min(texts)[:60],
        "greatest": max(texts)[:60],
        **total,
    }


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def record(work: Path) -> dict[str, Any]:
    """Takes an empty folder; gives the whole recording. It takes some minutes."""
    recorder = Recorder(work)
    clean, sequence = work / "clean", work / "sequence"
    drop(clean, files_in(SAMPLES / "clean"))
    recorder.asks(clean, "clean/load", "load")
    recorder.receipts(clean, "clean")
    recorder.marts(clean, "clean")
    for words in ASKED:
        recorder.asks(clean, f"clean/{' '.join(words)}", *words)
    for language in ("zh", "en"):
        shown = [SAMPLES / "traps" / name for name in SHOWN_IN_WORDS]
        recorder.asks(clean, f"clean/check in words, {language}", "check", *shown, "--lang", language)
    recorder.checks(clean, "traps", SAMPLES / "traps", [path for path, _ in files_in(SAMPLES / "traps")])
    _sequence(recorder, sequence)
    with zipfile.ZipFile(OTHER_LAYOUTS) as archive:
        archive.extractall(work / "other_layouts")
    recorder.checks(clean, "other_layouts", work / "other_layouts", sorted((work / "other_layouts").glob("*/*")))
    if CASES.is_dir():
        _cases(recorder, clean, work)
    return recorder.recorded


def _boundary(home: Path) -> None:
    drop(
        home,
        [
            (path, f"{dataset}/{name}")
            for dataset in SEQUENCE_NEEDS
            for path, name in files_in(SAMPLES / "clean" / dataset)
        ],
    )
    run(home, "load", "--no-build")


def _sequence(recorder: Recorder, home: Path) -> None:
    """The steps of samples/sequence in a home that holds the boundary and the zones; receipts after each, the marts after the last.

    The shared case about the order of arrival comes behind them, so that one build serves both.
    """
    _boundary(home)
    for step in sorted(path for path in (SAMPLES / "sequence").iterdir() if path.is_dir()):
        drop(home, [(path, f"ecology/{step.name[:2]}/{path.name}") for path, _ in files_in(step)])
        recorder.asks(home, f"sequence/{step.name}/load", "load", "--no-build")
        recorder.asks(home, f"sequence/{step.name}/status", "status")
        recorder.receipts(home, f"sequence/{step.name}")
    if (CASES / BY_LOAD).is_dir():
        drop(home, sorted(files_in(CASES / BY_LOAD), key=lambda pair: ("更正" in pair[1], pair[1])))
        recorder.asks(home, f"cases/{BY_LOAD}/load", "load", "--no-build")
        recorder.receipts(home, f"cases/{BY_LOAD}")
    recorder.asks(home, "sequence/publish", "publish")
    recorder.marts(home, "sequence")


def _cases(recorder: Recorder, clean: Path, work: Path) -> None:
    """The shared cases, each judged in the home that it belongs to."""
    bare = work / "bare"
    _boundary(bare)
    for folder in sorted(path for path in CASES.iterdir() if path.is_dir()):
        home = bare if folder.name.startswith(OF_ANOTHER_WORLD) else clean
        recorder.checks(home, "cases", CASES, [path for path, _ in files_in(folder)])


def main() -> int:
    """Reads the command line, makes or compares; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("make", help="make a recording with the code as it is")
    make.add_argument("out", type=Path)
    beside = verbs.add_parser("compare", help="tell how two recordings differ")
    beside.add_argument("old", type=Path)
    beside.add_argument("new", type=Path)
    beside.add_argument(
        "--names", type=Path, default=Path(__file__).with_name("renamed.yml"), help="map of renamed names"
    )
    asked = parser.parse_args()
    if asked.verb == "compare":
        return compare(asked.old, asked.new, asked.names)
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        recorded = record(Path(folder))
    with gzip.GzipFile(asked.out, "wb", mtime=0) as file:
        file.write(json.dumps(recorded, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
