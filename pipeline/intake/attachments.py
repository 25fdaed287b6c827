"""The attachments that came with a record: found by the record's number, and copied out of the archive. Called by the command
`warehouse attachments`.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.intake.parse import ATTACHMENTS_NOTE
from pipeline.intake.receipts import main_file
from warehouse import archive
from warehouse.home import Home
from warehouse.ledger import Ledger

LARGEST_BYTES = 256 << 20  # of a file, unpacked: a scan or a short film
MOST_OF_A_NAME = 10_000  # files of the same name that are copied into one folder, each with a number


@dataclass(frozen=True)
class Attachment:
    """One archived file. reporting_unit: the record that it belongs to, None for none; name: its path in the zip that it came in."""

    submission_id: str
    reporting_unit: str | None
    name: str
    archive: Path


def attachments_for(home: Home, number: str) -> Iterator[Attachment]:
    """What came as an attachment of a record, by its number, or with a submission, by its id; in the order of arrival.
    Raises warehouse.integrity.DamagedArchive.
    """
    from ingestion.normalize.values import event_number

    wanted = event_number(number)
    with Ledger.open(home.ensure()) as ledger:
        for one in ledger.submissions():
            links: dict[str, str | None] = json.loads(one.notes.get(ATTACHMENTS_NOTE, "{}"))
            for name, reporting_unit in links.items():
                if one.submission_id == number or (reporting_unit and event_number(reporting_unit) == wanted):
                    yield Attachment(
                        one.submission_id, reporting_unit, name, main_file(archive.fetch(home, one.sha256).members)
                    )


def copy_out(found: Attachment, folder: Path) -> Path:
    """Copy a file out of the archive, under its own name, into the submission's folder. Raises RuntimeError when it is
    too large.
    """
    from ingestion.attachments import members
    from ingestion.readers.errors import UnreadableFile
    from ingestion.readers.zip_members import open_member, open_zip

    target = folder / found.submission_id / PurePosixPath(found.name.replace("\\", "/")).name
    for number in range(2, MOST_OF_A_NAME):
        if not target.exists():
            break
        target = target.with_stem(f"{target.stem.removesuffix(f'-{number - 1}')}-{number}")
    with open_zip(found.archive) as archive:
        try:
            source = open_member(archive, members(found.archive)[found.name], LARGEST_BYTES)
        except UnreadableFile:
            raise RuntimeError(f"附件超过 {LARGEST_BYTES >> 20} MB (too large): {found.name}") from None
        target.parent.mkdir(parents=True, exist_ok=True)
        with source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return target
