"""Nothing silently wrong: of clean reports with one thing changed that changes their meaning, none is read with other figures
and no word about it. `pytest -s` shows what became of each kind.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest

from contracts import Contract, catalogue
from contracts.submission_table import content_columns
from expectations.period_bounds import periods_out_of_bounds
from expectations.suites import validate
from ingestion.normalize.result import NormalizedFile
from ingestion.normalize.table import normalize_table
from tests.support.mutation_base import Base, base_of
from tests.support.mutations import Mutation, mutations
from tests.support.other_layouts.lay_out import lay_out
from tests.support.other_layouts.office import USUAL
from tests.support.other_layouts.records import clean_tables, source
from tests.support.workbooks import write

pytestmark = pytest.mark.slow  # reads some hundreds of files

ARRIVED = date(2026, 1, 5)
MOST_ROWS = 12  # of a report: every kind of row and column is among them, and the files are read quickly
LEAST = 200  # mutations, of all reports together
FILES = {file.split("/")[0]: file for file in reversed(clean_tables())}  # the first of each dataset
SAME_MEANING = frozenset(
    {
        "heading again",
        "township in Excel's way",
        "township decimal",
        "township full width",
        "township invisible",
        "project_progress: township called 苏店",
        "project_acceptance: project A1—01",
        "project_acceptance: project A1-1",
        "project_acceptance: project A1 -01",
    }
)
"""Changes of how a report is written and of nothing that it means: of any dataset, or of the one that is named."""
UNIT_OF_A_COLUMN = frozenset(
    f"{dataset}: {change}"
    for dataset in ("project_ledger", "project_acceptance")
    for change in ("note 注：", "note 说明", "line 单位：亩", "line 计量单位：亩")
) | frozenset(
    f"{dataset}: {margin} 单位：亩"
    for dataset in ("project_ledger", "project_acceptance", "project_progress")
    for margin in ("header", "footer")
)
"""Lines, notes and margins that name 亩 where a column is written in 亩, beside others in 公顷."""
NAMES_COLUMNS = "reading.columns_not_read"
Ending = Literal["held", "asked", "warned", "told", "converted", "harmless", "SILENT"]
ENDINGS: tuple[Ending, ...] = ("held", "asked", "warned", "told", "converted", "harmless", "SILENT")


def read(path: Path, contract: Contract) -> NormalizedFile:
    return normalize_table(path, path.name, contract, "s1")


def figures(got: NormalizedFile, contract: Contract) -> list[str]:
    names = ("reporting_unit", "period", *content_columns(contract))
    return sorted(repr([row[name] for name in names]) for row in got.table.to_pylist())


def base(file: str, folder: Path) -> tuple[Base, NormalizedFile]:
    """A clean report of one sheet as an office prints it."""
    whole = source(file)
    is_of_townships = whole.contract.reporting_unit.kind == "township"  # of which none may be absent
    laid = lay_out(whole if is_of_townships else replace(whole, rows=whole.rows[:MOST_ROWS]), USUAL)
    rows = [[None if cell is None else cell.value for cell in row] for row in laid.sheets[0].rows()]
    contract = source(file).contract
    got = read(write(folder / f"{laid.stem}.xlsx", rows), contract)
    assert [item for item in got.findings if item.severity != "info"] == []
    return base_of(contract, laid.stem, rows, got), got


def is_harmless(name: str) -> bool:
    """Whether a mutation of this name is declared to leave the meaning as it is."""
    return bool({name, name.partition(": ")[2]} & (SAME_MEANING | UNIT_OF_A_COLUMN))


def columns_named(got: NormalizedFile) -> list[str]:
    return [item.message for item in got.findings if item.rule_id == NAMES_COLUMNS]


def ending(name: str, original: NormalizedFile, got: NormalizedFile, contract: Contract) -> Ending:
    """What became of a mutation of a name: the gravest word about it that the original does not have. Without any it is silent, whether
    the figures are others or the same: a unit or a note that is not heeded leaves them as they are.
    """
    if not got.readable:
        return "held"
    known = Counter(item.rule_id for item in original.findings)
    found = [*got.findings, *periods_out_of_bounds(got.table, contract, ARRIVED, got.findings)]
    new = Counter(item.rule_id for item in found) - known
    of_severity = {item.severity for item in found if item.rule_id in new}
    if "error" in of_severity:
        errors = [item for item in found if item.severity == "error"]
        return "asked" if all(catalogue()[item.rule_id].asks for item in errors) else "held"
    if "warning" in of_severity:
        return "warned"
    if of_severity or columns_named(got) != columns_named(original):
        return "told"
    if is_harmless(name) and figures(got, contract) == figures(original, contract):
        return "harmless"
    if [item for item in validate(got.table, contract, found) if item.severity == "error"]:
        return "held"
    return "converted" if got.record.conversions != original.record.conversions else "SILENT"


def endings(folder: Path) -> Iterator[tuple[Mutation, Ending]]:
    for number, file in enumerate(FILES.values()):
        (of_file := folder / str(number)).mkdir()
        one, original = base(file, of_file)
        for mutation in mutations(one):
            got = read(mutation.write(of_file), one.contract)
            yield mutation, ending(mutation.name, original, got, one.contract)


def table(counted: dict[str, Counter[Any]]) -> str:
    lines = [f"{'kind':12} {'count':>6} " + " ".join(f"{name:>9}" for name in ENDINGS)]
    for kind, counts in counted.items():
        lines.append(f"{kind:12} {counts.total():>6} " + " ".join(f"{counts[name]:>9}" for name in ENDINGS))
    return "\n".join(lines)


def test_no_change_of_meaning_is_read_without_a_word(tmp_path: Path) -> None:
    counted: dict[str, Counter[Any]] = {}
    silent = []
    for mutation, became in endings(tmp_path):
        counted.setdefault(mutation.kind, Counter())[became] += 1
        if became == "SILENT":
            silent.append(f"{mutation.kind}: {mutation.name}")
    print(f"\n{table(counted)}")
    assert sum(counts.total() for counts in counted.values()) >= LEAST
    assert silent == []
