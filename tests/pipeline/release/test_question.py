"""The question whether a build becomes an edition: who is asked about what, whose answer counts, and what approves nothing.

The home has two builds of other figures: the first is edition 2025.1, the second is current.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.release import approve as approving
from pipeline.release import question
from pipeline.release.approve import UnknownBuild
from pipeline.release.question import Answer, AnswerRefused, NotAsked, Question
from pipeline.release.question_text import text_of
from tests.support.copies import copy_of
from tests.support.corrected_home import Corrected
from warehouse.editions import approved
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publication import APPROVED
from warehouse.settings import InvalidSettings

pytestmark = pytest.mark.slow
ASKED = '[approval]\nway = "asked"\nusers = ["wang", "li"]\n'


@pytest.fixture
def home(corrected: Corrected, tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    copy_of(corrected.home, made.root)
    made.settings_file.write_text(ASKED, encoding="utf-8")
    return made


def builds_of(home: Home) -> list[str]:
    """Ids of the published builds, oldest first."""
    with Ledger.open(home) as ledger:
        return [one.build_id for one in ledger.publications() if one.state in ("current", "superseded")]


def asked_about(home: Home, name: str = "run", build: str | None = None) -> Question:
    question.ask(home, name, build)
    found = question.find(home, name)
    assert found is not None
    return found


def by(login: str | None, option: str = "批准", comment: str = "同意") -> Answer:
    return Answer(option, login, login and f"{login}局长", comment, datetime.now(UTC))


def state_of(home: Home) -> tuple[str, list[str]]:
    """What no refusal may move: where `current` points to, and the editions."""
    return os.readlink(home.current), [one.edition for one in approved(home)]


def refusals(home: Home) -> list[dict[str, Any]]:
    with Ledger.open(home) as ledger:
        return [event.detail for event in ledger.events(actions=[question.REFUSED])]


def test_an_assigned_user_approves_the_very_build_and_the_ledger_says_all(home: Home) -> None:
    first, second = builds_of(home)
    made = question.ask(home, "run")
    assert (made["build"], made["asked"]) == (second, ["wang", "li"])
    asked = question.find(home, "run")
    assert asked is not None and asked.build_id == second != first
    done = question.answer(home, asked, by("wang", comment="数据已核"))
    [edition] = [one for one in approved(home) if one.edition == made["edition"]]
    assert done == {"option": "批准", "edition": edition.edition}
    assert (edition.build_id, edition.approved_by, edition.login) == (second, "wang局长", "wang")
    assert edition.because == "数据已核"
    with Ledger.open(home) as ledger:
        [said] = [event.detail for event in ledger.events(actions=[question.ANSWERED])]
        signed = ledger.events(actions=[APPROVED])[-1].detail
    assert said == {
        "question": "run",
        "build_id": second,
        "option": "批准",
        "login": "wang",
        "name": "wang局长",
        "comment": "数据已核",
    }
    assert (signed["edition"], signed["build_id"], signed["login"]) == (edition.edition, second, "wang")
    before = state_of(home)
    assert question.answer(home, asked, by("li", "退回")) == done, "the first answer counts"
    assert state_of(home) == before and refusals(home) == []


def test_what_a_crash_left_between_answer_and_approval_is_finished(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_about(home)

    def crash(*given: Any, **more: Any) -> Any:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(approving, "approve", crash)
        with pytest.raises(SystemExit):
            question.answer(home, asked, by("wang"))
    assert question.conclude(home, asked)["edition"] in [one.edition for one in approved(home)]


def _someone_else(home: Home, asked: Question) -> None:
    question.answer(home, asked, by("admin"))


def _nobody(home: Home, asked: Question) -> None:
    question.answer(home, asked, by(None))


def _no_longer_an_approver(home: Home, asked: Question) -> None:
    home.settings_file.write_text(ASKED.replace('"wang", ', ""), encoding="utf-8")
    question.answer(home, asked, by("wang"))


def _an_approver_since(home: Home, asked: Question) -> None:
    home.settings_file.write_text(ASKED.replace('"wang"', '"wang", "zhao"'), encoding="utf-8")
    question.answer(home, asked, by("zhao"))


def _another_word(home: Home, asked: Question) -> None:
    question.answer(home, asked, by("wang", "Approve"))


def _too_late(home: Home, asked: Question) -> None:
    question.answer(home, asked, replace(by("wang"), at=asked.until + timedelta(seconds=1)))


def _replaced(home: Home, asked: Question) -> None:
    question.ask(home, "newer", builds_of(home)[1])
    question.remains(home, asked)


def _answered_though_replaced(home: Home, asked: Question) -> None:
    question.ask(home, "newer", builds_of(home)[1])
    question.answer(home, asked, by("wang"))


def _marked_as_done(home: Home, asked: Question) -> None:
    question.conclude(home, asked)


@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        (_someone_else, "not_assigned"),
        (_nobody, "not_assigned"),
        (_no_longer_an_approver, "not_assigned"),
        (_an_approver_since, "not_assigned"),
        (_another_word, "no_answer"),
        (_too_late, "lapsed"),
        (_replaced, "superseded"),
        (_answered_though_replaced, "outdated_answer"),
        (_marked_as_done, "no_answer"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_approves_nothing(home: Home, ends: Callable[[Home, Question], None], reason: str) -> None:
    asked = asked_about(home, build=builds_of(home)[0])
    before = state_of(home)
    with pytest.raises(AnswerRefused):
        ends(home, asked)
    assert state_of(home) == before
    [said] = refusals(home)
    assert (said["question"], said["build_id"], said["reason"]) == ("run", asked.build_id, reason)
    assert question.outcome(home, asked) == reason
    with pytest.raises(AnswerRefused):
        question.answer(home, asked, by("li"))
    assert state_of(home) == before, "a closed question stays closed"


def test_what_is_returned_changes_nothing_and_is_not_asked_again_while_its_figures_stay(home: Home) -> None:
    asked, before = asked_about(home), state_of(home)
    assert question.answer(home, asked, by("li", "退回", "耕地数有误")) == {"option": "退回", "edition": None}
    assert state_of(home) == before and question.outcome(home, asked) == "退回"
    with pytest.raises(NotAsked, match=asked.build_id):
        question.ask(home, "next day")
    assert question.ask(home, "by hand", asked.build_id)["build"] == asked.build_id, "unless it is named"


def test_an_open_question_is_not_put_again_for_the_same_figures_a_lapsed_one_is(home: Home) -> None:
    asked = asked_about(home)
    with pytest.raises(NotAsked, match=asked.build_id):
        question.ask(home, "again")
    assert question.ask(home, "run") == {"build": asked.build_id, "edition": asked.period, "asked": ["wang", "li"]}
    assert question.remains(home, asked) > timedelta(days=2)
    with pytest.raises(AnswerRefused):
        question.answer(home, asked, replace(by("wang"), at=asked.until + timedelta(seconds=1)))
    assert asked_about(home, "again").build_id == asked.build_id


def test_what_lapses_while_nobody_answers_is_recorded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = replace(asked_about(home), until=datetime.now(UTC) - timedelta(seconds=1))
    monkeypatch.setattr(question, "_last", lambda ledger: asked)
    with pytest.raises(AnswerRefused, match="期限"):
        question.remains(home, asked)
    assert [one["reason"] for one in refusals(home)] == ["lapsed"]


def test_the_figures_of_the_last_edition_are_not_asked_about(home: Home) -> None:
    approving.approve(home, "王局长")
    with pytest.raises(NotAsked, match="已是版次"):
        question.ask(home, "run")


def test_a_build_that_is_gone_is_not_approved(home: Home) -> None:
    asked, before = asked_about(home, build=builds_of(home)[0]), state_of(home)
    (home.builds / asked.build_id).rename(home.root / "gone")
    with pytest.raises(AnswerRefused, match="不能批准"):
        question.answer(home, asked, by("wang"))
    assert state_of(home) == before and question.outcome(home, asked) == "not_to_be_approved"
    with pytest.raises(UnknownBuild):
        question.ask(home, "another", asked.build_id)


def test_without_a_setting_nobody_is_asked_and_nothing_is_approved(home: Home) -> None:
    home.settings_file.unlink()
    before = state_of(home)
    with pytest.raises(NotAsked, match="by_hand"):
        question.ask(home, "run", builds_of(home)[0])
    assert question.find(home, "run") is None and state_of(home) == before
    home.settings_file.write_text('[approval]\nway = "asked"\n', encoding="utf-8")
    with pytest.raises(InvalidSettings):
        question.ask(home, "run")


def test_where_it_is_so_set_each_build_of_new_figures_is_approved_without_a_person(home: Home) -> None:
    home.settings_file.write_text('[approval]\nway = "automatic"\n', encoding="utf-8")
    made = question.ask(home, "run")
    [edition] = [one for one in approved(home) if one.edition == made["edition"]]
    assert (made["asked"], edition.build_id, edition.approved_by) == ([], builds_of(home)[1], question.AUTOMATIC)
    with pytest.raises(NotAsked, match="已是版次"):
        question.ask(home, "again")


def test_the_text_says_what_is_signed_what_changed_and_where_more_is_found(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_about(home)
    found = approving.preview(home, asked.build_id)
    subject, body = text_of(home, asked)
    assert found.edition in subject and "上党区 2025年12月" in subject
    assert asked.build_id in body and f"warehouse diff {found.against} {asked.build_id}" in body
    assert f"数字共 {found.changes} 个不同或新增" in body and found.changes > 0
    assert "没有报告" in body, "the tests build none"
    (home.builds / asked.build_id / "report").mkdir()
    (home.builds / asked.build_id / "report" / "index.html").touch()
    assert f"{asked.build_id}/report/index.html" in text_of(home, asked)[1]


def test_the_text_shows_values_and_states_of_the_districts_targets_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(code: str, item: str, before: Any, after: Any, area: str = "140404") -> dict[str, Any]:
        kind = "text" if isinstance(before, str) else "value"
        values = {f"{one}_{side}": None for one in ("text", "value") for side in ("before", "after")}
        return {
            **{"figure": "mart_target_progress", "code": code, "area_code": area, "period": None, "item": item},
            **{"measure_unit": None if kind == "text" else "%"},
            **{**values, f"{kind}_before": before, f"{kind}_after": after},
        }

    rows = [
        changed("value", "forest_coverage_rate;2025", 13.4, 13.5),
        changed("value", "forest_coverage_rate;2035", 13.4, 13.5),
        changed("value", "forest_coverage_rate;2035", 10.0, 11.0, area="cz_basin"),
        changed("value", "wetland_protection_rate;2025", 7.9, 7.9 + 1e-12),
        changed("status", "forest_coverage_rate;2035", "slow", "on_track"),
        changed("gap", "forest_coverage_rate;2035", 1.9, 1.8),
    ]
    asked = asked_about(home)
    found = replace(approving.preview(home, asked.build_id), differing=rows, changes=40)
    monkeypatch.setattr(approving, "preview", lambda *given, **more: found)
    shown = [line for line in text_of(home, asked)[1].splitlines() if line.startswith("| ")]
    assert shown == [
        "| 指标 | 内容 | 原 | 今 | 单位 |",
        "| --- | --- | --- | --- | --- |",
        "| 森林覆盖率 | 现值 | 13.4 | 13.5 | % |",
        "| 森林覆盖率 | 2035 年目标的状态 | 偏慢 | 按期 |  |",
    ]
