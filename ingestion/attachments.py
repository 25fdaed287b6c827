"""Photos and scans that come in one zip with a ledger: archived with it, and linked to its records by the numbers in
their names.

Called by `pipeline.intake.parse` for the links, and by `pipeline.intake.attachments` for the members.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from contracts import Contract, Finding, finding
from ingestion.normalize.values import event_number
from ingestion.readers.tabular import is_table
from ingestion.readers.zip_members import Member, is_package, is_zip, open_zip, submitted_members

BEGINNING = re.compile(r"(?<![0-9A-Za-z])(?=.)", re.DOTALL)  # where a number may begin: not within another
DIGIT = re.compile(r"[0-9]")
WITH_ATTACHMENTS = ("event", "project")  # kinds of reporting units that have numbers to link attachments by
LISTED_NAMES = 5  # of files without a record, in a finding: enough to see what kind of names they are


def members(path: Path) -> dict[str, Member]:
    """What lies beside the table in a zip, by its readable path; nothing of a workbook, or of what is no zip. Nothing
    is unpacked.

    Raises UnreadableFile for a zip of more files than are taken, which its reader has refused before.
    """
    if not is_zip(path):
        return {}
    with open_zip(path) as archive:
        if is_package(archive):
            return {}
        return {name: member for name, member in submitted_members(archive).items() if not is_table(name)}


def linked(names: Iterable[str], numbers: Iterable[str]) -> dict[str, str | None]:
    """The record that each file belongs to: the longest number that stands in its path, and is not part of a longer
    one; else None. It takes as long as the names are, however many numbers there are.
    """
    known: dict[str, tuple[int, str]] = {}
    for place, number in enumerate(numbers):
        known.setdefault(event_number(number), (place, number))
    lengths = sorted({len(text) for text in known if text}, reverse=True)
    return {name: _linked(event_number(name), known, lengths) for name in names}


def _linked(path: str, known: Mapping[str, tuple[int, str]], lengths: Sequence[int]) -> str | None:
    """The longest known number in a path; of several as long the one that comes first among the numbers."""
    starts = [match.start() for match in BEGINNING.finditer(path)]
    for length in lengths:
        found = [
            known[part]
            for start in starts
            if (part := path[start : start + length]) in known and not DIGIT.match(path, start + length)
        ]
        if found:
            return min(found)[1]
    return None


def attachments_of(
    path: Path, contract: Contract, reporting_units: Iterable[str]
) -> tuple[dict[str, str | None], list[Finding]]:
    """The attachments of a submission with the reporting unit that each belongs to, and the findings for its submitter.

    Only ledgers of events and of projects have numbers to link by; a layer's files are the layer.
    """
    if contract.is_layer or contract.reporting_unit.kind not in WITH_ATTACHMENTS:
        return {}, []
    links = linked(members(path), reporting_units)
    without = [name for name, reporting_unit in links.items() if reporting_unit is None]
    findings = [finding("reading.attachment_kept", count=len(links), linked=len(links) - len(without))] if links else []
    if without:
        more = f" 等 {len(without)} 个" if len(without) > LISTED_NAMES else ""
        findings.append(finding("reading.attachment_unlinked", found="、".join(without[:LISTED_NAMES]) + more))
    return links, findings
