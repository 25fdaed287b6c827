"""What a person may type after `make demo`: three commands on what it published."""

import os
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

from contracts.reference import lookup
from warehouse.home import CHECKOUT, Home
from warehouse.serving import connect

BEHIND = """
select project_name, township_name, period, stage, delay_months, issues from mart_project_progress
where is_latest and (is_overdue or is_behind_time or is_stalled) order by delay_months desc nulls last"""
INDICATORS = """
select indicator_name, status from mart_target_progress where area_level = 'district' and value is not null
order by target_year"""
WORRYING = ("bad", "watch")
"""Tones of a target's status that a reader asks about first."""


class Command(NamedTuple):
    """words: what it shows; line: what a shell takes."""

    words: str
    line: str


def next_commands(home: Home) -> list[Command]:
    """Three commands that work on the current build of a home, as they are to be typed in this folder. Raises
    warehouse.serving.NothingPublished.
    """
    with connect(home) as con:
        figures = con.sql(INDICATORS).fetchall()
    tones = lookup("target_status", "status", "tone")
    worrying = [name for name, status in figures if tones[status] in WORRYING] or [name for name, _ in figures]
    of_a_figure = (
        [Command(f"“{worrying[0]}”这个数是哪些单元格加起来的", _line(home, "explain", worrying[0], "--written"))]
        if worrying
        else [Command("谁该报什么，报了没有", _line(home, "status", "--due"))]
    )
    return [
        *of_a_figure,
        Command("哪些工程滞后、停滞，为什么", _line(home, "query", " ".join(BEHIND.split()))),
        Command("收到了哪些文件，各是什么结果", _line(home, "status")),
    ]


def _line(home: Home, *words: str) -> str:
    """The line of a command: the program by its path below this folder, the home where it is not the default one."""
    program = Path(sys.executable).with_name("warehouse")
    here = Path.cwd()
    named = os.path.relpath(program, here) if program.is_relative_to(here) else str(program)
    which = [] if home.root == CHECKOUT / "var" else ["--home", str(home.root)]
    return shlex.join([named, *which, *words])
