"""What a person sees of an error: one paragraph that names the thing and the remedy, for causes that are really made."""

import errno
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from cli.error_log import FOLDER, KEPT, _without_password, write
from cli.main import GROUPS
from pipeline.failures import DecisionFailed, GateFailed, TransformFailed, failure_of
from tests.cli.test_main import Run, warehouse
from tests.support.mounts import small_disk
from warehouse import builds
from warehouse.build_database import SET_ASIDE
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger, store
from warehouse.locks import Busy
from warehouse.marts import DATABASE

__all__ = ["warehouse"]  # the fixture
MOST_LINES = 8
BUILD = "20260101T000000Z-a-b"


@pytest.fixture
def small_home(tmp_path: Path) -> Home:
    """A home with an empty ledger and one published build of one table."""
    home = Home(tmp_path / "home").ensure()
    Ledger.open(home).close()
    folder = home.builds / BUILD
    folder.mkdir()
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute("create table dim_zone as select range as zone from range(100000)")
    manifest = {"build_id": BUILD, "inputs_fingerprint": "", "code_version": "", "previous": None}
    (folder / builds.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    home.current.symlink_to(Path("builds") / BUILD)
    return home


def shows_a_paragraph(err: str, home: Home, *words: str) -> str:
    """Check the form of a message; gives the traceback that its last line leads to."""
    lines = err.splitlines()
    assert lines[0].startswith("warehouse: ") and len(lines) <= MOST_LINES, err
    assert "怎么办" in err and "What to do" in err and "Traceback" not in err
    for word in words:
        assert word in err, (word, err)
    log = Path(lines[-1].partition("): ")[2])
    assert log.parent == home.logs / FOLDER
    text = log.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    return text


def shell(home: Home, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        env={**os.environ, "WAREHOUSE_HOME": str(home.root), "COLUMNS": "150"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=600,
        **more,  # type: ignore[call-overload]
    )


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database at all. " * 400)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [garbage, cut])
@pytest.mark.parametrize("verb", ["status", "load", "decisions", "publish"])
def test_a_damaged_ledger_is_named_with_the_way_back(
    warehouse: Run, small_home: Home, verb: str, damage: Callable[[Path], None]
) -> None:
    damage(small_home.ledger_file)
    status, out, err = warehouse(small_home, verb)
    assert (status, out) == (2, "")
    log = shows_a_paragraph(err, small_home, str(small_home.ledger_file), "已损坏", "damaged", "warehouse restore")
    assert "sqlite3.DatabaseError" in log and f"warehouse {verb}" in log


def test_a_locked_ledger_is_waited_for_and_then_named(
    warehouse: Run, small_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MS", 200)
    with sqlite3.connect(small_home.ledger_file, isolation_level=None) as other:
        other.execute("pragma journal_mode=delete")
        other.execute("begin exclusive")
        status, _, err = warehouse(small_home, "status")
        other.execute("rollback")
    assert status == 2
    shows_a_paragraph(err, small_home, "被占用", "locked", f"fuser -v {small_home.ledger_file}")


def test_a_ledger_server_that_is_down_is_named_without_its_password(
    warehouse: Run, small_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", "postgresql://clerk:s3cret@127.0.0.1:1/ledger")
    status, _, err = warehouse(small_home, "status")
    assert status == 2
    log = shows_a_paragraph(err, small_home, "连不上", "127.0.0.1:1/ledger", "pg_isready", "WAREHOUSE_LEDGER_URL")
    assert "s3cret" not in err + log


def test_a_ledgers_address_that_is_none_is_named_without_its_content(
    warehouse: Run, small_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_LEDGER_URL", "clerk:s3cret@nowhere")
    status, _, err = warehouse(small_home, "status")
    assert status == 2 and "WAREHOUSE_LEDGER_URL" in err and "postgresql+psycopg2://" in err
    assert "s3cret" not in err + shows_a_paragraph(err, small_home, "WAREHOUSE_LEDGER_URL")


def test_the_log_of_an_error_has_no_password_of_a_server() -> None:
    home = Home(Path("/home"), "postgresql://clerk:s3cret@db/ledger", "postgresql://marts:0ther@db/marts")
    text = f"{home.ledger_server} {home.bi_server} s3cret 0ther left"
    assert _without_password(text, home).split()[-1] == "left"
    assert not any(word in _without_password(text, home) for word in ("s3cret", "0ther"))


def test_a_ledger_of_a_newer_program_asks_for_an_update(warehouse: Run, small_home: Home) -> None:
    with sqlite3.connect(small_home.ledger_file) as con:
        con.execute("update alembic_version set version_num = '9999'")
    status, _, err = warehouse(small_home, "status")
    assert status == 2
    shows_a_paragraph(err, small_home, "9999", "升级程序", "make env")


@pytest.mark.parametrize("verb", [["status"], ["query", "select 1"], ["board"]])
def test_a_broken_link_to_the_current_build_is_named(warehouse: Run, small_home: Home, verb: list[str]) -> None:
    (small_home.builds / BUILD).rename(small_home.root / "elsewhere")
    status, _, err = warehouse(small_home, *verb)
    assert status == 2
    shows_a_paragraph(err, small_home, str(small_home.current), "链接断了", "warehouse publish --force", "rollback")


@pytest.mark.parametrize("damage", [garbage, cut])
def test_a_damaged_published_database_is_named(
    warehouse: Run, small_home: Home, damage: Callable[[Path], None]
) -> None:
    damage(small_home.builds / BUILD / DATABASE)
    status, _, err = warehouse(small_home, "query", "select count(*) from dim_zone")
    assert status == 2
    shows_a_paragraph(err, small_home, f"{BUILD}/{DATABASE}", "读不了", "warehouse publish --force")


def test_a_build_database_in_use_names_the_process(warehouse: Run, small_home: Home) -> None:
    held = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(small_home.build_db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline()
        status, _, err = warehouse(small_home, "publish", "--force")
        other.communicate(b"\n")
    assert status == 2
    shows_a_paragraph(err, small_home, str(small_home.build_db), f"进程 {other.pid}", "等它结束")


def limited_to(megabytes: float) -> Callable[[], None]:
    """For a child process: no file may grow larger."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(megabytes * 1e6), int(megabytes * 1e6)))

    return limit


@pytest.mark.slow
@pytest.mark.thorough
def test_a_file_beyond_the_limit_of_the_system_is_a_full_disk(small_home: Home) -> None:
    ran = shell(small_home, "publish", "--force", preexec_fn=limited_to(0.1))
    assert ran.returncode == 2
    shows_a_paragraph(ran.stderr, small_home, str(small_home.root), "磁盘已满", "The disk is full", "df -h")
    assert not small_home.build_db.with_name(f"{small_home.build_db.name}{SET_ASIDE}").exists()


def test_a_ledger_that_the_system_will_not_write_is_named_with_where_to_look(small_home: Home) -> None:
    waiver = ("--unit", "荫城镇", "--approver", "李", "--because", "x", "--until", "2099-12-31")
    ran = shell(small_home, "waive", "land_use.land_total_vs_boundary", *waiver, preexec_fn=limited_to(0.03))
    assert ran.returncode == 2
    shows_a_paragraph(ran.stderr, small_home, str(small_home.ledger_file), "读写不成", "df -h", "dmesg")
    assert shell(small_home, "waivers").returncode == 0


def test_a_full_disk_under_the_ledger_is_named_and_its_log_left_out_where_it_cannot_be_written(
    warehouse: Run, tmp_path: Path
) -> None:
    home = Home(tmp_path / "disk" / "home")
    home.root.parent.mkdir()
    with small_disk(home.root.parent, kilobytes=256):
        home.ensure()
        with (home.root / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
            while ballast.write(bytes(4096)):
                pass
        status, _, err = warehouse(home, "status")
        assert status == 2 and "磁盘已满" in err and f"df -h {home.root}" in err and "Traceback" not in err
        assert "日志" not in err.splitlines()[-1] and not list(home.logs.rglob("*.log"))


@pytest.mark.parametrize(
    ("form", "lines"),
    [("csv", [b"zone,range\r\n"]), ("table", [])],  # a table is less than a pipe holds: its reader is gone before
)
def test_who_reads_no_further_gets_no_error(small_home: Home, form: str, lines: list[bytes]) -> None:
    words = [sys.executable, "-m", "cli.main", "query", "--format", form, "select * from dim_zone, range(20)"]
    with subprocess.Popen(
        words,
        env={**os.environ, "WAREHOUSE_HOME": str(small_home.root)},
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as ran:
        assert ran.stdout and ran.stderr
        assert [ran.stdout.readline() for _ in lines] == lines
        ran.stdout.close()
        assert ran.stderr.read() == b""
    assert ran.returncode != 0
    assert not (small_home.logs / FOLDER).exists()


def test_a_pipe_that_breaks_inside_is_told(warehouse: Run, small_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(home: Home) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    monkeypatch.setattr("pipeline.intake.overview.submissions", fail)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which typer wraps
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    status, _, err = warehouse(small_home, "status")
    assert status == 2
    shows_a_paragraph(err, small_home, "BrokenPipeError", "程序的错误")


def test_an_interruption_is_one_line(small_home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "cli.main", "query"],
        env={**os.environ, "WAREHOUSE_HOME": str(small_home.root)},
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as ran:
        assert ran.stdout and ran.stdout.readline().startswith("只读")
        time.sleep(0.3)  # until it waits for a statement
        ran.send_signal(signal.SIGINT)
        ran.wait(timeout=20)  # its input stays open meanwhile: the end of it would end the program too
        assert ran.stderr
        err = ran.stderr.read()
    assert ran.returncode == 130
    assert err.count("\n") == 1 and err.startswith("warehouse: 已中断")


def test_an_error_that_nobody_foresaw_is_the_programs_fault(
    warehouse: Run, small_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(home: Home) -> None:
        raise KeyError("column_that_is_not_there")

    monkeypatch.setattr("pipeline.intake.overview.submissions", fail)
    status, _, err = warehouse(small_home, "status")
    assert status == 2
    log = shows_a_paragraph(err, small_home, "column_that_is_not_there", "程序的错误", "fault of the program")
    assert "in fail" in log
    monkeypatch.delenv("WAREHOUSE_DEBUG", raising=False)
    with monkeypatch.context() as patched:
        patched.setenv("WAREHOUSE_DEBUG", "")
        assert "Traceback" in warehouse(small_home, "--debug", "status")[2]
    monkeypatch.setenv("WAREHOUSE_DEBUG", "1")
    assert "Traceback" in warehouse(small_home, "status")[2]


def test_no_log_is_written_where_there_is_no_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "none")
    assert write(home, ValueError("x"), ["warehouse"]) is None and write(None, ValueError("x"), []) is None
    assert not home.root.exists()


def test_the_oldest_logs_go(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = [write(home, ValueError(str(number)), ["warehouse"]) for number in range(KEPT + 2)]
    assert sorted((home.logs / FOLDER).iterdir()) == written[2:]


FAILED_NODES = "; ".join(
    f"model.shangdang.mart_{number}: Runtime Error in model\n  Binder Error: no column {'x' * 500}; not one"
    for number in range(400)
)
MAPPED = (
    (TransformFailed(FAILED_NODES), ("400 处失败", "mart_2:", "dbt.log", "warehouse publish")),
    (
        GateFailed(
            "refused; for two reasons",
            "20260101T000000Z-a-b",
            ("zone_closure", "stock_change"),
            {"zone_closure": "3 rows; and more", "stock_change": "60 %"},
        ),
        (
            "2 项检查",
            "zone_closure: 3 rows; and more",
            "warehouse override-gate 20260101T000000Z-a-b --check zone_closure --check stock_change",
        ),
    ),
    (DecisionFailed("a.xlsx: KeyError: 'x'; b.xlsx: ValueError: y", {}), ("2 份报送", "a.xlsx", "warehouse load")),
    (Busy("发布正被另一进程占用，等待 600 秒后放弃 (held by another process: /x)"), ("600 秒", "fuser", "locks")),
    (MemoryError(), ("内存不足", "free -h")),
    (duckdb.OutOfMemoryException("could not allocate block of size 1 MB"), ("内存不足", "1 MB")),
    (DecisionFailed("a.xlsx: OSError: [Errno 28] No space left on device", {}), ("磁盘已满", "df -h")),
    (duckdb.IOException('Could not write file "/x/y": No space left on device'), ("磁盘已满", "/x/y", "df -h /")),
    (ZeroDivisionError("division by zero"), ("ZeroDivisionError", "程序的错误")),
)


@pytest.mark.parametrize(("error", "words"), MAPPED, ids=lambda value: type(value).__name__)
def test_each_kind_of_error_has_its_paragraph(small_home: Home, error: Exception, words: tuple[str, ...]) -> None:
    failure = failure_of(error, small_home)
    assert failure is not None
    text = "\n".join(failure.lines())
    assert len(failure.lines()) < MOST_LINES and len(text) < 3000
    for word in words:
        assert word in text


def test_remedies_name_commands_that_there_are() -> None:
    known = {command.__name__.replace("_", "-") for commands in GROUPS.values() for command in commands}
    sources = [CHECKOUT / name for name in ("pipeline/failures.py", "warehouse/failures/storage.py")]
    named = set(
        re.findall(r"(?<!the )warehouse ([a-z][a-z-]+)", "\n".join(path.read_text("utf-8") for path in sources))
    )
    assert {"publish", "load", "restore"} <= named <= known
