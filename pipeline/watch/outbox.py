"""Mails notices: what the ledger's outbox has, each once. `orchestration.mail` calls it with a way to send.

At least once: a notice is marked as sent after its letter was taken; a crash in between sends it again.
"""

import html
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from contracts.calendar import DISTRICT_TIME
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger.build_types import Notice
from warehouse.locks import mailer

SHOWN_NOTICES = 50  # of one letter: beyond it a person reads the file that the letter names
SHOWN_CHARACTERS = 2000  # of a notice's text: a page; the file has all of it
TITLES: dict[str, str] = {  # of notices.Kind
    "gate_refused": "未通过发布审核 gate refused",
    "build_failed": "构建失败 build failed",
    "build_damaged": "已发布的构建损坏 published build damaged",
    "bi_server_behind": "BI 服务器未更新 BI server behind",
    "sent_back": "构建退回报送 sent back by a build",
    "set_aside": "未能接收 set aside",
    "receive_failed": "收取故障 receiving failed",
    "read_failed": "读取故障 reading failed",
    "decide_failed": "审核故障 deciding failed",
    "read_otherwise": "原件读出不同 original reads otherwise",
    "rows_unaccounted": "行数不平 rows unaccounted for",
    "staged_again": "暂存文件重新生成 staged file made again",
    "original_damaged": "原件损坏 original damaged",
    "late_inbox": "收件超时 inbox late",
    "late_receipt": "回执超时 receipt late",
    "late_build": "发布超时 publication late",
    "deadline_missed": "运行超时 run late",
    "task_failed": "任务失败 task failed",
}
Send = Callable[[str, str], None]


def mail_unsent(home: Home, send: Send) -> list[int]:
    """Mail the notices that were not mailed yet, one letter for each kind; gives their ids. send: takes subject and HTML.

    One process at a time. Raises what `send` raises (the notices stay unsent), locks.Busy.
    """
    with mailer(home), Ledger.open(home) as ledger:
        by_kind: dict[str, list[Notice]] = defaultdict(list)
        for one in ledger.notices(is_sent=False):
            by_kind[one.kind].append(one)
        sent = []
        for kind, group in by_kind.items():
            send(*_letter(home, kind, group))
            for one in group:
                ledger.notice_sent(one.notice_id)
                sent.append(one.notice_id)
    return sent


def letter_of(kind: str, subject: str, body: str, file: Path) -> tuple[str, str]:
    """Subject and HTML of a letter about one thing. file: where the notices stand."""
    return _headed(kind, subject, 1), _page([f"<h4>{html.escape(subject)}</h4><p>{_text(body)}</p>"], file)


def _letter(home: Home, kind: str, group: list[Notice]) -> tuple[str, str]:
    parts = [
        f"<h4>#{one.notice_id} {one.at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S} {html.escape(one.subject)}</h4>"
        f"<p>{_text(one.body)}</p>"
        for one in group[:SHOWN_NOTICES]
    ]
    if len(group) > SHOWN_NOTICES:
        parts.append(f"<p>… {len(group) - SHOWN_NOTICES} 条未列出 (more, in the file below)</p>")
    return _headed(kind, group[0].subject, len(group)), _page(parts, home.notices_file)


def _headed(kind: str, subject: str, count: int) -> str:
    more = f" 等 {count} 条" if count > 1 else ""
    return f"【上党区数据仓库】{TITLES.get(kind, kind)}：{' '.join(subject.split())}{more}"


def _page(parts: list[str], file: Path) -> str:
    return (
        "".join(parts)
        + f"<hr><p>全部通知 (all notices): {html.escape(str(file))}<br>状态 (state): warehouse status --json</p>"
    )


def _text(body: str) -> str:
    shown = body if len(body) <= SHOWN_CHARACTERS else f"{body[:SHOWN_CHARACTERS]}…"
    return html.escape(shown).replace("\n", "<br>")
