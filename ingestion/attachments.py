"""Photos and scans that come in one zip with a ledger: archived with it, and linked to its records by the numbers in
their names.

Called by `pipeline.intake.parse` for the links, and by `pipeline.intake.attachments` for the members.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from contracts import Contract, Finding, finding
from ingestion.normalize.values import event_number
from ingestion.readers.tabular import is_table
from ingestion.readers.zip_members import Member, is_package, is_zip, open_zip, submitted_members

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
    one; else None.
    """
    written = sorted(
        ((event_number(number), number) for number in numbers), key=lambda pair: len(pair[0]), reverse=True
    )
    found: dict[str, str | None] = {}
    for name in names:
        path = event_number(name)
        found[name] = next(
            (number for text, number in written if re.search(rf"(?<![0-9A-Za-z]){re.escape(text)}(?![0-9])", path)),
            None,
        )
    return found


def attachments_of(
    path: Path, contract: Contract, reporting_units: Iterable[str]
) -> tuple[dict[str, str | None], list[Finding]]:
    """The attachments of a submission with the reporting unit that each belongs to, and the findings for its submitter.

    Only ledgers of events and of projects have numbers to link by; a layer's files are the layer.
    """
    if contract.is_layer or contract.reporting_unit.kind not in ("event", "project"):
        return {}, []
    links = linked(members(path), reporting_units)
    without = [name for name, reporting_unit in links.items() if reporting_unit is None]
    findings = [finding("reading.attachment_kept", count=len(links), linked=len(links) - len(without))] if links else []
    if without:
        more = f" 等 {len(without)} 个" if len(without) > LISTED_NAMES else ""
        findings.append(finding("reading.attachment_unlinked", found="、".join(without[:LISTED_NAMES]) + more))
    return links, findings
