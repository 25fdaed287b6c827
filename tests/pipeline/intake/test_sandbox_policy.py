"""What becomes of a file that its first look did not survive."""

from pathlib import Path
from typing import Any

import pytest

from ingestion import sandbox
from ingestion.sandbox import Outcome
from pipeline.intake import sandbox_policy

FOLDER = "wetland"


@pytest.mark.parametrize(
    ("failure", "seconds", "hint", "dataset", "rule"),
    [
        ("timeout", 2.7, FOLDER, None, "reading.timeout"),  # its processor time is spent
        ("timeout", sandbox_policy.RECOGNISE_SECONDS, FOLDER, FOLDER, None),  # the clock ended it: something else ran
        ("memory", 0.5, FOLDER, FOLDER, None),
        ("crash", 0.5, FOLDER, FOLDER, None),
        ("memory", 0.5, None, None, "reading.timeout"),
        ("crash", 0.5, None, None, "reading.unreadable"),
    ],
)
def test_it_is_refused_or_left_to_its_folders_reader(
    failure: Any,
    seconds: float,
    hint: str | None,
    dataset: str | None,
    rule: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}

    def run(*_: Any, **limits: Any) -> Outcome:
        given.update(limits)
        return Outcome(None, failure, "", seconds, 1.0, 100.0)

    monkeypatch.setattr(sandbox, "run", run)
    (tmp_path / "a.gpkg").write_bytes(bytes(1 << 21))
    found, finding = sandbox_policy.recognised(tmp_path / "a.gpkg", "a.gpkg", hint)
    assert (found, finding and finding.rule_id) == (dataset, rule)
    assert given["cpu_seconds"] == pytest.approx(
        sandbox_policy.RECOGNISE_CPU_SECONDS + 2 * sandbox_policy.RECOGNISE_CPU_SECONDS_PER_MEGABYTE
    )


@pytest.mark.parametrize(
    ("failure", "words"),
    [("timeout", "时间过长"), ("memory", "占用内存过多"), ("crash", "读取时中断"), ("error", "读取时中断")],
)
def test_what_the_program_says_of_a_failure_stands_in_no_receipt(
    failure: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detail = "ValueError: Unable to read workbook\nTraceback (most recent call last)"
    monkeypatch.setattr(sandbox, "run", lambda *_, **__: Outcome(None, failure, detail, 0.5, 1.0, 100.0))
    (tmp_path / "a.xlsx").write_bytes(b"x")
    _, found = sandbox_policy.recognised(tmp_path / "a.xlsx", "a.xlsx", None)
    assert found is not None and words in found.message
    assert "Error" not in found.message and "Unable" not in found.message + found.message_en
