"""The inbox's watcher: runs in Airflow's triggerer and says when whole files lie in the inbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from ingestion.inbox import scan

POLL_SECONDS = 1.0
# While files keep coming in, those that are whole wait at most this long for the others, to be announced together.
PATIENCE_SECONDS = 10.0
SHOWN = 20


class News:
    """Tells which arrivals to announce: each once, in one go with those dropped beside it."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._told: set[str] = set()
        self._fresh: set[str] = set()
        self._since = 0.0

    def announce(self, waiting: Mapping[str, str], now: float) -> list[str]:
        """Names to announce at monotonic time `now` (seconds), when arrivals (key -> file name) wait whole in the
        inbox; mostly none.
        """
        self._told &= waiting.keys()
        fresh = waiting.keys() - self._told
        if fresh and not self._fresh:
            self._since = now
        grew, self._fresh = fresh != self._fresh, fresh
        if not fresh or (grew and now - self._since < self.patience_seconds):
            return []
        self._told |= fresh
        self._fresh = set()
        return sorted(waiting[key] for key in fresh)


class InboxTrigger(BaseEventTrigger):
    """Fires when whole files lie in the inbox, as `ingestion.inbox` judges it; once for a set of files, however long
    they lie there.
    """

    def __init__(
        self, inbox: str, poll_seconds: float = POLL_SECONDS, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        super().__init__()
        self.inbox = inbox
        self.poll_seconds = poll_seconds
        self.patience_seconds = patience_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Import path and arguments, from which the triggerer makes the trigger."""
        arguments = ("inbox", "poll_seconds", "patience_seconds")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in arguments}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """One event per set of new whole files: how many, and the first names."""
        news = News(self.patience_seconds)
        while True:
            # Stat calls may hang on a network drive; other triggers go on meanwhile.
            waiting = await asyncio.to_thread(scan, Path(self.inbox))
            if names := news.announce({one.arrival_key: one.name for one in waiting}, time.monotonic()):
                yield TriggerEvent({"files": len(names), "first": names[:SHOWN]})
            await asyncio.sleep(self.poll_seconds)
