"""Locks between the processes of one home: for receiving, writing the build database, publishing, copying to the BI server,
migrating the ledger, the index of the receipts, mailing notices.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.home import Home

WORK_SECONDS = 600
"""How long the others of a kind wait for one that receives, builds or publishes: a build of the samples takes half a minute,
so that is twenty of them, or a first cut of every layer. What takes longer hangs.
"""


class Busy(RuntimeError):
    """Another process holds the lock and did not release it in time."""


@contextmanager
def _locked(path: Path, what_zh: str, timeout: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise Busy(f"{what_zh}正被另一进程占用，等待 {timeout:g} 秒后放弃 (held by another process: {path})") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def receiver(home: Home, timeout: float = WORK_SECONDS) -> Iterator[None]:
    """Be the one who takes files from the inbox: what another has just claimed must not look like what a crash left.
    Raises Busy after `timeout` seconds.
    """
    with _locked(home.locks / "receive.lock", "收件", timeout):
        yield


@contextmanager
def writer(home: Home, timeout: float = WORK_SECONDS) -> Iterator[None]:
    """Be the one writer of the build database. Re-entrant within a thread. Raises Busy after `timeout` seconds."""
    with _locked(home.writer_lock, "构建数据库", timeout):
        yield


@contextmanager
def publisher(home: Home, timeout: float = WORK_SECONDS) -> Iterator[None]:
    """Be the one who publishes. Re-entrant within a thread. Raises Busy after `timeout` seconds."""
    with _locked(home.publish_lock, "发布", timeout):
        yield


@contextmanager
def bi_copier(home: Home, timeout: float = WORK_SECONDS) -> Iterator[None]:
    """Be the one who copies a build to the BI server. Raises Busy after `timeout` seconds."""
    with _locked(home.bi_server_lock, "BI 服务器", timeout):
        yield


@contextmanager
def migrator(home: Home, timeout: float = 120) -> Iterator[None]:
    """Be the one who migrates the ledger. Raises Busy after `timeout` seconds."""
    with _locked(home.ledger_lock, "台账升级", timeout):
        yield


@contextmanager
def receipt_indexer(home: Home, timeout: float = 60) -> Iterator[None]:
    """Be the one who writes the index of the receipts. Raises Busy after `timeout` seconds."""
    with _locked(home.locks / "receipt_index.lock", "回执索引", timeout):
        yield


@contextmanager
def mailer(home: Home, timeout: float = 60) -> Iterator[None]:
    """Be the one who mails notices: two at once would mail each twice. Raises Busy after `timeout` seconds."""
    with _locked(home.locks / "mail.lock", "邮寄通知", timeout):
        yield
