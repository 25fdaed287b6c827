"""The outbox is mailed once, one letter for a kind; a crash between letter and record mails again rather than never."""

from pathlib import Path
from typing import get_args

import pytest

from pipeline.watch.outbox import SHOWN_NOTICES, TITLES, letter_of, mail_unsent
from warehouse import notices
from warehouse.home import CHECKOUT, Home
from warehouse.ledger import Ledger

Letter = tuple[str, str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def enter(home: Home, kind: notices.Kind, *keys: str) -> None:
    with Ledger.open(home) as ledger:
        for key in keys:
            notices.notify(home, ledger, kind, key, f"{key} 出错 (failed)", "原因 <b>\n做法: warehouse load")


def mailed(home: Home) -> list[Letter]:
    letters: list[Letter] = []
    mail_unsent(home, lambda subject, content: letters.append((subject, content)))
    return letters


def test_each_notice_is_mailed_once_and_those_of_a_kind_together(home: Home) -> None:
    enter(home, "gate_refused", "b1")
    enter(home, "receive_failed", "x.csv", "y.csv")
    refused, unreceived = mailed(home)
    assert refused[0] == "【上党区数据仓库】未通过发布审核 gate refused：b1 出错 (failed)"
    assert "原因 &lt;b&gt;<br>做法: warehouse load" in refused[1] and str(home.notices_file) in refused[1]
    assert unreceived[0].endswith("x.csv 出错 (failed) 等 2 条") and "y.csv 出错" in unreceived[1]
    assert mailed(home) == []
    enter(home, "gate_refused", "b1", "b2")
    assert [subject for subject, _ in mailed(home)] == [
        "【上党区数据仓库】未通过发布审核 gate refused：b2 出错 (failed)"
    ]


def test_a_letter_that_is_not_taken_stays_to_be_mailed(home: Home) -> None:
    enter(home, "gate_refused", "b1")
    enter(home, "sent_back", "S1")

    def refuse_second(subject: str, content: str) -> None:
        if "S1" in subject:
            raise OSError("no such mailbox")

    with pytest.raises(OSError, match="mailbox"):
        mail_unsent(home, refuse_second)
    assert [subject.rpartition("：")[2] for subject, _ in mailed(home)] == ["S1 出错 (failed)"]


def test_a_crash_between_letter_and_record_mails_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(home, "gate_refused", "b1")

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Ledger, "notice_sent", killed)
        mailed(home)
    assert len(mailed(home)) == 1
    assert mailed(home) == []


def test_a_flood_of_one_kind_is_one_letter_that_says_how_many(home: Home) -> None:
    with Ledger.open(home) as ledger:
        for number in range(SHOWN_NOTICES + 3):
            ledger.notify("receive_failed", f"key {number}", f"{number}.csv", "body")
    ((subject, content),) = mailed(home)
    assert subject.endswith(f"等 {SHOWN_NOTICES + 3} 条") and "3 条未列出" in content
    assert content.count("<h4>") == SHOWN_NOTICES


def test_a_single_letter_needs_no_ledger(home: Home) -> None:
    subject, content = letter_of("task_failed", "任务\n失败", "a<b", home.notices_file)
    assert subject == "【上党区数据仓库】任务失败 task failed：任务 失败" and "a&lt;b" in content


def test_every_kind_of_notice_has_a_title_and_stands_in_the_page_for_operators_and_among_the_public_names() -> None:
    kinds = set(get_args(notices.Kind))
    assert set(TITLES) == kinds
    for page in ("operating.md", "public-names.md"):
        text = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
        assert {kind for kind in kinds if f"`{kind}`" not in text} == set(), page
