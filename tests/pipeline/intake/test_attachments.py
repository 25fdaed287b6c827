"""Attachments that came in a zip with its ledger is found by the record's number, and copied out of the archive."""

import zipfile
from pathlib import Path

import pytest

from cli.submissions import attachments
from pipeline.intake.attachments import attachments_for, copy_out
from pipeline.run import load
from warehouse.home import Home
from warehouse.ledger import Ledger

LEDGER = """2025年群众与专家意见
意见编号,收到日期,渠道,意见类别,乡镇,内容摘要,答复日期,是否满意
YJ-2025-001,2025-03-01,来信,群众,荫城镇,建议加宽田间道路,2025-03-10,是
YJ-2025-002,2025-03-05,座谈会,专家,西火镇,建议增加排水沟,2025-03-20,是
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home").ensure()
    folder = made.inbox / "public_feedback"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "意见台账2025.zip", "w") as archive:
        archive.writestr("意见台账2025.csv", LEDGER)
        archive.writestr("扫描件/YJ-2025-001.pdf", b"%PDF letter")
        archive.writestr("扫描件/续/YJ-2025-001.pdf", b"%PDF second page")
        archive.writestr("../../合影.jpg", b"\xff\xd8")
    load(made, build_marts=False)
    return made


def test_attachments_are_linked_found_and_copied_out(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    with Ledger.open(home) as ledger:
        (one,) = ledger.submissions()
        assert (one.state, one.rows_accepted) == ("accepted", 2)
        assert [item.rule_id for item in ledger.findings(one.submission_id)] == [
            "reading.attachment_kept",
            "reading.attachment_unlinked",
        ]
    found = list(attachments_for(home, "yj-2025-001".upper()))
    assert [(item.reporting_unit, item.name) for item in found] == [
        ("YJ-2025-001", "扫描件/YJ-2025-001.pdf"),
        ("YJ-2025-001", "扫描件/续/YJ-2025-001.pdf"),
    ]
    copies = [copy_out(item, tmp_path / "out") for item in found]
    assert [(copy.name, copy.read_bytes()) for copy in copies] == [
        ("YJ-2025-001.pdf", b"%PDF letter"),
        ("YJ-2025-001-2.pdf", b"%PDF second page"),
    ]
    monkeypatch.setenv("WAREHOUSE_HOME", str(home.root))
    attachments(one.submission_id, tmp_path / "all")
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert (tmp_path / "all" / one.submission_id / "合影.jpg").is_file(), "a path in the zip leads nowhere"
    with pytest.raises(LookupError, match="YJ-2025-009"):
        attachments("YJ-2025-009")
