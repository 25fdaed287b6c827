"""DAGs run through Airflow with the pipeline's verbs replaced: what triggers what, what skips, what fails and how it is
named.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pendulum
import pytest
from airflow.sdk.exceptions import ParamValidationError

from pipeline.build import run as build
from pipeline.calendar import digest, periods
from pipeline.intake import receive as intake
from pipeline.intake.failures import ReceiveFailed
from pipeline.release import approve as approving
from pipeline.release import question
from tests.support.arrivals import receive
from tests.support.mail_server import Sink, mail_server
from warehouse import notices
from warehouse.home import Home
from warehouse.ledger import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database", "home")]

Run = Callable[..., dict[str, str]]
Called = Callable[[], set[str]]
READ_TWO = {"queue": "success", "read[0]": "success", "read[1]": "success", "decide": "success"}


@pytest.fixture
def run(dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a DAG once, every task tried once; returns the state of each task (of each mapped one as name[index]) and of
    the run ("").
    """

    def run_once(name: str, **arguments: Any) -> dict[str, str]:
        dag = dags[name]
        monkeypatch.setattr(dag, "deadline", None)  # DAG.test of Airflow 3.3.2 fails on it; see orchestration.local_run
        for task in dag.tasks:
            monkeypatch.setattr(task, "retries", 0)
        finished = dag.test(**arguments)
        states = {
            instance.task_id + (f"[{instance.map_index}]" if instance.map_index >= 0 else ""): str(instance.state)
            for instance in finished.get_task_instances()
        }
        return {**states, "": str(finished.state)}

    return run_once


@pytest.fixture
def called() -> Called:
    """The DAGs that assets have called for since the last look."""
    from orchestration.local_run import _consume, _triggered

    def look() -> set[str]:
        names = _triggered()
        for name in names:
            _consume(name)
        return names

    return look


def stub(monkeypatch: pytest.MonkeyPatch, module: Any, **answers: Any) -> list[tuple[Any, ...]]:
    """Replace verbs by functions that return these answers (or raise them); returns the list of calls that they will
    fill.
    """
    calls: list[tuple[Any, ...]] = []

    def make(name: str, answer: Any) -> Callable[..., Any]:
        def verb(_home: Home, *arguments: Any, **_options: Any) -> Any:
            calls.append((name, *arguments))
            if isinstance(answer, Exception):
                raise answer
            return answer(*arguments) if callable(answer) else answer

        return verb

    for name, answer in answers.items():
        monkeypatch.setattr(module, name, make(name, answer))
    return calls


def decided(accepted: int, **requeued: int) -> dict[str, Any]:
    counts = {"accepted": accepted, "held": 0, "waiting": 0, "unchanged": 0}
    return {**counts, "files": ["a.xlsx"], "held_files": [], "requeued": requeued}


def test_families_that_got_something_are_called_and_no_other(
    run: Run, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, intake, receive={"statistics": 2, "spatial": 1})
    called()
    assert run("receive_inbox") == {"receive": "success", "name_unreceived": "skipped", "": "success"}
    assert called() == {"ingest_statistics", "ingest_spatial"}


def test_an_empty_inbox_calls_nothing(run: Run, called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, intake, receive={})
    called()
    assert run("receive_inbox") == {"receive": "skipped", "name_unreceived": "skipped", "": "success"}
    assert called() == set()


def test_what_could_not_be_taken_fails_the_run_and_keeps_no_family_from_being_called(
    run: Run, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, intake, receive=ReceiveFailed({"ecology/a.xlsx": "OSError: no space"}, {"spatial": 1}))
    called()
    assert run("receive_inbox") == {"receive": "success", "name_unreceived": "failed", "": "failed"}
    assert called() == {"ingest_spatial"}


def test_what_was_accepted_calls_for_marts_and_for_those_that_waited(
    run: Run, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = stub(
        monkeypatch,
        intake,
        batches=[["S1", "S2"], ["S3"]],
        read_batch=lambda batch: [{"submission": one} for one in batch],
        file_names=lambda batch: batch,
        decide=decided(3, statistics=1, project_reports=0),
    )
    called()
    states = run("ingest_spatial")
    assert states == {**READ_TWO, "name_failed": "skipped", "": "success"}
    assert sorted(call[1] for call in calls if call[0] == "read_batch") == [["S1", "S2"], ["S3"]]
    assert called() == {"build_marts", "ingest_statistics"}


def test_a_run_that_accepted_nothing_calls_nothing(run: Run, called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, intake, batches=[["S1"]], read_batch=[], file_names=["坏.xlsx"], decide=decided(0))
    called()
    states = run("ingest_statistics")
    assert (states["decide"], states[""]) == ("skipped", "success")
    assert called() == set()


def test_what_was_held_is_an_event_with_its_receipts(run: Run, called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen in Airflow's UI without reading logs; it triggers nothing."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    held = {"submission": "S1", "file": "坏.xlsx", "units": ["140404001 2024"], "units_held": 1, "receipt": "/r/S1"}
    answer = {**decided(0), "held": 1, "held_files": [held]}
    stub(monkeypatch, intake, batches=[["S1"]], read_batch=[], file_names=["坏.xlsx"], decide=answer)
    called()
    states = run("ingest_statistics")
    assert (states["decide"], states["name_failed"], states[""]) == ("success", "skipped", "success")
    assert called() == set()
    with create_session() as session:
        events = session.scalars(
            select(AssetEvent)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetModel.name == "statistics_held")
        ).all()
        assert [one.extra for one in events] == [{"units": 1, "files": [held]}]


def test_an_empty_queue_does_no_harm(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(monkeypatch, intake, batches=[], decide=decided(0))
    states = run("ingest_project_reports")
    assert states == {
        "queue": "success",
        "read": "skipped",
        "decide": "skipped",
        "name_failed": "skipped",
        "": "success",
    }
    assert ("decide", "project_reports") in calls


def test_a_bad_file_is_an_outcome_and_the_others_go_on(
    run: Run, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [{"submission": "S1", "readable": False}, {"submission": "S2", "readable": True}]
    stub(
        monkeypatch,
        intake,
        batches=[["S1", "S2"]],
        read_batch=outcomes,
        file_names=["坏.xlsx", "好.xlsx"],
        decide=decided(1),
    )
    called()
    states = run("ingest_statistics")
    assert (states["read[0]"], states["decide"], states[""]) == ("success", "success", "success")
    assert called() == {"build_marts"}


def test_a_batch_that_breaks_stops_no_other_and_fails_the_run_by_name(
    run: Run, called: Called, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read_batch(batch: list[str]) -> list[dict[str, Any]]:
        if batch == ["S1"]:
            raise MemoryError("no memory")
        return [{"submission": "S2"}]

    stub(
        monkeypatch,
        intake,
        batches=[["S1"], ["S2"]],
        read_batch=read_batch,
        file_names=lambda batch: [f"{one}.gpkg" for one in batch],
        decide=decided(1),
    )
    called()
    states = run("ingest_spatial")
    assert states == {**READ_TWO, "read[0]": "failed", "name_failed": "failed", "": "failed"}
    assert called() == {"build_marts"}
    assert "未能读取 (could not read) S1.gpkg: no memory" in caplog.text


def test_a_build_takes_its_steps_in_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(monkeypatch, build, is_due=True, overlay={}, sync={}, transform={}, gate={}, publish={})
    assert set(run("build_marts").values()) == {"success"}
    assert [call[0] for call in calls] == ["is_due", "overlay", "sync", "transform", "gate", "publish"]


def test_a_build_of_what_is_published_already_is_skipped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(monkeypatch, build, is_due=False)
    states = run("build_marts")
    assert (states["due"], states["publish"], states[""]) == ("skipped", "skipped", "success")
    assert calls == [("is_due",)]


def test_an_approval_says_who_what_and_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        approving,
        "approve",
        lambda home, by, *, build, period, because, login: asked.append((by, build, period, because, login)),
    )
    given = {"by": "王局长", "build": "20250801T000000Z-1", "period": "2025-07", "because": "上报市局"}
    for lacking in given.keys() - {"period"}:
        with pytest.raises(ParamValidationError):
            run("publish_edition", run_conf={**given, lacking: ""})
    assert asked == []
    states = run("publish_edition", run_conf=given)
    assert states == {"approve": "success", "": "success"}
    user = "dag_test"  # as Airflow calls the user of dag.test()
    assert asked == [("王局长", "20250801T000000Z-1", "2025-07", "上报市局", user)]


def test_by_default_nobody_is_asked_for_an_approval(run: Run) -> None:
    assert run("ask_approval") == {"offer": "success", "ask": "skipped", "conclude": "skipped", "": "success"}


def test_a_question_that_could_not_be_put_fails_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(monkeypatch, question, ask=OSError("no ledger"))
    states = run("ask_approval", run_conf={"build": "20250801T000000Z-1"})
    assert (states["offer"], states["ask"], states["conclude"]) == ("failed", "upstream_failed", "failed")
    assert states[""] == "failed" and calls[0][2] == "20250801T000000Z-1"


def test_a_question_without_an_answer_is_recorded_as_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where somebody marked the task that asks as done."""
    asked = question.Question("run", "b1", "2025-07", ("wang",), datetime(2099, 1, 1, tzinfo=UTC))
    given = stub(
        monkeypatch,
        question,
        ask={"asked": ["wang"]},
        find=asked,
        outcome=None,
        conclude=question.AnswerRefused("没有人答复"),
    )
    monkeypatch.setattr("orchestration.approval.ApprovalQuestion.execute", lambda self, context: None)
    states = run("ask_approval")
    assert (states["ask"], states["conclude"], states[""]) == ("success", "failed", "failed")
    assert given[-1] == ("conclude", asked)


def test_a_refusal_of_the_gate_publishes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(
        monkeypatch, build, is_due=True, overlay={}, sync={}, transform={}, gate=build.GateFailed("closure"), publish={}
    )
    states = run("build_marts")
    assert (states["gate"], states["publish"], states[""]) == ("failed", "upstream_failed", "failed")
    assert [call[0] for call in calls] == ["is_due", "overlay", "sync", "transform", "gate"]


def test_a_build_gives_its_lease_back_also_when_it_fails(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []

    def look() -> dict[str, Any]:
        with Ledger.open(home) as ledger:
            lease = ledger.lease("build")
            held.append(lease.holder if lease else "")
        return {}

    answers: dict[str, Any] = dict.fromkeys(build.STEPS, lambda _scope: look())
    stub(monkeypatch, build, is_due=True, **answers)
    assert run("build_marts")[""] == "success"
    assert len(held) == 5 and len(set(held)) == 1 and held[0].startswith("Airflow build_marts ")
    stub(monkeypatch, build, transform=OSError("disk full"))
    assert run("build_marts")["transform"] == "failed"
    with Ledger.open(home) as ledger:
        assert ledger.lease("build") is None
        assert [(one.kind, one.detail) for one in ledger.notices()] == [("build_failed", {"step": "transform"})]


def test_while_a_rollback_holds_the_current_build_a_run_is_skipped(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(home) as ledger:
        ledger.prepare_publication("b1", inputs_fingerprint="f", path="published/builds/b1")
        ledger.make_current("b1")
        ledger.pin("b1", because="耕地有误", decided_by="王局长")
    calls = stub(monkeypatch, build, is_due=True, overlay={})
    states = run("build_marts")
    assert (states["due"], states["publish"], states[""]) == ("skipped", "skipped", "success")
    assert calls == []


def test_a_pin_that_comes_while_a_build_runs_skips_its_publication(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pin(_scope: Any) -> dict[str, Any]:
        with Ledger.open(home) as ledger:
            ledger.prepare_publication("b1", inputs_fingerprint="f", path="published/builds/b1")
            ledger.make_current("b1")
            raise build.Pinned(ledger.pin("b1", because="耕地有误", decided_by="王局长"))

    stub(monkeypatch, build, is_due=True, overlay={}, sync={}, transform={}, gate={}, publish=pin)
    states = run("build_marts")
    assert (states["gate"], states["publish"], states[""]) == ("success", "skipped", "success")
    with Ledger.open(home) as ledger:
        assert ledger.lease("build") is None and ledger.notices() == []


def test_a_month_is_cycled_at_its_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stub(monkeypatch, periods, open_periods={}, remind={}, close_periods={})
    states = run("monthly_cycle", logical_date=pendulum.datetime(2026, 3, 15, tz="Asia/Shanghai"))
    assert states[""] == "success"
    assert calls == [
        ("open_periods", date(2026, 3, 1)),
        ("remind", date(2026, 3, 1)),
        ("close_periods", date(2026, 3, 1)),
    ]


DIGEST = {"day": "2026-03-02", "overdue": 2, "groups": [], "path": "digests/2026-03-02.md", "mailed_to": []}


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A mail server, and the Airflow connection that leads to it."""
    with mail_server() as sink:
        connect_mail(monkeypatch, sink, ["a@example.cn", "b@example.cn"])
        yield sink


def connect_mail(monkeypatch: pytest.MonkeyPatch, sink: Sink, to: Any) -> None:
    extra = {"from_email": "warehouse@example.cn", "to": to, "disable_ssl": True, "disable_tls": True, "retry_limit": 0}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": sink.port, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))


def test_what_is_overdue_is_mailed_in_one_letter_once_a_day(run: Run, home: Home, mailbox: Sink) -> None:
    """Fifty reports are overdue: one letter names them all, through Airflow's own hook and connection."""
    with Ledger.open(home) as ledger:
        ledger.open_period("rural_waste", "2025Q1")
    at = pendulum.datetime(2026, 4, 20, 7, tz="Asia/Shanghai")
    assert run("overdue_digest", logical_date=at) == {
        "write_digest": "success",
        "mail_digest": "success",
        "": "success",
    }
    ((to, letter),) = mailbox.letters
    assert (to, letter["From"]) == (["a@example.cn", "b@example.cn"], "warehouse@example.cn")
    assert letter["Subject"] == "【上党区数据仓库】2026-04-20 逾期未报 50 份，1 种报表"
    body = letter.get_body(("html",))
    assert body is not None and body.get_content().count("<tr>") == 6 and "2025年第一季度" in body.get_content()
    written = json.loads((home.digests / "2026-04-20.json").read_text(encoding="utf-8"))
    assert (written["overdue"], written["mailed_to"]) == (50, to)
    assert run("overdue_digest", logical_date=at.add(minutes=1))["mail_digest"] == "skipped"
    assert len(mailbox.letters) == 1


def test_a_letter_that_is_turned_away_fails_its_task_and_is_not_noted(
    run: Run, home: Home, mailbox: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.refuses = True
    calls = stub(monkeypatch, digest, write_digest=DIGEST, mailed_to=[], note_mailed=None)
    states = run("overdue_digest")
    assert (states["write_digest"], states["mail_digest"], mailbox.letters) == ("success", "failed", [])
    assert "note_mailed" not in [call[0] for call in calls]


@pytest.mark.parametrize(("overdue", "to"), [(0, "a@example.cn"), (2, []), (2, None)])
def test_no_letter_without_a_reason_recipients_or_a_connection(
    run: Run, monkeypatch: pytest.MonkeyPatch, mailbox: Sink, overdue: int, to: Any
) -> None:
    connect_mail(monkeypatch, mailbox, to)
    if to is None:
        monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT")
    stub(monkeypatch, digest, write_digest={**DIGEST, "overdue": overdue}, mailed_to=[], note_mailed=None)
    assert run("overdue_digest") == {"write_digest": "success", "mail_digest": "skipped", "": "success"}
    assert mailbox.letters == []


def subjects(mailbox: Sink) -> list[str]:
    return [letter["Subject"].partition("】")[2] for _, letter in mailbox.letters]


def lines(home: Home) -> list[str]:
    return home.notices_file.read_text(encoding="utf-8").splitlines()


def test_a_refused_gate_a_failed_build_and_a_submission_sent_back_are_mailed_once_each(
    run: Run, home: Home, mailbox: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line in the file and one letter for each: what fails is mailed at once, the rest by the next look."""
    from pipeline.build.gate_verdict import notify_refused

    def refuse(_scope: Any) -> dict[str, Any]:
        error = build.GateFailed("closure", "b1")
        with Ledger.open(home) as ledger:
            verdict = ledger.record_verdict("b1", "c" * 64, failures=[{"name": "closure", "detail": "x"}], passed=False)
            notify_refused(home, ledger, verdict, "闸门 (gate): warehouse override-gate b1")
        notices.mark(error, "gate_refused")
        raise error

    def send_back(_scope: Any) -> dict[str, Any]:
        with Ledger.open(home) as ledger:
            notices.notify(home, ledger, "sent_back", "sent_back S1", "a.gpkg 已退回", "warehouse rejudge S1")
        return {}

    steps: dict[str, Any] = {"overlay": send_back, "sync": {}, "transform": {}, "gate": refuse, "publish": {}}
    stub(monkeypatch, build, is_due=True, **steps)
    assert run("build_marts")["gate"] == "failed"
    assert subjects(mailbox) == ["构建退回报送 sent back by a build：a.gpkg 已退回", subjects(mailbox)[1]]
    assert subjects(mailbox)[1].startswith("未通过发布审核 gate refused：构建 b1")
    stub(monkeypatch, build, overlay={}, sync=OSError("disk"))
    for _ in range(2):
        assert run("build_marts")["sync"] == "failed"
    assert len(mailbox.letters) == 3 and subjects(mailbox)[2].startswith("构建失败 build failed：构建在 sync")
    assert [line.split("[")[1].split("]")[0] for line in lines(home)] == ["sent_back", "gate_refused", "build_failed"]
    assert run("watch_promises") == {"enter_missed": "success", "mail_notices": "skipped", "": "success"}
    assert len(mailbox.letters) == 3


def test_a_missed_promise_is_mailed_by_the_next_look(run: Run, home: Home, mailbox: Sink) -> None:
    home.settings_file.write_text("[promises]\nreceipt_seconds = 1\n", encoding="utf-8")
    with Ledger.open(home) as ledger:
        receive(ledger, arrival_key="年报")
    time.sleep(1.1)
    for _ in range(2):
        run("watch_promises")
    (subject,) = subjects(mailbox)
    assert subject.startswith("回执超时 receipt late：年报.xlsx") and len(lines(home)) == 1


def test_a_failed_task_is_mailed_also_while_the_ledger_is_down(run: Run, home: Home, mailbox: Sink) -> None:
    home.ledger_file.write_bytes(b"not a database" * 100)
    for _ in range(2):
        assert run("monthly_cycle")["open_periods"] == "failed"
    (subject,) = subjects(mailbox)
    assert subject == "任务失败 task failed：Airflow 任务 monthly_cycle.open_periods 失败 (a task failed)"
    (line,) = lines(home)
    assert line.startswith("#- ") and "monthly_cycle.open_periods" in line


def test_without_a_mail_connection_the_file_has_it_and_one_line_says_so(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stub(monkeypatch, periods, open_periods=OSError("disk"))
    assert run("monthly_cycle")["open_periods"] == "failed"
    assert len(lines(home)) == 1 and caplog.text.count("没有配置邮件连接 smtp_default") == 1
    assert run("watch_promises")["mail_notices"] == "skipped"
    with Ledger.open(home) as ledger:
        assert len(ledger.notices(is_sent=False)) == 1, "it is mailed once there is a connection"
