"""Members of a zip: readable names, what programs leave beside them, and the limits."""

import io
import warnings
import zipfile
from pathlib import Path

import pytest

from ingestion.readers.errors import UnreadableFile
from ingestion.readers.zip_members import (
    MAX_MEMBERS,
    check_unpacked_size,
    is_junk,
    is_package,
    is_zip,
    open_member,
    open_zip,
    read_beginning,
    readable_path,
    submitted_members,
)


def archive(*names: str, content: bytes = b"x") -> zipfile.ZipFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two equal names
        for name in names:
            target.writestr(name, content)
    return zipfile.ZipFile(buffer)


def unmarked(raw: bytes) -> zipfile.ZipInfo:
    """A member whose archive does not say in which encoding its name is."""
    return zipfile.ZipInfo(raw.decode("cp437"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_are_read_where_the_archive_does_not_say_their_encoding(encoding: str) -> None:
    assert str(readable_path(unmarked("照片/北呈乡 1.jpg".encode(encoding)))) == "照片/北呈乡 1.jpg"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../逃出.csv", "逃出.csv"),
        ("/etc/cron.d/x", "etc/cron.d/x"),
        ("a\\..\\..\\b.csv", "a/b.csv"),
        ("./a//b.csv", "a/b.csv"),
        ("..", "."),
    ],
)
def test_a_path_never_leads_out(name: str, path: str) -> None:
    member = zipfile.ZipInfo()
    member.filename, member.flag_bits = name, 0x800
    assert str(readable_path(member)) == path


def test_junk_is_no_part_of_a_submission() -> None:
    junk = (
        "__MACOSX/._a.jpg",
        "照片/.DS_Store",
        "照片/Thumbs.db",
        "DESKTOP.INI",
        "~$台账.xlsx",
        ".git/config",
        "@eaDir/1.jpg",
    )
    with archive("台账.xlsx", "照片/", "照片/1.jpg", *junk) as opened:
        assert list(submitted_members(opened)) == ["台账.xlsx", "照片/1.jpg"]
    assert not is_junk("台账~$.xlsx")


def test_two_files_of_one_path_are_refused() -> None:
    with archive("a/1.jpg", "a\\1.jpg") as opened, pytest.raises(UnreadableFile, match=r"两个“a/1\.jpg”"):
        submitted_members(opened)


def test_so_many_files_are_taken_and_no_more() -> None:
    names = [f"{number}.jpg" for number in range(MAX_MEMBERS)]
    with archive("照片/", *names) as opened:
        assert len(submitted_members(opened)) == MAX_MEMBERS
    with archive(*names, "x.jpg") as opened, pytest.raises(UnreadableFile, match=f"多于 {MAX_MEMBERS} 个"):
        submitted_members(opened)


def test_members_that_unfold_to_too_much() -> None:
    with archive("a", "b", content=bytes(1 << 20)) as opened:
        check_unpacked_size(opened.infolist(), 2 << 20)
        with pytest.raises(UnreadableFile, match="解压后超过 1 MB") as caught:
            check_unpacked_size(opened.infolist(), (2 << 20) - 1)
    assert caught.value.rule_id == "reading.timeout"


@pytest.mark.parametrize(
    ("names", "is_one"), [(["[Content_Types].xml"], True), (["mimetype"], True), (["a.csv"], False)]
)
def test_a_document_of_an_office_program_is_no_archive(names: list[str], is_one: bool) -> None:
    with archive(*names) as opened:
        assert is_package(opened) == is_one


def test_a_zip_is_opened_up_to_what_it_may_unfold_to(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("a.csv", b"12345")
        target.writestr("b.csv", b"678")
    for source in (path, path.read_bytes()):
        with open_zip(source, 8) as opened:
            assert list(submitted_members(opened)) == ["a.csv", "b.csv"]
        with pytest.raises(UnreadableFile, match="timeout"):
            open_zip(source, 7)
    with open_zip(path) as opened:
        first = submitted_members(opened)["a.csv"]
        with open_member(opened, first, 5) as member:
            assert member.read() == b"12345"
        with pytest.raises(UnreadableFile, match="timeout"):
            open_member(opened, first, 4)
        assert read_beginning(opened, first, 2) == b"12"


def test_what_is_no_zip_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK no zip")
    assert not is_zip(path)
    with pytest.raises(zipfile.BadZipFile):
        open_zip(path)
