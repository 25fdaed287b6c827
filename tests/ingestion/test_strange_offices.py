"""Rightful reports of forty offices whose headings and rows no list foresees: every file is read as it is meant, or asked about,
and none wrongly. `pytest -s` shows how many are asked about.
"""

from collections import Counter
from pathlib import Path

import pytest

from contracts import contracts
from ingestion.normalize.table import normalize_table
from tests.ingestion.test_other_layouts import _rows
from tests.support.other_layouts.files import write
from tests.support.other_layouts.lay_out import lay_out
from tests.support.other_layouts.records import Source, clean_tables, filled_source, source
from tests.support.strange_offices import OFFICES, StrangeOffice, estrange, put_beside, strange_offices

pytestmark = pytest.mark.slow  # reads some seven hundred files

FILES = {file.split("/")[0]: file for file in reversed(clean_tables())}  # the first of each dataset
TABLES = [one for one in contracts().values() if not one.is_layer]
MOST_ASKED = 0.03  # of the files: a careful person would read them all without asking


def outcome(original: Source, office: StrangeOffice, folder: Path) -> tuple[str, list[str]]:
    """What becomes of a file: read, asked about or wrong; and why."""
    laid = lay_out(original, office.layout)
    path = write(folder, laid.stem, laid.layout.kind, laid.sheets)
    plain = normalize_table(path, path.name, original.contract, "s1")
    estrange(laid, office, plain)
    path = write(folder, laid.stem, laid.layout.kind, laid.sheets)
    put_beside(path)
    got = normalize_table(path, path.name, original.contract, "s1")
    held = [f"{item.rule_id} {item.cell}: {item.message}" for item in got.findings if item.severity == "error"]
    if held or not got.readable:
        return "asked", held
    wrong = _rows(original, laid, got)
    return ("wrong" if wrong else "read"), wrong


def test_every_file_is_read_or_asked_about_and_none_wrongly(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    reasons: dict[str, list[str]] = {"asked": [], "wrong": []}
    offices = strange_offices()
    for dataset in TABLES:
        name = dataset.dataset
        original = source(FILES[name]) if name in FILES else filled_source(dataset)
        for office in offices:
            what, why = outcome(original, office, tmp_path)
            counts[what] += 1
            if what != "read":
                reasons[what].append(f"{name} {office.seed}: {why[:1]}")
    total = counts.total()
    print(f"\n{total} files of {OFFICES} offices: {dict(counts)}; asked about {counts['asked'] / total:.1%}")
    print(*reasons["asked"], sep="\n")
    assert (len(offices), total) == (OFFICES, OFFICES * len(TABLES))
    assert OFFICES >= 40
    assert reasons["wrong"] == []
    assert counts["asked"] < MOST_ASKED * total
