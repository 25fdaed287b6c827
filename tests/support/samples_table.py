"""Every sample file beside its answer key: what was expected of it, what became of it, and whether that is right.

`python -m tests.support.samples_table [part of a name …]` carries the clean samples into a home of its own, and prints
the table.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from contracts import Finding
from pipeline.intake.check import check_again
from pipeline.intake.dry_run import DryRunResult, check_files
from pipeline.intake.rule_runner import RuleRunner
from pipeline.run import load
from tests.support.answers import SAMPLES, findings_of, is_named, key, rows_of, table_of
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission

COUNTS = ("rows_read", "rows_accepted", "rows_held", "control_rows", "facts_accepted")
IN_FORCE = ("accepted", "unchanged")
READINGS = Path(__file__).resolve().parent / "our_readings.csv"
SEQUENCE_NEEDS = ("admin_boundary", "planning_zone")


@dataclass(frozen=True)
class Outcome:
    """What became of a file. counts: as the key's COUNTS; held: keys of its held units; verdict: of a dry run."""

    file: str
    counts: tuple[int, ...]
    held: frozenset[str]
    reporting_units: int
    findings: list[Finding]
    verdict: DryRunResult | None = None


@dataclass(frozen=True)
class Line:
    """A line of the table. wrong: every way in which the outcome differs from the key; read_otherwise: reasons why it
    may.
    """

    file: str
    expected: str
    got: str
    wrong: list[str] = field(default_factory=list)
    read_otherwise: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        verdict = "WRONG: " + "; ".join(self.wrong) if self.wrong else "right"
        return " | ".join((self.file, self.expected, self.got, verdict, *self.read_otherwise))


@cache
def our_readings() -> tuple[dict[str, str], ...]:
    """Findings that the key does not list and that are right nonetheless: file, rule, severity, count, reason. A count
    of 0: what the key
    lists as a judgement and is rightly not found."""
    return table_of(READINGS)


def is_read_otherwise(listed: dict[str, str]) -> bool:
    """Whether a finding of the key is a judgement that our readings reject."""
    return listed["certainty"] == "judgement" and any(
        (row["file"], row["rule"].split(".")[-1], row["count"]) == (listed["file"], listed["rule"], "0")
        for row in our_readings()
    )


def clean_outcomes(home: Home) -> Iterator[Outcome]:
    """What became of the clean samples in a home that took them in."""
    with Ledger.open(home) as ledger:
        for one in ledger.submissions():
            yield _of_submission(ledger, one, f"clean/{one.dataset}/{one.file_name}")


def clean_again(home: Home, files: Collection[str]) -> Iterator[Outcome]:
    """What becomes of clean samples when each is checked again against all the others, by the rules of now."""
    with Ledger.open(home) as ledger, RuleRunner(home, ledger) as rule_runner:
        for one in ledger.submissions():
            if f"clean/{one.dataset}/{one.file_name}" not in files:
                continue
            checked = check_again(home, ledger, rule_runner, one)
            accepted = [outcome for outcome in checked.outcomes if outcome.state in IN_FORCE]
            rows, facts = (sum(getattr(outcome, name) for outcome in accepted) for name in ("rows", "facts"))
            yield Outcome(
                f"clean/{one.dataset}/{one.file_name}",
                (one.rows_read, rows, one.rows_read - one.rows_control - rows, one.rows_control, facts),
                frozenset(outcome.reporting_unit for outcome in checked.outcomes if outcome not in accepted),
                len(checked.outcomes),
                checked.findings,
            )


def outcomes_alone(home: Home, files: list[str]) -> Iterator[Outcome]:
    """What would become of sample files in a home that holds the clean samples, each checked alone."""
    for file, verdict in zip(files, check_files(home, [SAMPLES / file for file in files]), strict=True):
        facts = sum(outcome.facts for outcome in verdict.outcomes if outcome.state in IN_FORCE)
        yield Outcome(
            file,
            (verdict.rows_read, verdict.rows_accepted, verdict.rows_held, verdict.rows_control, facts),
            frozenset(outcome.reporting_unit for outcome in verdict.outcomes if outcome.state not in IN_FORCE),
            len(verdict.outcomes),
            verdict.findings,
            verdict,
        )


def sequence_steps(home: Home) -> Iterator[tuple[str, Outcome, Ledger]]:
    """Takes in the steps of samples/sequence one after another: number, what became of the step's file, and the ledger
    after it.
    """
    home.ensure()
    for dataset in SEQUENCE_NEEDS:
        shutil.copytree(SAMPLES / "clean" / dataset, home.inbox / dataset)
    load(home, build_marts=False)
    for step in sorted(path for path in (SAMPLES / "sequence").iterdir() if path.is_dir()):
        (file,) = (step / "ecology").iterdir()
        inbox = home.inbox / "ecology" / step.name[:2]
        inbox.mkdir(parents=True)
        shutil.copyfile(file, inbox / file.name)
        load(home, build_marts=False)
        with Ledger.open(home) as ledger:
            submission = ledger.submissions(dataset="ecology")[-1]
            yield step.name[:2], _of_submission(ledger, submission, f"sequence/{step.name}/ecology/{file.name}"), ledger


def _of_submission(ledger: Ledger, one: Submission, file: str) -> Outcome:
    reporting_units = ledger.reporting_units(one.submission_id)
    facts = sum(reporting_unit.facts for reporting_unit in reporting_units if reporting_unit.state == "accepted")
    return Outcome(
        file,
        (one.rows_read, one.rows_accepted, one.rows_held, one.rows_control, facts),
        frozenset(
            reporting_unit.reporting_unit
            for reporting_unit in reporting_units
            if reporting_unit.state not in ("accepted", "unchanged", "superseded")
        ),
        len(reporting_units),
        ledger.findings(one.submission_id),
    )


def line(outcome: Outcome) -> Line:
    """An outcome beside the key's rows for its file."""
    row, listed = rows_of(outcome.file), findings_of(outcome.file)
    expected = tuple(int(row[name]) for name in COUNTS)
    held = _held(row, outcome)
    wrong = [] if outcome.counts == expected else [f"rows {outcome.counts}"]
    wrong += [] if outcome.held == held else [f"held {sorted(outcome.held ^ held)}"]
    wrong += [
        f"not found: {one['rule']} {one['severity']} at {one['cell_or_feature'] or 'the file'}"
        for one in listed
        if not is_named(one, outcome.findings) and not is_read_otherwise(one)
    ]
    wrong += [
        f"found after all: {one['rule']}"
        for one in listed
        if is_read_otherwise(one) and is_named(one, outcome.findings)
    ]
    unlisted = [item for item in outcome.findings if not any(is_named(one, [item]) for one in listed)]
    more, reasons = _unlisted(outcome.file, unlisted)
    return Line(
        outcome.file,
        _in_words(expected, [(one["rule"], one["severity"]) for one in listed]),
        _in_words(outcome.counts, [(item.rule_id.split(".")[-1], item.severity) for item in outcome.findings]),
        wrong + more,
        reasons,
    )


def _held(row: dict[str, str], outcome: Outcome) -> frozenset[str]:
    """The units that the key holds: `all`, `layer`, or keys joined by `|`, x between the parts of one. X is a township
    of elsewhere.
    """
    if row["held_units"] in ("all", "layer"):
        return (
            outcome.held
            if len(outcome.held) == outcome.reporting_units
            else frozenset([f"all {outcome.reporting_units}"])
        )
    if row["held_units"] == "X":
        return outcome.held if len(outcome.held) == 1 else frozenset({"one"})
    return frozenset(
        reporting_unit.replace("x140404", "|140404")
        for reporting_unit in row["held_units"].split("|")
        if reporting_unit
    )


def _unlisted(file: str, found: list[Finding]) -> tuple[list[str], list[str]]:
    """What is wrong with findings that the key does not list, and the reasons for those that are right."""
    ours = {(row["rule"], row["severity"]): row for row in our_readings() if row["file"] == file}
    counted = Counter((item.rule_id, item.severity) for item in found)
    wrong = [
        f"{count} × {rule} {severity}"
        for (rule, severity), count in counted.items()
        if (rule, severity) not in ours or int(ours[rule, severity]["count"]) != count
    ]
    stale = [
        f"no {rule} {severity} any more"
        for (rule, severity), row in ours.items()
        if row["count"] != "0" and (rule, severity) not in counted
    ]
    return wrong + stale, [row["reason"] for row in ours.values()]


def _in_words(counts: Iterable[int], findings: Iterable[tuple[str, str]]) -> str:
    read, accepted, held, control, _ = counts
    names = [
        f"{severity} {rule}" + (f" × {count}" if count > 1 else "")
        for (rule, severity), count in Counter(findings).items()
    ]
    return f"{read} = {accepted} + {held} held + {control} control" + "".join(f", {name}" for name in names)


def all_lines(home: Home, scratch: Home, wanted: Iterable[Any] = ()) -> Iterator[Line]:
    """The whole table. home: holds the clean samples; scratch: an empty one, for the sequence; wanted: parts of names,
    all unless given.
    """
    traps = [row["file"] for row in key("expected_rows") if row["group"] == "traps"]
    outcomes = (
        *clean_outcomes(home),
        *outcomes_alone(home, traps),
        *(one for _, one, _ in sequence_steps(scratch)),
    )
    for one in outcomes:
        if not wanted or any(part in one.file for part in wanted):
            yield line(one)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home").ensure()
        shutil.copytree(SAMPLES / "clean", home.inbox, dirs_exist_ok=True)
        load(home, build_marts=False)
        lines = list(all_lines(home, Home(Path(folder) / "sequence"), sys.argv[1:]))
    for one in lines:
        print(one)
    print(f"{sum(not one.wrong for one in lines)} of {len(lines)} files end as the key says")
    return int(any(one.wrong for one in lines))


if __name__ == "__main__":
    sys.exit(main())
