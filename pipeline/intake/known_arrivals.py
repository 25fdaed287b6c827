"""Which arrivals the ledger has already: what a crash left in the inbox, or what cannot be removed from there, is known by its
arrival key. Called by `reception` and by the list of what the inbox holds.
"""

import hashlib
from collections.abc import Sequence

from warehouse.ledger import Ledger, Submission

KEY_DIGITS = 32


class KnownArrivals:
    """Submissions by arrival key, read from the ledger when first asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_key: dict[str, Submission] | None = None

    def get(self, arrival_key: str) -> Submission | None:
        """The submission that an arrival became, None for one that is new."""
        if self._by_key is None:
            self._by_key = {one.arrival_key: one for one in self._ledger.submissions()}
        return self._by_key.get(arrival_key)

    def find(self, arrival_keys: Sequence[str], sha256: str) -> Submission | None:
        """The submission that an arrival with these bytes became under one of its keys, None for one that is new."""
        keys = [*arrival_keys, *(_key_of_bytes(key, sha256) for key in arrival_keys)]
        return next((known for key in keys if (known := self.get(key)) and known.sha256 == sha256), None)

    def new_key(self, arrival_key: str, sha256: str) -> str:
        """A key for an arrival that is not known. The same file with other bytes than it was entered with (somebody saved
        into it once more) is an arrival of its own, with a key of its own.
        """
        return arrival_key if self.get(arrival_key) is None else _key_of_bytes(arrival_key, sha256)

    def add(self, submission: Submission) -> None:
        """Note a submission that has just been entered."""
        if self._by_key is not None:
            self._by_key[submission.arrival_key] = submission


def _key_of_bytes(arrival_key: str, sha256: str) -> str:
    return hashlib.sha256(f"{arrival_key} {sha256}".encode()).hexdigest()[:KEY_DIGITS]
