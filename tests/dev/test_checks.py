"""Steps that run side by side: what is said of each, and that one that fails fails the whole."""

import os
import sys
from pathlib import Path

import pytest

from dev.checks import COMMANDS, Step, run_beside
from dev.lint_sql import FOLDERS, changed, digests
from warehouse.home import CHECKOUT


def python(code: str) -> Step:
    return Step((sys.executable, "-c", code))


def test_all_steps_are_run_and_each_is_reported_with_its_output() -> None:
    reported: list[str] = []
    steps = {
        "good": python("print('fine')"),
        "bad": python("import sys; print('broken', file=sys.stderr); sys.exit(3)"),
    }
    assert run_beside(steps, reported.append) is False
    assert {"fine", "broken"} <= set(reported)
    assert sorted(line.split(",")[0] for line in reported if line.endswith(" s")) == ["bad: FAILED", "good: ok"]
    assert run_beside({"good": python("")}, reported.append) is True


def test_steps_run_at_the_same_time(tmp_path: Path) -> None:
    """Each waits for a file that the other one writes."""
    wait = "import pathlib, sys, time\nsys.argv = {!r}\npathlib.Path(sys.argv[0]).touch()\n"
    wait += "until = time.monotonic() + 30\nwhile not pathlib.Path(sys.argv[1]).exists(): assert time.monotonic() < until; time.sleep(0.01)"
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    assert run_beside({"one": python(wait.format([one, other])), "other": python(wait.format([other, one]))}, print)


def test_a_step_that_gives_way_has_less_priority_than_what_runs_beside_it() -> None:
    printed: list[str] = []
    show = "import os; print(os.nice(0))"
    steps = {"held to seconds": python(show), "gives way": Step((sys.executable, "-c", show), gives_way=True)}
    assert run_beside(steps, printed.append)
    ours, theirs = sorted(int(line) for line in printed if line.isdigit())
    assert ours == os.nice(0) < theirs


def test_what_make_test_leaves_out_is_run_by_make_test_all() -> None:
    fast, small, large = (_expression_of_markers(command) for command in ("test-fast", "test", "test-all"))
    for markers in ({"slow"}, {"slow", "thorough"}, {"external"}, {"slow", "external", "thorough"}, set[str]()):
        is_marked = {name: name in markers for name in ("slow", "thorough", "external")}
        assert eval(small, is_marked) != eval(large, is_marked), markers
        assert eval(fast, is_marked) == (not markers)


def _expression_of_markers(command: str) -> str:
    """What pytest is given with -m, the same in all steps of a command."""
    steps = [step.command for group in COMMANDS[command] for step in group.values()]
    (expression,) = {words[words.index("-m") + 1] for words in steps if words[0].endswith("/pytest")}
    return expression


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with settings, a macro and two files of SQL."""
    macros = tmp_path / "dbt_project" / "macros" / "of_time"
    macros.mkdir(parents=True)
    (tmp_path / ".sqlfluff").write_text("[sqlfluff]\n")
    (macros / "a.sql").write_text("{% macro a() %}1{% endmacro %}")
    for name in ("one.sql", "two.sql"):
        (tmp_path / name).write_text("select 1\n")
    return tmp_path


def test_sql_is_linted_again_when_it_or_what_it_depends_on_changed(project: Path) -> None:
    files = [project / "one.sql", project / "two.sql"]
    passed = digests(project, files, "jinja")
    assert changed(digests(project, files, "jinja"), passed) == []
    assert changed(passed, {}) == changed(digests(project, files, "placeholder"), passed) == ["one.sql", "two.sql"]
    files[0].write_text("select 2\n")
    assert changed(digests(project, files, "jinja"), passed) == ["one.sql"]
    (project / "dbt_project" / "macros" / "of_time" / "a.sql").write_text("{% macro a() %}2{% endmacro %}")
    assert changed(digests(project, files, "jinja"), passed) == ["one.sql", "two.sql"]


def test_the_folders_that_are_linted_hold_sql() -> None:
    for folders in FOLDERS.values():
        for folder in folders:
            assert any((CHECKOUT / folder).rglob("*.sql")), folder
