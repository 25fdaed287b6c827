"""A query ends: at its limits, on Ctrl-C, and when nothing but the end of the process ends it; SQL reaches it unread."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.query_process import memory_held_to
from tests.cli.test_errors import small_home
from tests.cli.test_main import Run, warehouse
from tests.support.attacks import ATTACKS
from warehouse.home import CHECKOUT, Home

__all__ = ["small_home", "warehouse"]  # the fixtures
ENDLESS = "with recursive a as (select 1 as n union all select n + 1 from a) select max(n) from a"
# Calls of a function that look for no interruption, several seconds each, all before the first row.
DEAF = f"select {' + '.join(f'length(bitstring($$1$$, {2_000_000_000 + number}))' for number in range(9))}"
STARTED_SECONDS = 30.0  # for the program to begin, on a busy machine


@contextmanager
def running(home: Home, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`warehouse query` as a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "cli.main", "query", *words],
        env={**os.environ, "WAREHOUSE_HOME": str(home.root)},
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as ran:
        yield ran


def _wait_until_it_works(ran: "subprocess.Popen[str]") -> None:
    """Until a thread of it other than the first has used two tenths of a second: the query runs."""
    import psutil

    process, until = psutil.Process(ran.pid), time.monotonic() + STARTED_SECONDS
    while time.monotonic() < until:
        threads = [one.user_time + one.system_time for one in process.threads()]
        if any(seconds > 0.2 for seconds in threads[1:]):
            return
        time.sleep(0.05)
    raise AssertionError("it does not work")


@pytest.mark.slow
@pytest.mark.parametrize("sql", [ENDLESS, DEAF], ids=["interruptible", "deaf"])
def test_ctrl_c_ends_a_query(small_home: Home, sql: str) -> None:
    with running(small_home, sql) as ran:
        _wait_until_it_works(ran)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=20)
    assert (ran.returncode, out) == (130, "")
    assert err.startswith("warehouse: 已中断") and err.count("\n") == 1


@pytest.mark.slow
def test_ctrl_c_ends_a_statement_of_the_prompt_and_not_the_prompt(small_home: Home) -> None:
    with running(small_home) as ran:
        assert ran.stdin and ran.stdout
        ran.stdin.write(f"{ENDLESS};\n")
        ran.stdin.flush()
        _wait_until_it_works(ran)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate("select 'still' || ' here' as a;\n", timeout=20)
    assert ran.returncode == 0, err
    assert "已中止" in out and "still here" in out


@pytest.mark.slow
def test_a_query_ends_when_its_time_is_over(small_home: Home) -> None:
    small_home.settings_file.write_text("[queries]\nseconds = 1\n", encoding="utf-8")
    for sql, said in ((ENDLESS, "超过 1 秒"), (DEAF, "只能结束程序")):
        with running(small_home, sql) as ran:
            out, err = ran.communicate(timeout=60)
        assert (ran.returncode, out) == (2, "") and said in err and err.startswith("warehouse: "), err
        assert "Traceback" not in err and len(err.splitlines()) == 1


def test_a_query_that_needs_more_memory_is_said_in_one_line(warehouse: Run, small_home: Home) -> None:
    small_home.settings_file.write_text("[queries]\nmemory_megabytes = 64\n", encoding="utf-8")
    for sql in ("select length(repeat('x', 2000000000))", "from range(1000000000) order by random()"):
        status, out, err = warehouse(small_home, "query", sql)
        assert (status, out) == (2, "")
        assert err.startswith("warehouse: 查询需要的内存超过 64 MB") and err.count("\n") == 1, err


def test_rows_beyond_the_limit_are_not_printed_and_not_hidden(warehouse: Run, small_home: Home) -> None:
    small_home.settings_file.write_text("[queries]\nrows = 5\n", encoding="utf-8")
    status, out, err = warehouse(small_home, "query", "--format", "csv", "from range(7)")
    assert status == 2 and out.split() == ["range", "0", "1", "2", "3", "4"]
    assert "超过 5 行" in err
    status, out, _ = warehouse(small_home, "query", "--format", "json", "from range(5)")
    assert status == 0 and [json.loads(line)["range"] for line in out.splitlines()] == [0, 1, 2, 3, 4]


def test_a_refused_statement_is_said_in_one_line_without_a_path(warehouse: Run, small_home: Home) -> None:
    for attack in ATTACKS:
        if attack.kind in ("attach", "settings") and attack.outcome == "StatementRefused":
            status, out, err = warehouse(small_home, "query", attack.sql)
            assert (status, out) == (2, "") and err.count("\n") == 1, attack.sql
            assert str(small_home.root) not in err


def test_memory_is_held_only_while_the_block_lasts() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with memory_held_to(64), pytest.raises(MemoryError):
        bytearray(2 << 30)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


HOSTILE = (
    "select 1",
    "select '$(touch pwned)' as a, `touch pwned`",
    '"; touch pwned; "',
    "$(shell touch pwned)",
    "select '$$HOME' as a -- \\",
    "--help",
)


@pytest.mark.parametrize("sql", HOSTILE)
@pytest.mark.parametrize("by_environment", [False, True], ids=["word", "environment"])
def test_make_hands_the_statement_on_unread(tmp_path: Path, sql: str, by_environment: bool) -> None:
    (tmp_path / "Makefile").write_text((CHECKOUT / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    command = tmp_path / "warehouse"
    command.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)
    words = ["make", "--silent", "--old-file=.venv/ready", "sql", f"BIN={tmp_path}"]
    environment = {name: value for name, value in os.environ.items() if name not in ("Q", "MAKEFLAGS", "MAKELEVEL")}
    ran = subprocess.run(
        words if by_environment else [*words, f"Q={sql}"],
        env={**environment, "Q": sql} if by_environment else environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["query", "--", sql]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Makefile", "warehouse"]
