"""Readings of sample files, each made once in a test session and shared by its tests and its workers; installed by
tests/conftest.py.

A reading depends on a file's bytes and name, its dataset, the dataset's contract and the day (no date may lie in the
future): the same again is the same staged file, whatever the submission is called. The first reading is made for real,
in the sandbox; what it left behind is kept and written again into the home of whoever reads the file next. Only files
that lie in samples/ or tests/fixtures/ are shared; others, and tests that take `unshared_readings`, read for real.
"""

import hashlib
import pickle
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from contracts import contract
from contracts.calendar import today
from ingestion.sandbox import Outcome
from pipeline.intake import dry_run, receive
from pipeline.intake.parse import Reading, ReadJob
from pipeline.intake.sandbox_policy import read_limited
from tests.support.answers import SAMPLES
from warehouse.home import CHECKOUT, Home
from warehouse.staged import NORMALIZATION_LOG_SUFFIX

CALLERS = (receive, dry_run)
"""The modules that read submitted files, each by its own name `read_limited`."""
FIXTURES = CHECKOUT / "tests" / "fixtures"
RESULT, STAGED, DOCS = "result.pickle", "staged.parquet", "docs.json"
LOGS = f"staged.*{NORMALIZATION_LOG_SUFFIX}"  # with the hash of their content

Read = Callable[[ReadJob], tuple[Reading, Outcome]]


def share_readings(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the intake take readings of sample files from a folder, and keep them there, until `patch` is undone."""
    folder.mkdir(parents=True, exist_ok=True)
    for module in CALLERS:
        patch.setattr(module, "read_limited", lambda job: shared_reading(folder, job))


def read_for_real(patch: pytest.MonkeyPatch) -> None:
    """Let the intake read every file in the sandbox, until `patch` is undone."""
    for module in CALLERS:
        patch.setattr(module, "read_limited", read_limited)


def key_of_any_file(job: ReadJob) -> str | None:
    """What a file's reading depends on; None where it is one of several members."""
    if not is_one_file(job.path):
        return None
    content = hashlib.sha256(job.path.read_bytes()).hexdigest()
    depends_on = (content, job.path.suffix, job.file_name, job.dataset, repr(contract(job.dataset)), today())
    return hashlib.sha256(repr(depends_on).encode()).hexdigest()[:32]


def _key_of_sample(job: ReadJob) -> str | None:
    """As `key_of_any_file`; None where the file is no sample, too."""
    key = key_of_any_file(job)
    return key if key and hashlib.sha256(job.path.read_bytes()).hexdigest() in _samples() else None


def shared_reading(
    folder: Path,
    job: ReadJob,
    read: Read = read_limited,
    key_of: Callable[[ReadJob], str | None] = _key_of_sample,
) -> tuple[Reading, Outcome]:
    """The reading of a file and what it took, as `read` gives it; that of a sample file comes from the folder if it is
    there. key_of: which readings are shared.
    """
    key = key_of(job)
    if key is None:
        return read(job)
    kept = folder / key
    with FileLock(folder / f"{key}.lock"):
        if not kept.exists() and not _keep(kept, job, read):
            return read(job)
    return _restored(kept, job)


def is_one_file(path: Path) -> bool:
    """Whether a path is a file, beside which no other of the same stem lies, as those of a Shapefile do."""
    return path.is_file() and not any(other != path and other.stem == path.stem for other in path.parent.iterdir())


@cache
def _samples() -> frozenset[str]:
    """Hashes of the files in samples/ and tests/fixtures/."""
    files = (path for root in (SAMPLES, FIXTURES) for path in root.rglob("*") if path.is_file())
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)


def _keep(kept: Path, job: ReadJob, read: Read) -> bool:
    """Read a file in a home of its own and keep what that leaves behind; False where the sandbox ended it."""
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        home, draft = Home(Path(scratch) / "home"), Path(scratch) / "kept"
        draft.mkdir()
        reading, ran = read(replace(job, home=home, docs_to=draft / DOCS))
        if not ran.ok:
            return False
        if reading.staged_as:
            staged = home.absolute(reading.staged_as)
            staged.rename(draft / STAGED)
            for log in staged.parent.glob(f"{staged.stem}.*{NORMALIZATION_LOG_SUFFIX}"):
                log.rename(draft / f"staged{log.name.removeprefix(staged.stem)}")
        (draft / RESULT).write_bytes(pickle.dumps((reading, replace(ran, value=None))))
        draft.rename(kept)
    return True


def _restored(kept: Path, job: ReadJob) -> tuple[Reading, Outcome]:
    reading, ran = pickle.loads((kept / RESULT).read_bytes())
    if reading.staged_as:
        former = Path(reading.staged_as)
        name = f"{job.submission_id}{former.name.removeprefix(reading.submission_id)}"
        staged_as = former.with_name(name).as_posix()
        reading = replace(reading, staged_as=staged_as)
        staged = job.home.absolute(staged_as)
        _copy(kept / STAGED, staged)
        for log in kept.glob(LOGS):
            _copy(log, staged.with_name(f"{staged.stem}{log.name.removeprefix('staged')}"))
    if job.docs_to is not None and (kept / DOCS).exists():
        _copy(kept / DOCS, job.docs_to)
    reading = replace(reading, submission_id=job.submission_id)
    return reading, replace(ran, value=reading)


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all, as product code writes it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft:
        pass
    shutil.copyfile(source, draft.name)
    Path(draft.name).chmod(source.stat().st_mode)
    Path(draft.name).rename(target)
