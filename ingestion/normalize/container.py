"""Members of a zip beside the table or the layer that was read of it, for the reading record. Called by `table` and `layer`."""

from pathlib import Path, PurePosixPath

from contracts import Contract, Finding, finding
from contracts.reading_record import SheetRecord
from ingestion.attachments import WITH_ATTACHMENTS
from ingestion.inbox import SHAPEFILE_PARTS
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.layer_files import may_belong_to_a_layer
from ingestion.readers.tabular import is_table
from ingestion.readers.zip_members import BROKEN_ZIP, is_junk, is_package, open_zip, readable_path

OF_A_SYSTEM, NOT_OF_THE_REPORT = (
    "操作系统的文件 (of the operating system)",
    "附件或其他文件 (an attachment or another file)",
)
SHOWN = 8  # members that the record names, of each reason


def left_out(path: Path, contract: Contract) -> tuple[list[SheetRecord], list[Finding]]:
    """What a zip holds beside the table, or the layer, that is read of it: a record for each reason, with the first names and
    how many there are, and the finding that says so where no other does; nothing for another file.
    """
    try:
        with open_zip(path) as archive:
            if is_package(archive):
                return [], []
            members = [readable_path(member) for member in archive.infolist() if not member.is_dir()]
    except (*BROKEN_ZIP, ValueError, UnreadableFile):
        return [], []
    junk = [one for one in members if any(map(is_junk, one.parts))]
    rest = [one for one in members if one not in junk]
    others = [one for one in rest if not _is_of_layer(one, rest)] if contract.is_layer else _beside_tables(rest)
    records = [
        SheetRecord(_shown(names), reason)
        for names, reason in ((junk, OF_A_SYSTEM), (others, NOT_OF_THE_REPORT))
        if names
    ]
    are_attachments = not contract.is_layer and contract.reporting_unit.kind in WITH_ATTACHMENTS
    if not others or are_attachments:
        return records, []
    return records, [finding("reading.members_not_read", found=_shown(others), count=len(others))]


def _is_of_layer(member: PurePosixPath, members: list[PurePosixPath]) -> bool:
    """Whether a member is a part of the layer that is read: of a Shapefile where there is one, else of another format."""
    shapefile = next((one.stem.lower() for one in members if one.suffix.lower() == ".shp"), None)
    name = member.name.lower()
    is_part = name.endswith(SHAPEFILE_PARTS)
    if shapefile is None:
        return may_belong_to_a_layer(member) and not is_part
    return is_part and name.startswith(f"{shapefile}.")


def _beside_tables(members: list[PurePosixPath]) -> list[PurePosixPath]:
    return [one for one in members if not is_table(str(one))]


def table_member(path: Path) -> str | None:
    """The name of the only table in a zip, without its folder; None for another file."""
    try:
        with open_zip(path) as archive:
            if is_package(archive):
                return None
            members = [readable_path(member) for member in archive.infolist() if not member.is_dir()]
    except (*BROKEN_ZIP, ValueError, UnreadableFile):
        return None
    tables = [one for one in members if is_table(str(one)) and not any(map(is_junk, one.parts))]
    return tables[0].name if len(tables) == 1 else None


def _shown(names: list[PurePosixPath]) -> str:
    shown = "、".join(map(str, names[:SHOWN]))
    return f"{shown}…（共 {len(names)} 个）" if len(names) > SHOWN else shown
