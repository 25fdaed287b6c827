"""What `make demo` tells people to type after it works as it is typed."""

import subprocess
from pathlib import Path

import pytest

from cli.demo import _say_where
from cli.next_commands import next_commands
from pipeline.release.published import current_build
from warehouse.home import CHECKOUT, Home


@pytest.mark.slow
def test_each_of_the_three_commands_works_as_it_is_typed(
    clean_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)
    build = current_build(clean_home)
    assert build is not None
    _say_where(clean_home, build)
    printed = capsys.readouterr().out
    told = [line.strip() for line in printed.partition("to go on, type):\n")[2].splitlines()]
    assert [line.partition("    # ")[0] for line in told] == [one.line for one in next_commands(clean_home)]
    said = []
    for line in told:
        ran = subprocess.run(["bash", "-c", line], cwd=CHECKOUT, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, ""), (line, ran.stderr)
        said.append(ran.stdout)
    figure, behind, status = said
    assert "＝" in figure and "≠" not in figure and " ← " in figure, "the cells as they were written, adding up"
    assert len(behind.splitlines()) > 4 and "project_name" in behind
    assert build.build_id in status


def test_a_home_elsewhere_and_a_folder_elsewhere_are_named(
    clean_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in next_commands(clean_home):
        program, option, home, *_ = command.line.split()
        assert Path(program).is_absolute() and (option, home) == ("--home", str(clean_home.root))
