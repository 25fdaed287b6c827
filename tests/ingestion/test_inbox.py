"""Only whole files are taken from the inbox, each arrival once."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingestion.inbox import (
    INCOMPLETE_SHAPEFILE_SECONDS,
    STALLED_WRITER_SECONDS,
    TOGETHER_SECONDS,
    Incoming,
    pending,
    scan,
)

SHAPEFILE = (".shp", ".shx", ".dbf", ".prj")


def put(inbox: Path, *paths: str) -> list[Path]:
    files = [inbox / path for path in paths]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"content")
    return files


def later(inbox: Path, seconds: float = 60.0) -> list[Incoming]:
    return scan(inbox, now=time.time() + seconds)


def test_folder_gives_dataset_and_sender(tmp_path):
    put(
        tmp_path,
        "上传.xlsx",
        "ecology/生态2025.xlsx",
        "ecology/林业局/生态2024.xlsx",
        "荫城镇/垃圾.xlsx",
        "生态状况年报/a/b/c.csv",
    )
    seen = {one.name: (one.dataset_hint, one.sender) for one in later(tmp_path)}
    assert seen == {
        "上传.xlsx": (None, None),
        "生态2025.xlsx": ("ecology", None),
        "生态2024.xlsx": ("ecology", "林业局"),
        "垃圾.xlsx": ("荫城镇", "荫城镇"),
        "c.csv": ("生态状况年报", "a"),
    }


def test_a_file_just_changed_is_left_until_it_settles(tmp_path):
    put(tmp_path, "ecology/a.xlsx")
    assert scan(tmp_path) == []
    assert [one.name for one in scan(tmp_path, settle_seconds=0)] == ["a.xlsx"]
    assert [one.name for one in later(tmp_path, 2.5)] == ["a.xlsx"]


def test_files_come_in_the_order_of_their_arrival_whatever_they_are_called(tmp_path):
    """A correction counts after what it corrects; what is copied together goes by what its names say, then by path."""
    report, correction = "rural_waste/荫城镇一季度报表.xlsx", "rural_waste/荫城镇一季度报表-更正.xlsx"
    put(tmp_path / "together", report, correction)
    assert [one.name for one in later(tmp_path / "together")] == [Path(report).name, Path(correction).name]
    put(tmp_path / "named", "ecology/生态年报（最终）.xlsx", "ecology/生态年报.xlsx", "ecology/生态年报（送审稿）.xlsx")
    assert [one.name for one in later(tmp_path / "named")] == [
        "生态年报（送审稿）.xlsx",
        "生态年报.xlsx",
        "生态年报（最终）.xlsx",
    ]
    put(tmp_path / "unnamed", "ecology/b.xlsx", "ecology/a.xlsx")
    assert [one.name for one in later(tmp_path / "unnamed")] == ["a.xlsx", "b.xlsx"]
    put(tmp_path / "apart", report)
    time.sleep(1.1 * TOGETHER_SECONDS)
    put(tmp_path / "apart", correction)
    assert [one.name for one in later(tmp_path / "apart")] == [Path(report).name, Path(correction).name]


def test_an_old_modification_time_does_not_make_a_file_whole(tmp_path):
    (file,) = put(tmp_path, "a.xlsx")
    os.utime(file, (1, 1))
    assert scan(tmp_path) == []


def test_a_file_that_a_process_is_writing_is_left_though_it_pauses(tmp_path):
    path = tmp_path / "a.xlsx"
    code = f"import sys; file = open({str(path)!r}, 'wb'); file.write(b'half'); file.flush(); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"open\n"
        assert later(tmp_path, 10) == []
        assert [one.name for one in later(tmp_path, STALLED_WRITER_SECONDS + 5)] == ["a.xlsx"]
        writer.stdin.close()
    assert [one.name for one in later(tmp_path, 10)] == ["a.xlsx"]


@pytest.mark.parametrize(
    "name",
    [
        "a.xlsx.tmp",
        "a.part",
        "a.xlsx.crdownload",
        "~$a.xlsx",
        ".~lock.a.xlsx#",
        ".hidden.xlsx",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/a.xlsx",
        ".git/a.xlsx",
    ],
)
def test_what_is_no_submission_is_left_alone(tmp_path, name):
    put(tmp_path, name, "ecology/real.xlsx")
    assert [one.name for one in later(tmp_path)] == ["real.xlsx"]


def test_links_and_special_files_are_never_followed(tmp_path):
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    put(outside, "secret.xlsx")
    put(inbox, "ecology/real.xlsx")
    (inbox / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (inbox / "linked").symlink_to(outside)
    os.mkfifo(inbox / "ecology" / "pipe.xlsx")
    assert [one.name for one in later(inbox)] == ["real.xlsx"]


def test_a_loose_shapefile_is_one_submission(tmp_path):
    put(
        tmp_path,
        *(f"wetland/湿地{ending}" for ending in (*SHAPEFILE, ".cpg", ".shp.xml")),
        "wetland/其他.zip",
        "wetland/林业局/湿地.zip",
    )
    seen = {one.name: [path.name for path in one.members] for one in later(tmp_path)}
    assert sorted(seen) == ["其他.zip", "湿地.shp", "湿地.zip"]
    assert sorted(seen["湿地.shp"]) == sorted(f"湿地{ending}" for ending in (*SHAPEFILE, ".cpg", ".shp.xml"))


def test_upper_case_endings_belong_together(tmp_path):
    put(tmp_path, "DLTB.SHP", "DLTB.SHX", "DLTB.dbf", "DLTB.prj")
    (one,) = later(tmp_path, 5)
    assert (one.name, len(one.members)) == ("DLTB.SHP", 4)


def test_a_shapefile_is_waited_for_until_its_parts_are_there(tmp_path):
    put(tmp_path, "a.shp", "a.dbf")
    assert later(tmp_path, INCOMPLETE_SHAPEFILE_SECONDS / 2) == []
    assert [one.name for one in later(tmp_path, INCOMPLETE_SHAPEFILE_SECONDS + 5)] == ["a.shp"]
    put(tmp_path, "a.shx", "a.prj")
    assert [len(one.members) for one in later(tmp_path, 5)] == [4]


def test_a_file_geodatabase_is_one_submission(tmp_path):
    put(
        tmp_path,
        "land_parcel/DLTB.gdb/a00000001.gdbtable",
        "land_parcel/DLTB.gdb/gdb",
        "land_parcel/DLTB.gdb/timestamps",
    )
    (one,) = later(tmp_path)
    assert (one.name, one.dataset_hint, one.sender, len(one.members)) == ("DLTB.gdb", "land_parcel", None, 3)


def test_an_arrival_keeps_its_key_until_it_is_another(tmp_path):
    (file,) = put(tmp_path, "ecology/a.xlsx")
    key = later(tmp_path)[0].arrival_key
    assert later(tmp_path)[0].arrival_key == key
    shutil.copy2(file, tmp_path / "kept")
    os.replace(tmp_path / "kept", file)  # the same bytes and times, sent once more
    assert later(tmp_path)[0].arrival_key != key


def test_a_name_in_gbk_or_in_pieces_becomes_text(tmp_path):
    put(tmp_path, "ecology/e\u0301tat.xlsx")
    with open(os.fsencode(tmp_path / "ecology") + b"/" + "生态.xlsx".encode("gb18030"), "wb") as file:
        file.write(b"content")
    seen = later(tmp_path)
    assert sorted(one.name for one in seen) == ["\u00e9tat.xlsx", "生态.xlsx"]
    assert all(one.members[0].read_bytes() == b"content" for one in seen)


def test_pending_changes_with_what_waits(tmp_path):
    future = time.time() + 60
    assert pending(tmp_path, now=future) is None
    put(tmp_path, "a.xlsx")
    first = pending(tmp_path, now=future)
    assert first is not None and pending(tmp_path, now=future) == first
    assert pending(tmp_path) is None  # not whole yet
    put(tmp_path, "b.xlsx")
    assert pending(tmp_path, now=future) not in (None, first)


def test_an_inbox_that_is_not_there_holds_nothing(tmp_path):
    assert scan(tmp_path / "none") == []
