"""The digest of a day: overdue reports as a file in the home, and as one mail where Airflow has a mail connection, not
fifty alerts. Airflow's daily tasks call it.
"""

import html
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from contracts import contract
from contracts.names import period_name
from pipeline.calendar.expected_reports import ExpectedReport, expected_reports, overdue
from warehouse.durable import whole_file
from warehouse.home import Home
from warehouse.ledger import Ledger

SHOWN_UNITS = 12  # of a group by name: the ten townships always fit


def write_digest(home: Home, at: date) -> dict[str, Any]:
    """Write digests/<day>.md and .json of what is overdue on a day. Returns {"day", "overdue": reports, "groups",
    "path", "mailed_to"}.

    Written again, it shows the present state; to whom it was mailed is kept.
    """
    with Ledger.open(home.ensure()) as ledger:
        late = overdue(expected_reports(home, ledger.snapshot(), at))
    groups = _groups(late)
    made = {
        "day": at.isoformat(),
        "overdue": len(late),
        "groups": groups,
        "path": home.relative(_path(home, at, "md")),
        "mailed_to": mailed_to(home, at),
    }
    _write(_path(home, at, "md"), _markdown(at, groups))
    _write(_path(home, at, "json"), json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    return made


def mailed_to(home: Home, at: date) -> list[str]:
    """Addresses to which the digest of a day was mailed; none, if it was not."""
    path = _path(home, at, "json")
    return json.loads(path.read_text(encoding="utf-8"))["mailed_to"] if path.exists() else []


def note_mailed(home: Home, at: date, to: list[str]) -> None:
    """Keep in the day's digest to whom it was mailed. Raises FileNotFoundError."""
    path = _path(home, at, "json")
    stored = json.loads(path.read_text(encoding="utf-8"))
    _write(path, json.dumps({**stored, "mailed_to": to}, ensure_ascii=False, indent=1) + "\n")


def letter(made: dict[str, Any]) -> tuple[str, str]:
    """Subject and HTML of the mail, from what `write_digest` returned."""
    datasets = len({group["dataset"] for group in made["groups"]})
    rows = "".join(
        f"<tr><td>{html.escape(group['title'])}</td><td>{html.escape(group['period_zh'])}</td><td>{group['due_on']}</td>"
        f"<td>{group['days_late']}</td><td>{html.escape(group['state_zh'])}</td><td>{html.escape(group['whose'])}</td></tr>"
        for group in made["groups"]
    )
    head = "".join(f"<th>{name}</th>" for name in ("报表", "期次", "应报日期", "逾期天数", "状态", "单位"))
    return (
        f"【上党区数据仓库】{made['day']} 逾期未报 {made['overdue']} 份，{datasets} 种报表",
        f'<p>截至 {made["day"]}，下列报表逾期：</p><table border="1" cellpadding="4"><tr>{head}</tr>{rows}</table>',
    )


def _groups(late: list[ExpectedReport]) -> list[dict[str, Any]]:
    """Overdue reports by dataset, period and state, the longest overdue first."""
    grouped: dict[tuple[str, str, str], list[ExpectedReport]] = defaultdict(list)
    for item in late:
        grouped[item.dataset, item.period, item.state].append(item)
    return [
        {
            "dataset": dataset,
            "title": items[0].title_zh,
            "period": period,
            "period_zh": period_name(period),
            "state": state,
            "state_zh": items[0].state_zh,
            "due_on": items[0].due_on.isoformat(),
            "days_late": items[0].days_late,
            "units": [item.reporting_unit for item in items],
            "whose": _names(items),
            "submitter": contract(dataset).submitter,
        }
        for (dataset, period, state), items in grouped.items()
    ]


def _names(items: list[ExpectedReport]) -> str:
    names = [item.unit_zh for item in items]
    return "、".join(names[:SHOWN_UNITS]) + (f" 等 {len(names)} 个" if len(names) > SHOWN_UNITS else "")


def _markdown(at: date, groups: list[dict[str, Any]]) -> str:
    if not groups:
        return f"# {at} 逾期未报\n\n没有逾期的报表。\n"
    lines = [f"# {at} 逾期未报", "", "| 报表 | 期次 | 应报日期 | 逾期天数 | 状态 | 单位 |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {group['title']} | {group['period_zh']} | {group['due_on']} | {group['days_late']} | {group['state_zh']} | {group['whose']} |"
        for group in groups
    ]
    return "\n".join(lines) + "\n"


def _path(home: Home, at: date, ending: str) -> Path:
    return home.digests / f"{at.isoformat()}.{ending}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
