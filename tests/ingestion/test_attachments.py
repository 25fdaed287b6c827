"""Photos and scans in a zip beside a ledger: which record each belongs to, and the findings on them."""

import time
import zipfile
from pathlib import Path

import pytest

from contracts import contract
from ingestion.attachments import attachments_of, linked, members


def zipped(path: Path, *names: str, encoding: str = "utf-8") -> Path:
    """A zip of files with these names; in another encoding than UTF-8 they stand in it as Chinese programs write them,
    without a mark.
    """
    raw = {
        name.encode(encoding): str(number).ljust(len(name.encode(encoding)), "_") for number, name in enumerate(names)
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, stand_in in zip(names, raw.values(), strict=True):
            archive.writestr(name if encoding == "utf-8" else stand_in, b"\xff\xd8")
    if encoding != "utf-8":
        content = path.read_bytes()
        for written, stand_in in raw.items():
            content = content.replace(stand_in.encode(), written)
        path.write_bytes(content)
    return path


def test_a_file_belongs_to_the_longest_number_in_its_path() -> None:
    numbers = ["JC2025-04", "JC2025-040", "上农验〔2025〕3号", "A1", "A1-01"]
    assert linked(
        [
            "照片/JC2025-040/1.jpg",
            "JC2025-04(2).jpg",
            "ＪＣ2025-040.jpg",
            "JC2025-0401.jpg",
            "扫描/上农验[2025]3号.pdf",
            "A1-01 竣工.jpg",
            "A1竣工.jpg",
            "DA1.jpg",
            "合影.jpg",
        ],
        numbers,
    ) == {
        "照片/JC2025-040/1.jpg": "JC2025-040",
        "JC2025-04(2).jpg": "JC2025-04",
        "ＪＣ2025-040.jpg": "JC2025-040",
        "JC2025-0401.jpg": None,
        "扫描/上农验[2025]3号.pdf": "上农验〔2025〕3号",
        "A1-01 竣工.jpg": "A1-01",
        "A1竣工.jpg": "A1",
        "DA1.jpg": None,
        "合影.jpg": None,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_is_neither_table_nor_litter_is_an_attachment(tmp_path: Path, encoding: str) -> None:
    names = ("台账.xlsx", "照片/JC-1.jpg", "__MACOSX/._a.jpg", "~$台账.docx", "照片/.DS_Store", "扫描件.pdf")
    assert list(members(zipped(tmp_path / "a.zip", *names, encoding=encoding))) == ["照片/JC-1.jpg", "扫描件.pdf"]


def test_a_workbook_and_a_text_hold_no_attachments(tmp_path: Path) -> None:
    assert members(zipped(tmp_path / "a.xlsx", "[Content_Types].xml", "xl/media/image1.png")) == {}
    (tmp_path / "a.csv").write_text("甲,乙\n", encoding="utf-8")
    assert members(tmp_path / "a.csv") == {}


def test_the_submitter_is_told_what_was_kept_and_what_belongs_to_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", "台账.csv", "JC-1.jpg", "合影.jpg")
    links, findings = attachments_of(path, contract("supervision"), ["JC-1", "JC-2"])
    assert links == {"JC-1.jpg": "JC-1", "合影.jpg": None}
    assert [(one.rule_id, one.severity, one.message) for one in findings] == [
        ("reading.attachment_kept", "info", "压缩包里的附件 2 个已随本表归档，1 个按编号对应到记录；附件不公开"),
        ("reading.attachment_unlinked", "info", "附件没有对应的编号：合影.jpg"),
    ]
    assert attachments_of(path, contract("ecology"), ["140404101"]) == ({}, [])
    assert attachments_of(zipped(tmp_path / "b.zip", "A1.shp", "A1.dbf"), contract("project_site"), ["A1"]) == ({}, [])


def photos_and_records(count: int) -> tuple[list[str], list[str], dict[str, str | None]]:
    """Photos beside records, five for every four as they come, and the links that are right."""
    numbers = [f"JC2025-{number:05}" for number in range(count * 4 // 5)]
    links: dict[str, str | None] = {
        f"照片/{numbers[photo % len(numbers)]}/IMG_{photo:05}.jpg": numbers[photo % len(numbers)]
        for photo in range(count)
    }
    links["照片/合影.jpg"] = None
    return list(links), numbers, links


def seconds_for(count: int) -> float:
    """CPU time of linking, the least of three."""
    names, numbers, links = photos_and_records(count)
    taken = []
    for _ in range(3):
        began = time.process_time()
        assert linked(names, numbers) == links
        taken.append(time.process_time() - began)
    return min(taken)


def test_fifteen_hundred_photos_beside_twelve_hundred_records_are_linked_in_linear_time() -> None:
    single, double = seconds_for(1500), seconds_for(3000)
    assert single < 1
    assert double < 3 * single


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("JC2025-1.jpg", "JC2025-1"),
        ("JC2025-12.jpg", "JC2025-12"),
        ("JC2025-123.jpg", None),
        ("XJC2025-1.jpg", None),
        ("JC2025-1a.jpg", "JC2025-1"),
        ("甲JC2025-1/乙.jpg", "JC2025-1"),
        ("JC2025-2/JC2025-1.jpg", "JC2025-1"),
        ("JC2025-1/JC2025-12.jpg", "JC2025-12"),
        ("ＪＣ２０２５-12（2）.jpg", "JC2025-12"),
    ],
)
def test_a_number_is_not_a_part_of_another_and_the_first_of_two_as_long_counts(name: str, number: str | None) -> None:
    assert linked([name], ["JC2025-1", "JC2025-2", "JC2025-12"]) == {name: number}


def test_no_number_at_all_links_nothing() -> None:
    assert linked(["照片.jpg"], [""]) == {"照片.jpg": None}
