"""What a terminal would obey is taken out of all that is printed, wherever it comes from; our own colours stay."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from rich.table import Table

from cli.main import main
from cli.plain_text import PlainStream, plain_output
from cli.printing import console, say
from contracts.characters import as_shown
from tests.cli.test_errors import small_home
from tests.cli.test_main import Run, warehouse
from warehouse.home import CHECKOUT, Home

__all__ = ["small_home", "warehouse"]  # the fixtures
TITLE = "\x1b]0;owned\x07"
CLEARED = "\x1b[2J\x1b[H"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("荫城镇\t12\n", "荫城镇\t12\n"),
        ("a,b\r\n", "a,b\r\n"),
        ("paid\rnot paid", "paid�not paid"),
        (TITLE, "�]0;owned�"),
        ("\x9b31m", "�31m"),
        ("\x7f\x08\x00", "���"),
        ("gpj.\u202exslx", "gpj.�xslx"),
        ("\u2066x\u2069", "�x�"),
    ],
)
def test_text_is_made_plain(text: str, shown: str) -> None:
    assert as_shown(text) == shown


def test_both_streams_are_plain_until_the_block_ends(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with plain_output():
        print(f"out {CLEARED}")
        print(f"err {CLEARED}", file=sys.stderr)
        sys.stdout.writelines(["a\x1b", "b\n"])
        assert isinstance(sys.stdout, PlainStream) and not sys.stdout.isatty()
        assert sys.stdout.encoding == before[0].encoding
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("out �[2J�[H\na�b\n", "err �[2J�[H\n")


def test_tables_and_lines_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(TITLE, title=f"title {CLEARED}")
    table.add_row(f"cell {CLEARED}")
    console().print(table)
    say(f"[red]said[/] {CLEARED}")
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\x07" not in out
    assert "cell �[2J�[H" in out and "title �[2J�[H" in out and "said �[2J�[H" in out


def test_a_cell_reaches_no_terminal_as_it_is(warehouse: Run, small_home: Home) -> None:
    sql = "select chr(27) || '[2J' as a, chr(155) || 'x' as b, chr(13) || 'y' as c"
    for form in ("table", "csv", "json"):
        status, out, _ = warehouse(small_home, "query", "--format", form, sql)
        assert status == 0
        assert not {"\x1b", "\x9b"} & set(out) and "\r" not in out.replace("\r\n", ""), form
        assert "[2J" in out


def test_nor_does_an_error_or_a_file_name(warehouse: Run, small_home: Home, tmp_path: Path) -> None:
    status, _, err = warehouse(small_home, "query", f'from "{CLEARED}"')
    assert status == 2 and "\x1b" not in err and "[2J" in err
    named = tmp_path / f"a{CLEARED}.xlsx"
    named.write_bytes(b"")
    _, out, err = warehouse(small_home, "check", named)
    assert "\x1b" not in out + err and "[2J" in out + err
    status, _, err = warehouse(small_home, "check", tmp_path / f"gone{CLEARED}.xlsx")
    assert status == 2 and "\x1b" not in err


def test_a_terminal_gets_our_colours_and_no_others(small_home: Home) -> None:
    """On a real terminal: the heading is bold by rich, the cell's escape is not obeyed."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "cli.main", "query", "select chr(27) || '[2Jcell' as a"]
    environment = {**os.environ, "WAREHOUSE_HOME": str(small_home.root), "TERM": "xterm-256color"}
    subprocess.run(words, cwd=CHECKOUT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    shown = b""
    try:
        while more := os.read(ours, 65536):
            shown += more
    except OSError:  # Linux: the terminal's other side is closed
        pass
    os.close(ours)
    assert b"\x1b[1m" in shown
    assert b"\x1b[2J" not in shown and "�[2Jcell".encode() in shown


def test_help_is_readable_without_colours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["warehouse", "query", "--help"])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "--format" in out and "�" not in out and "\x1b" not in out


def test_a_table_of_marts_has_its_own_letters(small_home: Home, warehouse: Run) -> None:
    with duckdb.connect(str(small_home.current / "warehouse.duckdb")) as con:
        con.execute("create table names as select '荫城镇 αβγ é 𠮷' as name")
    assert "荫城镇 αβγ é 𠮷" in warehouse(small_home, "query", "from names")[1]
