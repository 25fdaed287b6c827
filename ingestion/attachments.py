"""Photos and scans that come in one zip with a ledger: archived with it, and linked to its records by the numbers in
their names.
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from contracts import Contract, Finding, finding
from ingestion.normalize.values import event_number
from ingestion.readers.tabular import is_table
from ingestion.sniff import member_name

MOST_MEMBERS = 5000
SHOWN = 5
NOT_SUBMITTED = (".", "~$")


def members(path: Path) -> dict[str, zipfile.ZipInfo]:
    """What lies beside the table in a zip, by its readable path; nothing of a workbook, or of what is no zip. Nothing
    is unpacked.
    """
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()[:MOST_MEMBERS]
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        return {}
    named = {member_name(entry): entry for entry in entries if not entry.is_dir() and not is_table(entry.filename)}
    return {name: entry for name, entry in named.items() if _is_submitted(name)}


def _is_submitted(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(NOT_SUBMITTED)


def linked(names: Iterable[str], numbers: Iterable[str]) -> dict[str, str | None]:
    """The record that each file is evidence of: the longest number that stands in its path, and is not part of a longer
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
    """The evidence in a submission with the unit that each file belongs to, and what its submitter is told of it.

    Only ledgers of events and of projects have numbers to link by; a layer's files are the layer.
    """
    if contract.is_layer or contract.reporting_unit.kind not in ("event", "project"):
        return {}, []
    links = linked(members(path), reporting_units)
    without = [name for name, reporting_unit in links.items() if reporting_unit is None]
    told = [finding("reading.attachment_kept", count=len(links), linked=len(links) - len(without))] if links else []
    if without:
        more = f" 等 {len(without)} 个" if len(without) > SHOWN else ""
        told.append(finding("reading.attachment_unlinked", found="、".join(without[:SHOWN]) + more))
    return links, told
