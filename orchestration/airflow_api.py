"""The few calls of Airflow's REST API that `make up` and the health checks need: health, login, unpausing DAGs."""

import json
import urllib.request
from datetime import datetime
from typing import Any

# The health report of the API names each component's last heartbeat.
ANSWER_SECONDS = 10.0  # the API answers within one, also on a busy machine; while it starts, not at all
HEARTBEATS = {name: f"latest_{name}_heartbeat" for name in ("scheduler", "triggerer", "dag_processor")}


def _get(
    url: str, token: str | None = None, method: str = "GET", body: Any = None, timeout: float = ANSWER_SECONDS
) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    # No proxy that the shell names stands between this process and the loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(
        urllib.request.Request(url, data=data, headers=headers, method=method), timeout=timeout
    ) as response:
        return json.loads(response.read())


def health(url: str, since: datetime | None = None, timeout: float = ANSWER_SECONDS) -> dict[str, str]:
    """Component -> "healthy" or another word, by the API's own report; empty while the API does not respond.

    since: a heartbeat before it is not counted, being that of an earlier process. timeout: seconds to wait for an answer.
    """
    try:
        report = _get(f"{url}/api/v2/monitor/health", timeout=timeout)
    except (OSError, ValueError):
        return {}
    found = {"metadatabase": report["metadatabase"]["status"]}
    for name, key in HEARTBEATS.items():
        part = report.get(name) or {}
        is_stale = since is not None and (not part.get(key) or datetime.fromisoformat(part[key]) < since)
        found[name] = "starting" if is_stale else str(part.get("status"))
    return found


def token(url: str, user: str, word: str) -> str:
    """A token for Airflow's REST API. Raises urllib.error.HTTPError when the login is refused."""
    return _get(f"{url}/auth/token", method="POST", body={"username": user, "password": word})["access_token"]


def unpause(url: str, bearer: str) -> list[str]:
    """Let every DAG run by its schedule; returns the ids of all DAGs that Airflow has parsed so far."""
    dags = _get(f"{url}/api/v2/dags?limit=100", bearer)["dags"]
    for dag in dags:
        if dag["is_paused"]:
            _get(f"{url}/api/v2/dags/{dag['dag_id']}", bearer, "PATCH", {"is_paused": False})
    return [dag["dag_id"] for dag in dags]
