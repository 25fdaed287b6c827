"""`warehouse status --json`: the state of the warehouse with that of the Airflow that `warehouse up` started here."""

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from warehouse.home import Home

if TYPE_CHECKING:
    from pipeline.watch.report import State

# The whole answer is due within two seconds: the API on the loopback address answers in a tenth of one, and a server of a
# ledger that does not let itself be reached is given up.
API_SECONDS = 1.0
LEDGER_SECONDS = 2  # libpq knows whole seconds, of which 2 is the least
START_SECONDS = (
    120.0  # while Airflow starts, its components answer one after the other (orchestration.server waits as long)
)


def print_state(home: Home) -> int:
    """Print one JSON object; gives the exit status: 0 where the warehouse is well, 1 where it is not."""
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(LEDGER_SECONDS))
    from pipeline.watch.report import state_of

    state = state_of(home)
    state.content["airflow"] = _airflow(home, state)
    found = state.as_dict()
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if found["health"] == "ok" else 1


def _airflow(home: Home, state: "State") -> dict[str, Any] | None:
    """How Airflow is that `up` started for this home; None where it was not started, or was stopped."""
    from orchestration.server import status

    found = status(home, API_SECONDS)
    if found is None:
        return None
    is_starting = (datetime.now(UTC) - found["started_at"]).total_seconds() < START_SECONDS
    sick = {name: word for name, word in found["components"].items() if word != "healthy"}
    if not found["running"]:
        state.add(
            "failing",
            "airflow_ended",
            "Airflow 已中止（不是由 warehouse down 停的），收件箱无人收取；请 warehouse up (Airflow has ended, and not by "
            "warehouse down: start it again)",
        )
    elif not found["components"]:
        state.add(
            "warning" if is_starting else "failing",
            "airflow_silent",
            f"Airflow 的 API 没有应答：{found['url']}；请看 logs/，或 warehouse down 后 warehouse up (its API does not answer: "
            "see the logs, or stop and start it)",
        )
    elif sick:
        named = "、".join(f"{name}: {word}" for name, word in sick.items())
        state.add(
            "warning" if is_starting else "failing",
            "airflow_unhealthy",
            f"Airflow 的组件不正常：{named}；请看 logs/，或 warehouse down 后 warehouse up (components without a heartbeat: see "
            "the logs, or stop and start it)",
        )
    return {**found, "started_at": found["started_at"].isoformat(timespec="seconds")}
