"""Watches the inbox: an Airflow trigger that fires when complete files lie in it. orchestration.assets attaches it to the
asset `inbox`; Airflow's triggerer runs it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from pipeline.intake.inbox import scan

POLL_SECONDS = 1.0  # polling, as file events of network drives are not reported; a receipt is due within a minute
# While files keep coming in, complete ones wait at most this long for the others, so that one run takes them together.
PATIENCE_SECONDS = 10.0
SHOWN_FILES = 20  # of an event's file names: enough to recognise the round, short enough for the event's page


class ArrivalTracker:
    """Decides which arrivals to announce: each once, together with those that come in beside it."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._announced: set[str] = set()
        self._fresh: set[str] = set()
        self._since = 0.0

    def announce(self, waiting: Mapping[str, str], now: float) -> list[str]:
        """File names to announce at monotonic time `now` (seconds); mostly none.

        waiting: arrivals (key -> file name) that lie complete in the inbox.
        """
        self._announced &= waiting.keys()
        fresh = waiting.keys() - self._announced
        if fresh and not self._fresh:
            self._since = now
        grew, self._fresh = fresh != self._fresh, fresh
        if not fresh or (grew and now - self._since < self.patience_seconds):
            return []
        self._announced |= fresh
        self._fresh = set()
        return sorted(waiting[key] for key in fresh)


class InboxTrigger(BaseEventTrigger):
    """Fires when files lie in the inbox that `ingestion.inbox.scan` finds complete; once for a set of files, however
    long they lie there.
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
        """One event per set of new complete files: how many, and the first names."""
        tracker = ArrivalTracker(self.patience_seconds)
        while True:
            # Stat calls may hang on a network drive; other triggers go on meanwhile.
            waiting = await asyncio.to_thread(scan, Path(self.inbox))
            if names := tracker.announce({one.arrival_key: one.name for one in waiting}, time.monotonic()):
                yield TriggerEvent({"files": len(names), "first": names[:SHOWN_FILES]})
            await asyncio.sleep(self.poll_seconds)
