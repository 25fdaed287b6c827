"""The paragraph that a person gets when what lies below fails: the disk, memory, rights, the ledger, a DuckDB file. `pipeline.failures`
asks each in turn; each gives None where the error is of another kind.
"""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from warehouse.build_database import is_damaged
from warehouse.failures import machine as cause
from warehouse.failures.causes import causes, is_disk_full, text_of
from warehouse.home import Home

LONGEST = 300  # characters of a detail: two lines of a terminal


@dataclass(frozen=True)
class Failure:
    """What happened and what to do, in Chinese and in English."""

    happened_zh: str
    remedy_zh: str
    happened_en: str
    remedy_en: str

    def lines(self) -> list[str]:
        """The paragraph."""
        return [
            f"warehouse: {self.happened_zh}",
            f"  怎么办：{self.remedy_zh}",
            f"  {self.happened_en}",
            f"  What to do: {self.remedy_en}",
        ]


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def disk_full(error: Exception, home: Home | None) -> Failure | None:
    """Any room could not write for want of space."""
    if not is_disk_full(error):
        return None
    named = cause.path_in(error)
    place = cause.nearest(named if named else home.root if home else Path.cwd())
    free = f"{shutil.disk_usage(place).free / 1e6:,.0f} MB"
    return Failure(
        f"磁盘已满，或文件超过允许的大小：{named or place} 写不下（该盘剩余 {free}）；没有任何文件写了一半，已收到的报送都在",
        f"腾出空间（df -h {place} 查看；旧日志在 logs/，可删）或放宽 ulimit -f，然后再运行同一命令",
        f"The disk is full, or a file would be larger than is allowed: {named or place} ({free} free); "
        "nothing is half written, what was received is safe",
        f"make room (df -h {place}; old logs in logs/ may go) or raise ulimit -f, then run the same command again",
    )


def out_of_memory(error: Exception, home: Home | None) -> Failure | None:
    """Python or DuckDB ran out of memory."""
    if not cause.is_out_of_memory(error):
        return None
    return Failure(
        f"内存不足：{short(str(error)) or 'MemoryError'}；已发布的数据不变",
        "关闭其他程序或换内存更大的机器（free -h 查看），然后再运行同一命令",
        "Out of memory; what is published stays",
        "end other programs or use a machine with more memory (free -h), then run the same command again",
    )


def no_right(error: Exception, home: Home | None) -> Failure | None:
    """The user may not read or write something; says whose it is."""
    if not cause.is_no_right(error) and not _is_unopened_ledger(error, home):
        return None
    named = cause.path_in(error) or (home.ledger_file if home and _is_of_the_ledger(error) else None)
    if named is None:
        named = home.root if home else Path.cwd()
    place = cause.obstacle(named)
    status = place.lstat()
    owner, me = cause.user_name(status.st_uid), cause.user_name(os.geteuid())
    return Failure(
        f"没有权限：{named}；{place} 属于 {owner}（{stat.filemode(status.st_mode)}），当前用户是 {me}",
        f"用属主运行（sudo -u {owner} warehouse …），或请 {owner} 给您权限；status、check、query、board 等只读命令只须能读",
        f"No permission: {named}; {place} belongs to {owner} ({stat.filemode(status.st_mode)}), you are {me}",
        f"run it as its owner (sudo -u {owner} warehouse …), or ask {owner} for the right; "
        "status, check, query, board and others that only read need no more than to read",
    )


def _is_of_the_ledger(error: Exception) -> bool:
    import sqlite3

    from sqlalchemy.exc import DBAPIError

    return any(isinstance(one, DBAPIError | sqlite3.Error) for one in causes(error))


def _is_unopened_ledger(error: Exception, home: Home | None) -> bool:
    """SQLite gives one message for a missing folder, a missing right and a folder in the file's place."""
    if not (home and _is_of_the_ledger(error) and "unable to open database file" in text_of(error)):
        return False
    return not os.access(cause.nearest(home.ledger_file), os.W_OK)


def ledger(error: Exception, home: Home | None) -> Failure | None:
    """The ledger is damaged, locked, out of reach or of another version."""
    from sqlalchemy.exc import ArgumentError

    from warehouse.ledger.read_only import NotMigrated
    from warehouse.ledger.store import LedgerTooNew

    if isinstance(error, LedgerTooNew):
        return Failure(
            str(error),
            "升级程序（git pull && make env），再运行同一命令",
            f"The ledger: {_named_ledger(home)}",
            "update the program (git pull && make env), then run the same command again",
        )
    if isinstance(error, NotMigrated):
        return Failure(
            str(error),
            "请台账的属主用本版程序运行一次 warehouse status，再运行同一命令",
            "The ledger has another version than this program",
            "ask its owner to run warehouse status once with this program, then run the same command again",
        )
    if isinstance(error, ArgumentError):  # its message may show the password
        return Failure(
            "WAREHOUSE_LEDGER_URL 不是数据库地址",
            "写作 postgresql+psycopg2://用户:密码@主机:5432/库，然后再运行同一命令；不设它则用仓库自带的台账",
            "WAREHOUSE_LEDGER_URL is no address of a database",
            "write it postgresql+psycopg2://USER:PASSWORD@HOST:5432/DATABASE; without it the ledger is in the home",
        )
    if not _is_of_the_ledger(error):
        return None
    text, name = text_of(error), _named_ledger(home)
    if any(words in text for words in cause.LOCKED_LEDGER_TEXTS):
        return Failure(
            f"台账被占用：{name} 正由另一进程写入，等待后放弃；什么也没有改变",
            f"稍后再运行同一命令；谁在占用：fuser -v {name}",
            f"The ledger is locked: another process writes to {name}; nothing was changed",
            f"run the same command again later; who holds it: fuser -v {name}",
        )
    if home and home.ledger_server is not None:
        return Failure(
            f"连不上台账的数据库服务：{name}（{short(_detail(error))}）",
            "检查服务是否在运行（pg_isready）、WAREHOUSE_LEDGER_URL 是否正确，再运行同一命令",
            f"The ledger's server cannot be used: {name}",
            "check that it runs (pg_isready) and that WAREHOUSE_LEDGER_URL is right, then run the same command again",
        )
    if cause.IO_LEDGER_TEXT in text:
        return Failure(
            f"台账读写不成：{name}（{short(_detail(error))}）；没有记入一半",
            f"检查磁盘：df -h {name}，ulimit -f，dmesg | tail；恢复后再运行同一命令",
            f"The ledger cannot be read or written: {name}; nothing is half recorded",
            f"look at the disk (df -h {name}, ulimit -f, dmesg | tail); then run the same command again",
        )
    if any(words in text for words in (*cause.DAMAGED_LEDGER_TEXTS, "unable to open database file")):
        return Failure(
            f"台账文件已损坏，或不是台账：{name}（{short(_detail(error))}）",
            f"停止运行（warehouse down），把 {name} 及其 -wal、-shm 移到别处留存，再从备份恢复：warehouse restore 备份文件夹 --into 新仓库",
            f"The ledger is damaged, or is no ledger: {name}",
            "warehouse down; move the file and its -wal and -shm elsewhere and keep them; then warehouse restore BACKUP --into HOME",
        )
    return None


def _named_ledger(home: Home | None) -> str:
    """The ledger as a person knows it: the file, or the server's URL without its password."""
    from sqlalchemy import make_url

    if home is None:
        return "ledger"
    return make_url(home.ledger_server).render_as_string() if home.ledger_server else str(home.ledger_file)


def _detail(error: Exception) -> str:
    """What the database itself said, without the statement."""
    return str(getattr(error, "orig", None) or error)


def duckdb_file(error: Exception, home: Home | None) -> Failure | None:
    """A DuckDB file is held by another process, damaged or not there."""
    import duckdb

    if holder := cause.lock_holder(error):
        program, number = holder
        held = cause.path_in(error) or (home.build_db if home else "DuckDB")
        return Failure(
            f"数据库正被另一进程使用：{held}（{program}，进程 {number}）；什么也没有改变",
            f"等它结束再运行同一命令；它是什么：ps -p {number} -o user,args",
            f"Another process uses {held}: {program} (PID {number}); nothing was changed",
            f"run the same command again when it has ended; what it is: ps -p {number} -o user,args",
        )
    if not any(isinstance(one, duckdb.Error) for one in causes(error)) or home is None:
        return None
    if is_damaged(error, home.build_db):
        return Failure(
            f"构建数据库已损坏：{home.build_db}；它由台账和收存的文件得出，可以重新构建；已发布的数据不变",
            "运行 warehouse publish：损坏的文件会被移开，重新构建",
            f"The build database is damaged: {home.build_db}; it is derived and can be made anew; what is published stays",
            "run warehouse publish: it sets the damaged file aside and builds anew",
        )
    named = cause.path_in(error)
    if named and named.is_relative_to(home.published):
        return _published_file(named, home)
    if named and named.is_relative_to(home.root):
        return _part_of_the_home(named, short(str(error)))
    return None


def _published_file(path: Path, home: Home) -> Failure:
    return Failure(
        f"已发布的文件读不了：{path}",
        "运行 warehouse publish --force 重新发布；已批准的版次（editions）从备份恢复：warehouse restore 备份文件夹 --into 新仓库",
        f"A published file cannot be read: {path}",
        "run warehouse publish --force to publish anew; an approved edition comes from a backup: warehouse restore BACKUP --into HOME",
    )


def _part_of_the_home(path: Path, detail: str) -> Failure:
    return Failure(
        f"仓库中的文件缺失或损坏：{path}（{detail}）",
        "运行 warehouse verify 查明缺了什么；从备份恢复：warehouse restore 备份文件夹 --into 新仓库",
        f"A file of the warehouse is missing or damaged: {path}",
        "run warehouse verify to see what is missing; restore it from a backup: warehouse restore BACKUP --into HOME",
    )


def missing_file(error: Exception, home: Home | None) -> Failure | None:
    """A file of the home itself is not there."""
    from warehouse.archive import NotArchived

    if isinstance(error, NotArchived) and home:
        return _part_of_the_home(home.archive, short(str(error)))
    named = cause.path_in(error) if isinstance(error, FileNotFoundError) else None
    if home is None or named is None or not home.root.is_dir() or not named.is_relative_to(home.root):
        return None
    return _published_file(named, home) if named.is_relative_to(home.published) else _part_of_the_home(named, "没有")
