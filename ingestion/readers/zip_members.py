"""A zip that somebody sent, opened with its limits, and its members as every part of the intake sees them: readable
names, the submitter's own ones. No other module opens one.

Called by the readers of tables, workbooks and layers, by the receipts, by `ingestion.sniff`, by `ingestion.attachments` and
by `pipeline.intake.attachments`; `ingestion.inbox` asks for `is_junk` alone. Nothing here unpacks anything to a folder.

There is no limit on how much better than usual a member is packed: a honest sheet of repeated rows packs a hundred to
one. What a bomb costs is bounded by the sizes, and by the sandbox where the archive lies about them.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from ingestion.readers.errors import UnreadableFile

Archive = zipfile.ZipFile
Member = zipfile.ZipInfo
# What opening a zip or reading a member raises: torn, of another packing, with a password, cut short, beyond its end,
# of an unreadable name
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeDecodeError)
# A year's ledger has some hundred records with a few photos each; a zip of many more files is no submission.
MAX_MEMBERS = 5_000
# A workbook or table is held in memory whole, in a process that may take 512 MB or, for a large file, 1024.
MAX_BYTES_IN_MEMORY = 512 << 20
# A layer is unpacked to a folder; as large as one file of the sandbox's process may be.
MAX_BYTES_ON_DISK = 4 << 30

# What operating systems, Office and network storage leave beside a submitter's own files.
JUNK_BEGINNINGS = (".", "~$", "__macosx")
JUNK_NAMES = frozenset(
    {"thumbs.db", "desktop.ini", "system volume information", "$recycle.bin", "lost+found", "@eadir"}
)
NAME_IS_UTF8 = 0x800  # flag bit 11 of a member (APPNOTE 4.4.4)
PACKAGE_PARTS = frozenset({"[Content_Types].xml", "mimetype"})  # of Office Open XML, of OpenDocument


def is_zip(path: Path) -> bool:
    """Whether a file is a zip by its content."""
    return zipfile.is_zipfile(path)


def open_zip(source: Path | bytes, most_bytes: int | None = None) -> Archive:
    """A zip, open for reading; to be closed by `with`.

    source: the file, or its content. most_bytes: what all its members may unfold to; None for who takes single members,
    each by `open_member` or `read_beginning`, which have a limit of their own. Raises UnreadableFile for one beyond the
    limit, one of BROKEN_ZIP for what is no whole zip.
    """
    archive = Archive(io.BytesIO(source) if isinstance(source, bytes) else source)
    try:
        if most_bytes is not None:
            check_unpacked_size(archive.infolist(), most_bytes)
    except UnreadableFile:
        archive.close()
        raise
    return archive


def open_member(archive: Archive, member: Member, most_bytes: int) -> IO[bytes]:
    """A member, open for reading. Raises UnreadableFile where it says that it unfolds to more bytes than that, one of
    BROKEN_ZIP where it is torn.
    """
    check_unpacked_size([member], most_bytes)
    return archive.open(member)


def read_beginning(archive: Archive, member: Member, most_bytes: int) -> bytes:
    """At most so many bytes of a member, from its beginning; raises one of BROKEN_ZIP where it is torn."""
    with archive.open(member) as file:
        return file.read(most_bytes)


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name, without its path, is hidden or left there by a program."""
    lower = name.lower()
    return lower.startswith(JUNK_BEGINNINGS) or lower in JUNK_NAMES


def readable_path(member: Member) -> PurePosixPath:
    """A member's path as text, always relative and never upward.

    Where the archive does not say UTF-8, Chinese programs write GBK and macOS UTF-8 nevertheless.
    """
    parts = PurePosixPath(_decoded_name(member).replace("\\", "/")).parts
    return PurePosixPath(*(part for part in parts if part not in ("/", "//", "..")))


def _decoded_name(member: Member) -> str:
    if member.flag_bits & NAME_IS_UTF8:
        return member.filename
    try:
        raw = member.filename.encode("cp437")  # as zipfile decoded it
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def submitted_members(archive: Archive) -> dict[str, Member]:
    """The submitter's own files in a zip by their readable path, folders and junk left out, in the archive's order.

    Raises UnreadableFile for more files than are taken, and for two of the same path.
    """
    files = [member for member in archive.infolist() if not member.is_dir()]
    if len(files) > MAX_MEMBERS:
        raise UnreadableFile.because("zip_many_files", count=len(files), most=MAX_MEMBERS)
    found: dict[str, Member] = {}
    for member in files:
        path = readable_path(member)
        if not path.parts or any(map(is_junk, path.parts)):
            continue
        if str(path) in found:
            raise UnreadableFile.because("zip_same_name", name=path)
        found[str(path)] = member
    return found


def check_unpacked_size(members: Iterable[Member], most_bytes: int) -> None:
    """Raises UnreadableFile for members that say they unfold to more bytes than that.

    zipfile never gives more of a member than it says.
    """
    if sum(member.file_size for member in members) > most_bytes:
        raise UnreadableFile.because("zip_unpacked", most=most_bytes >> 20)


def is_package(archive: Archive) -> bool:
    """Whether a zip is one document of an office program, not an archive of files."""
    return not PACKAGE_PARTS.isdisjoint(archive.namelist())
