"""The dry run: what would become of a file if it were sent now. Everything that intake does, with nothing received and
nothing loaded; `warehouse check` calls it.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from contracts import Finding, contract, contracts, finding
from contracts.consequences import caused_by, with_causes
from contracts.reading_record import READING_NOTE
from contracts.rule_outcomes import RuleOutcomes
from pipeline.intake.check import check_read
from pipeline.intake.parse import Reading, ReadJob
from pipeline.intake.receipts import main_file
from pipeline.intake.rule_runner import RuleRunner
from pipeline.intake.sandbox_policy import read_limited, recognised
from warehouse.archive import content_hash
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission, UnitOutcome, UnitRecord
from warehouse.staged import read_staged

DRY_RUN = "dry-run"
DryRunState = Literal["accepted", "partly_held", "held", "waiting", "unreadable"]


@dataclass(frozen=True)
class DryRunResult:
    """The outcome that a file would have. readable: False when it could not be opened or its dataset was not
    recognised. reading: its reading record; rules: what became of each rule; table: its submission table, None where nothing was read.
    """

    file: str
    dataset: str | None
    readable: bool
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_control: int
    outcomes: list[UnitOutcome]
    findings: list[Finding]
    reading: dict[str, Any] = field(default_factory=dict)
    rules: RuleOutcomes = field(default_factory=RuleOutcomes)
    table: pa.Table | None = None

    @property
    def state(self) -> DryRunState:
        """What would become of the file as a whole; `waiting` when nothing of it is held, and something waits for other
        data.
        """
        if not self.readable:
            return "unreadable"
        states = {"accepted" if outcome.state == "unchanged" else outcome.state for outcome in self.outcomes}
        if states == {"accepted"}:
            return "accepted"
        if "held" in states and "accepted" in states:
            return "partly_held"
        return "waiting" if "waiting" in states and "held" not in states else "held"

    @property
    def exit_code(self) -> int:
        """0 accepted whole, 1 held or waiting in part or whole, 2 not readable."""
        return {"accepted": 0, "unreadable": 2}.get(self.state, 1)

    def unit_name(self, reporting_unit: str) -> str:
        """What a reporting unit of the file is called."""
        from contracts.names import unit_name

        return unit_name(contract(self.dataset), reporting_unit) if self.dataset else reporting_unit

    def as_json(self) -> dict[str, Any]:
        """The public form: one JSON object a file."""
        rules = contract(self.dataset) if self.dataset else None
        return {
            "file": self.file,
            "submission": DRY_RUN,
            "dataset": self.dataset,
            "verdict": self.state,
            "rows_read": self.rows_read,
            "rows_accepted": self.rows_accepted,
            "rows_held": self.rows_held,
            "rows_control": self.rows_control,
            "units": [
                {"reporting_unit": one.reporting_unit, "period": one.period, "state": one.state}
                for one in self.outcomes
            ],
            "findings": [_public(item, cause) for item, cause in with_causes(self.findings, rules)],
            "rules": self.rules.public(),
            "reading": self.reading,
        }


def _public(item: Finding, cause: Finding | None) -> dict[str, Any]:
    where: dict[str, Any] = {"cell": item.cell}
    if item.feature is not None or item.point is not None:
        where = {"feature": item.feature, "point": list(item.point) if item.point else None}
    return {
        "rule_id": item.rule_id,
        "severity": item.severity,
        "unit": item.reporting_unit,
        "sheet": item.sheet,
        **where,
        "found": item.found,
        "expected": item.expected,
        "message": item.message,
        "remedy": item.remedy,
        "message_en": item.message_en,
        "remedy_en": item.remedy_en,
        "caused_by": caused_by(cause),
    }


def check_files(home: Home, paths: Iterable[Path]) -> Iterator[DryRunResult]:
    """Check files against the warehouse home as it is; gives for each what would become of it if it were loaded now. A
    folder stands for the files in it.

    The folder that holds a file names its dataset, as in an inbox; otherwise it is recognised by its content.
    """
    from ingestion.inbox import scan

    with (
        Ledger.open(home) as ledger,
        RuleRunner(home, ledger) as rule_runner,
        tempfile.TemporaryDirectory() as scratch,
    ):
        for path in paths:
            if path.is_dir():
                for incoming in scan(path, settle_seconds=0):
                    hint = incoming.dataset_hint or path.resolve().name
                    yield _check(
                        Home(Path(scratch)), ledger, rule_runner, main_file(incoming.members), hint, incoming.members
                    )
            elif path.is_file():
                yield _check(Home(Path(scratch)), ledger, rule_runner, path, path.resolve().parent.name, (path,))
            else:  # opening a pipe would wait for its other end
                raise FileNotFoundError(f"不是文件 (not a file): {path}")


def _check(
    scratch: Home, ledger: Ledger, rule_runner: RuleRunner, path: Path, hint: str, members: tuple[Path, ...]
) -> DryRunResult:
    dataset, refusal = recognised(path, path.name, hint if hint in contracts() else None)
    if dataset is None:
        return DryRunResult(str(path), None, False, 0, 0, 0, 0, [], [refusal or finding("reading.unknown_dataset")])
    reading, _ = read_limited(ReadJob(DRY_RUN, path, path.name, dataset, scratch))
    if not reading.readable:
        return DryRunResult(
            str(path),
            dataset,
            False,
            reading.rows_read,
            0,
            reading.rows_read - reading.rows_control,
            reading.rows_control,
            [],
            reading.findings,
        )
    return _check_read(scratch, ledger, rule_runner, path, reading, dataset, content_hash(members))


def _check_read(
    scratch: Home, ledger: Ledger, rule_runner: RuleRunner, path: Path, reading: Reading, dataset: str, sha256: str
) -> DryRunResult:
    rules = contract(dataset)
    now = datetime.now(UTC)
    periods = tuple(
        sorted({reporting_unit.period for reporting_unit in reading.reporting_units if reporting_unit.period})
    )
    submission = Submission(
        DRY_RUN,
        DRY_RUN,
        sha256,
        path.name,
        dataset,
        rules.family,
        None,
        0,
        "",
        now,
        "staged",
        reading.staged_as,
        periods,
        reading.rows_read,
        rows_control=reading.rows_control,
        notes=reading.notes,
    )
    staged = [
        UnitRecord(
            DRY_RUN,
            dataset,
            reporting_unit.reporting_unit,
            reporting_unit.period,
            "staged",
            reporting_unit.rows,
            reporting_unit.facts,
            reporting_unit.content_hash,
            (),
            None,
            None,
            None,
        )
        for reporting_unit in reading.reporting_units
    ]
    table = read_staged(scratch, str(reading.staged_as), dataset)
    checked = check_read(ledger, rule_runner, submission, staged, reading.findings, table)
    accepted = sum(outcome.rows for outcome in checked.outcomes if outcome.state in ("accepted", "unchanged"))
    return DryRunResult(
        str(path),
        dataset,
        True,
        reading.rows_read,
        accepted,
        reading.rows_read - reading.rows_control - accepted,
        reading.rows_control,
        checked.outcomes,
        checked.findings,
        json.loads(reading.notes[READING_NOTE]),
        checked.rules,
        table,
    )
