"""Members of a zip beside the table or the layer that was read of it, for the reading record. Called by `table` and `layer`."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from contracts.reading_record import SheetRecord
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.layer_files import may_belong_to_a_layer
from ingestion.readers.tabular import is_table
from ingestion.readers.zip_members import BROKEN_ZIP, is_junk, is_package, open_zip, readable_path

OF_A_SYSTEM, NOT_OF_THE_REPORT = (
    "操作系统的文件 (of the operating system)",
    "附件或其他文件 (an attachment or another file)",
)
SHOWN = 8  # members that the record names, of each reason


def left_out(path: Path) -> Iterator[SheetRecord]:
    """What a zip holds beside tables and layers: a record for each reason, with the first names and how many there are;
    nothing for another file.
    """
    try:
        with open_zip(path) as archive:
            if is_package(archive):
                return
            members = [readable_path(member) for member in archive.infolist() if not member.is_dir()]
    except (*BROKEN_ZIP, ValueError, UnreadableFile):
        return
    junk = [one for one in members if any(map(is_junk, one.parts))]
    others = [one for one in members if one not in junk and not is_table(str(one)) and not may_belong_to_a_layer(one)]
    for names, reason in ((junk, OF_A_SYSTEM), (others, NOT_OF_THE_REPORT)):
        if names:
            yield SheetRecord(_shown(names), reason)


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
