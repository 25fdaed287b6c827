"""Intake without what only looks nice, for tests that take in hundreds of files: receipts are written in this process or
not at all, Great Expectations' pages are left out, and what is computed of the same input is computed once.
"""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion import sandbox
from ingestion.normalize.layer_checks import layer_checks
from ingestion.sandbox import Outcome
from pipeline.intake import buildable, dry_run, receipts, receive, reception, restage
from pipeline.intake.sandbox_policy import recognised
from tests.support.shared_readings import is_one_file, key_of_any_file, shared_reading

READERS = (receive, dry_run, restage)
"""The modules that read submitted files, each by its own name `read_limited`."""
PURE = (layer_checks, buildable.try_partition)
"""Functions that the sandbox runs on what they are given, and on no file."""


def cheapen(patch: pytest.MonkeyPatch, *, has_receipts: bool) -> None:
    """Leave out the pages, recognise a file's content once, check the same layer once, and write receipts in this process
    (has_receipts) or leave them out, until `patch` is undone.
    """
    patch.setattr(receive, "_write_docs", lambda home, outcomes: None)
    known = _recognised_once()
    for module in (reception, dry_run):
        patch.setattr(module, "recognised", known)
    patch.setattr(sandbox, "run", _run_once(sandbox.run, has_receipts))


def share_readings_of_any_file(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Take readings of all files, samples or not, from a folder, and keep them there, until `patch` is undone."""
    folder.mkdir(parents=True, exist_ok=True)
    for module in READERS:
        patch.setattr(module, "read_limited", lambda job: shared_reading(folder, job, key_of=key_of_any_file))


def _recognised_once() -> Callable[..., Any]:
    known: dict[tuple[object, ...], Any] = {}

    def recognise(path: Path, file_name: str, hint: str | None) -> Any:
        if not is_one_file(path):
            return recognised(path, file_name, hint)
        key = (hashlib.sha256(path.read_bytes()).hexdigest(), path.suffix, file_name, hint)
        if key not in known:
            known[key] = recognised(path, file_name, hint)
        return known[key]

    return recognise


def _run_once(real: Callable[..., Outcome], has_receipts: bool) -> Callable[..., Outcome]:
    known: dict[str, Outcome] = {}

    def run(function: Callable[..., Any], *given: Any, **limits: Any) -> Outcome:
        if function is receipts.write:
            (request,) = given
            if has_receipts:
                function(request)
            else:
                request.folder.mkdir()
            return Outcome()
        if function not in PURE:
            return real(function, *given, **limits)
        key = hashlib.sha256(pickle.dumps((function.__name__, given))).hexdigest()
        if key not in known:
            known[key] = real(function, *given, **limits)
        return known[key]

    return run
