"""docs/operating.md: its commands are run word for word, in their order, and every verb that changes something has an
entry.

`make test-all` runs the blocks `sh` and `sh build` (they make a build). A block `text` needs git, cron, Airflow or an
id: that it names what there is, is tested here; `make up` is run by tests/deploy.
"""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
import typer.main

from cli.main import app
from pipeline import failures as build_failures
from pipeline.build import run as build
from pipeline.release.restore_files import originals_of
from pipeline.run import load
from tests.pipeline.build.test_run import scale
from tests.support.arrivals import accept, ecology
from tests.support.command_server import command_server
from tests.support.copies import copy_of
from tests.support.corrected_home import Corrected
from tests.support.few_samples import put
from tests.support.published import pretend_published
from warehouse import builds
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger

TEXT = (CHECKOUT / "docs" / "operating.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>sh|sh build|text)\n(?P<text>.*?)^```$", re.M | re.S)
ONLY_READING = {
    "check",
    "status",
    "query",
    "board",
    "report",
    "explain",
    "diff",
    "editions",
    "waivers",
    "decisions",
    "verify",
    "doctor",
}
LABELS = ("做什么 What", "谁记录 Record", "预演 Dry run", "撤销 Undo")
COMMANDS = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


class Block(NamedTuple):
    kind: str
    text: str


BLOCKS = [Block(found["kind"], found["text"]) for found in BLOCK.finditer(TEXT)]
RUN = [block for block in BLOCKS if block.kind != "text"]
ENTRIES = {
    name: section
    for section in re.split(r"^(?=##)", TEXT, flags=re.M)
    if section.startswith("### ")
    for name in re.findall(r"`warehouse ([a-z-]+)`", section.partition("\n")[0])
}


def calls(text: str) -> list[list[str]]:
    """The words of each `warehouse` command in a block, without what stands before and after it."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        for part in re.split(r"\|\||&&|[|;]|\$\(|>>|\d?>", line):
            words = shlex.split(part.strip().rstrip(")"), comments=True)
            names = [
                number
                for number, word in enumerate(words)
                if "=" not in word and word.rpartition("/")[2] == "warehouse"
            ]
            if names:
                found.append(words[names[0] + 1 :])
    return found


def test_every_verb_that_changes_something_has_an_entry_that_says_all() -> None:
    assert set(ENTRIES) == set(COMMANDS) - ONLY_READING
    for name, section in ENTRIES.items():
        assert [label for label in LABELS if f"- {label}: " not in section] == [], name


def test_every_such_verb_has_an_example_and_every_dry_run_is_named() -> None:
    examples = [words for block in BLOCKS for words in calls(block.text)]
    shown = {word for words in examples for word in words[:3]} | {"up", "down"}
    assert set(ENTRIES) - shown == {"demo", "template", "attachments"}, "these three stand in README and 报送指南"
    for name, section in ENTRIES.items():
        has = any("--dry-run" in option.opts for option in COMMANDS[name].params)
        assert has == ("- 预演 Dry run: `--dry-run`" in section), name


def test_what_is_not_run_here_names_what_there_is() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.M))
    [crontab] = [block.text for block in BLOCKS if block.text.startswith("10 2 ")]
    assert subprocess.run(["bash", "-n", "-c", crontab.split(maxsplit=5)[5]]).returncode == 0
    for block in BLOCKS:
        assert set(re.findall(r"^make ([a-z-]+)", block.text, re.M)) <= targets
        for words in calls(block.text):
            name = next(word for word in words if word in COMMANDS)
            known = {option for one in COMMANDS[name].params for option in (*one.opts, *one.secondary_opts)}
            given = {word.partition("=")[0] for word in words[words.index(name) :] if word.startswith("--")}
            assert given <= known, words


def test_the_limits_of_bi_readers_are_those_that_the_script_sets() -> None:
    script = (CHECKOUT / "deploy" / "postgres" / "create-bi-database.sh").read_text(encoding="utf-8")
    assert set(re.findall(r"connection limit (\d+)", script)) == {"20"} and "每个登录名 20 个连接" in TEXT
    limits = set(re.findall(r"set (\w+_(?:timeout|limit)) = '(\w+)'", script))
    assert limits == {
        ("statement_timeout", "60s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("temp_file_limit", "1GB"),
    }
    assert "一条语句 60 秒，空闲事务 60 秒，临时文件 1 GB，只读" in TEXT


def test_every_dag_stands_in_the_table_of_what_runs_when() -> None:
    part = TEXT.partition("## 什么时候运行什么")[2].partition("\n### ")[0]
    named = {
        name
        for line in part.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert named == {path.stem for path in (CHECKOUT / "dags").glob("*.py")}


def test_every_fence_has_a_kind_that_a_test_reads() -> None:
    kinds = re.findall(r"^```(.*)\n(?:.*\n)*?```$", TEXT, re.M)
    assert set(kinds) == {"sh", "sh build", "text", "json"}


def test_the_health_check_of_cron_is_silent_while_all_is_well_and_else_says_why(
    workers_folder: Path, tmp_path: Path
) -> None:
    """The line that stands under MAILTO, with this home and this program in it; cron mails what it prints."""
    home = Home(tmp_path / "home").ensure()
    with Ledger.open(home) as ledger:
        ledger.attach_receipt(accept(home, ledger, "ecology", ecology({"140404101": 1.0})), "receipts/1")
        pretend_published(home, ledger)
    # how much is free is of the machine that the test runs on
    home.settings_file.write_text("[health]\nfree_megabytes = 0\n", encoding="utf-8")
    [block] = [one.text for one in BLOCKS if one.text.startswith("MAILTO=")]
    command = block.splitlines()[1].split(maxsplit=5)[5]
    with command_server(tmp_path / "server", workers_folder) as programs:
        command = command.replace("/data/warehouse", str(home.root))
        command = command.replace("/opt/warehouse/.venv/bin/warehouse", str(programs / "warehouse"))
        well = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
        home.settings_file.write_text("[retention]\ndays = 'x'\n", encoding="utf-8")
        ill = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    assert [one["code"] for one in json.loads(ill.stdout)["reasons"]] == ["settings"]


@pytest.mark.slow
@pytest.mark.thorough
def test_the_commands_of_an_upgrade_end_in_a_build_of_this_code(workers_folder: Path, tmp_path: Path) -> None:
    """Those of `warehouse`, in their order, in a home with one file in force; `make` and git are of the machine."""
    home = Home(tmp_path / "home").ensure()
    put(home, "clean", "rural_waste/农村垃圾季报2024-1.xlsx")
    load(home, build_marts=False)
    section = TEXT.partition("## 升级 Upgrade")[2].partition("\n## ")[0]
    [block] = [found["text"] for found in BLOCK.finditer(section)]
    commands = "\n".join(line for line in block.splitlines() if line.startswith("warehouse "))
    assert [words[0] for words in calls(commands)] == ["backup", "status", "publish"]
    into = tmp_path / "backup"
    with command_server(tmp_path / "server", workers_folder) as programs:
        environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "WAREHOUSE_HOME": str(home.root)}
        commands = commands.replace("/backup/warehouse", str(into))
        ran = subprocess.run(["bash", "-ec", commands], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    made = builds.manifest(home)
    assert made is not None and made["code_version"] == build.code_version()
    assert originals_of(into).damaged == {}


@pytest.mark.slow
@pytest.mark.thorough
def test_the_submission_behind_a_dbt_test_that_fails_is_found_by_the_commands_of_the_page(tmp_path: Path) -> None:
    """Two rows of one township and year, as no check of ours lets through: the build stops, and the page finds whose."""
    home = Home(tmp_path / "a home").ensure()
    with Ledger.open(home) as ledger:
        name = accept(home, ledger, "ecology", ecology({"140404101": 1.0, "140404102": 2.0}))
    build.run(home, steps=("overlay", "sync"))
    with duckdb.connect(str(home.build_db)) as con:
        con.execute("insert into raw.ecology from raw.ecology where reporting_unit = '140404101'")
    with pytest.raises(build_failures.TransformFailed, match=r"test\..*stg_ecology"):
        build.transform(home)
    [block] = [one.text for one in BLOCKS if one.text.startswith("CHECK=")]
    commands = "\n".join(line for line in block.splitlines() if not line.startswith("warehouse "))
    environment = os.environ | {"WAREHOUSE_HOME": str(home.root)}
    ran = subprocess.run(["bash", "-ec", commands], cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    failing, whose = ran.stdout.split("submission_id")
    assert "140404101" in failing and "140404102" not in failing
    assert re.findall(r"│ (S\S+) +│ +(\d+) │", whose) == [(name, "2")]


def carried_out(folder: Path, shared: Path) -> list[str]:
    """What each block that was run has printed, in their order."""
    lines = ["set -eo pipefail"]
    for number, block in enumerate(RUN):
        lines += [f"echo '=== {number}'", block.text]
    with command_server(folder / "server", shared) as programs:
        environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "TMPDIR": str(folder),
            "COLUMNS": "150",
        }
        environment.pop("WAREHOUSE_LEDGER_URL", None)
        ran = subprocess.run(
            ["bash", "-c", "\n".join(lines)], cwd=CHECKOUT, env=environment, capture_output=True, text=True
        )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    assert "Traceback" not in ran.stderr
    return re.split(r"^=== \d+\n", ran.stdout, flags=re.M)[1:]


def said(printed: list[str], words: str) -> str:
    """What the block that has these words in its commands printed."""
    return printed[next(number for number, block in enumerate(RUN) if words in block.text)]


def has_run(printed: list[str]) -> None:
    """The verbs did what the page says."""
    first, second, again = [
        json.loads(found) for found in re.findall(r"^\{.*?^\}", said(printed, 'BACKUP="'), re.M | re.S)
    ]
    assert 0 < first["copied"] == second["copied"] == second["files"] - 1, "all but the ledger"
    assert (again["copied"], again["files"]) == (0, second["files"])
    assert (second["lacking"], again["lacking"]) == ({}, {})
    damage = said(printed, "ORIGINAL=")
    assert "缺失 (missing) archive/" in damage and "没有发现问题" in damage.splitlines()[-1]
    assert "2025-06.1 已批准" in said(printed, "approve --as 2025-06 --dry-run")
    revoked = said(printed, "revoke 2025-06.1").splitlines()
    assert ["将撤销" in revoked[0], "已撤销" in revoked[1], "2025-06.2 已批准" in revoked[2]] == [True] * 3
    assert said(printed, "--open rural_waste").splitlines()[1:] == [
        "rural_waste 2024Q3 开放 (open)",
        "rural_waste 2024Q3 已关闭 (closed)",
        "ecology 2024 已关闭 (closed)",
    ]
    accepted = said(printed, "SUBMISSION=").splitlines()
    assert "将接收 (would be accepted)" in accepted[-2] and "已接收 (accepted)" in accepted[-1]
    withdrawn = said(printed, "warehouse withdraw")
    assert "将撤回" in withdrawn and "已撤回" in withdrawn and withdrawn.count("(in force again)") == 2
    waived = said(printed, "WAIVER=").splitlines()
    assert ["would be recorded" in waived[0], "(recorded)" in waived[1], "已终止 (ended)" in waived[-1]] == [True] * 3
    back = said(printed, "rollback previous")
    assert "将回到" in back and "已回到" in back and "已解除" in back


@pytest.mark.slow
def test_a_refused_build_is_let_through_by_the_commands_of_the_page(
    corrected: Corrected, workers_folder: Path, tmp_path: Path
) -> None:
    """With the id of a build whose stock grew by 60 %, and with every check that it failed."""
    home = Home(tmp_path / "home")
    copy_of(corrected.home, home.root)
    scale(home, 1.6, "f" * 64)
    with pytest.raises(build.GateFailed) as refused:
        build.gate(home)
    [block] = [one.text for one in BLOCKS if one.text.startswith("warehouse override-gate")]
    [id_shown] = set(re.findall(r"\d{8}T\d{6}Z\S+", block))
    others = "".join(f" --check {name}" for name in refused.value.checks)
    commands = block.replace(id_shown, str(refused.value.build_id)).replace(" --because", f"{others} --because")
    with command_server(tmp_path / "server", workers_folder) as programs:
        environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "WAREHOUSE_HOME": str(home.root)}
        ran = subprocess.run(["bash", "-ec", commands], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{refused.value.build_id} 已发布 (published)" in ran.stdout
    assert os.readlink(home.current) == f"builds/{refused.value.build_id}"


@pytest.mark.slow
@pytest.mark.thorough
def test_the_page_is_run_word_for_word(workers_folder: Path, tmp_path: Path) -> None:
    printed = carried_out(tmp_path, workers_folder)
    has_run(printed)
    drilled = said(printed, 'tee "$PRACTICE/drill.json"')
    assert '"equal": true' in drilled and "没有发现问题" in drilled
    assert said(printed, "warehouse rebuild").count('"different": []') == 2
