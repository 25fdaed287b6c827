"""The errors that end a step of the pipeline, and the paragraph that a person gets of any error, in Chinese and English,
that names the thing and what to do.

The one place where errors are mapped, by their type and cause; the command line, the state of the warehouse and the notice
of a build that failed show what it gives. It knows no other module of the pipeline.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from warehouse.failures import storage
from warehouse.failures.storage import Failure, short
from warehouse.home import Home, packages

SHOWN_FAILURES = 3  # of dbt and of the gate: the first ones say what is wrong, the log has all
NODE = re.compile(r"; (?=(?:model|test|seed|snapshot|operation)\.)")  # between dbt's failures in TransformFailed


class GateFailed(RuntimeError):
    """The gate refused the marts; the message names build, checks and remedy. What is published stays.

    checks: names of those that failed and that nobody overrode; details: what each found, by its name.
    """

    def __init__(
        self, message: str, build_id: str = "", checks: Sequence[str] = (), details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.build_id = build_id
        self.checks = tuple(checks)
        self.details = dict(details or {})


class TransformFailed(RuntimeError):
    """dbt did not build everything, or one of its tests failed; the message names what."""


class InvalidRegistry(RuntimeError):
    """The registry of indicators cannot be computed; faults: each names the row of the seed and the remedy."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = tuple(faults)


class DecisionFailed(RuntimeError):
    """Some submissions could not be checked, by a fault of this program; the message names their files. All others were
    decided. decided: what `pipeline.intake.decide.decide_family` gives of those.
    """

    def __init__(self, message: str, decided: dict[str, Any]) -> None:
        super().__init__(message)
        self.decided = decided


def failure_of(error: Exception, home: Home | None) -> Failure | None:
    """What to tell of an error; None where it is what the caller asked wrongly: then its own line says all. An error that
    nobody foresaw is a fault of the program.
    """
    described: tuple[Callable[[Exception, Home | None], Failure | None], ...] = (
        _gate,
        storage.disk_full,
        storage.out_of_memory,
        storage.no_right,
        storage.ledger,
        storage.duckdb_file,
        _current,
        _busy,
        _registry,
        _transform,
        _decision,
        storage.missing_file,
    )
    for describe in described:
        if found := describe(error, home):
            return found
    return None if _is_asked_wrongly(error) else unforeseen(error)


def _gate(error: Exception, home: Home | None) -> Failure | None:
    if not isinstance(error, GateFailed):
        return None
    checks = [f"{name}: {error.details[name]}" if name in error.details else name for name in error.checks]
    pages = home.gate_docs if home else "data_docs"
    first = short("；".join(checks[:SHOWN_FAILURES]))
    override = f"warehouse override-gate {error.build_id} {' '.join(f'--check {name}' for name in error.checks)}"
    return Failure(
        f"发布审核未放行构建 {error.build_id}，{len(checks)} 项检查未通过，已发布的数据不变：{first}",
        f"查看 {pages}，改正数据后再 warehouse load；确属正当的变化：{override} --because 理由 --by 姓名",
        f"The gate refused the build {error.build_id}, {len(checks)} checks failed; what is published stays",
        f"look at {pages}, correct the data and warehouse load; a rightful change: {override} --because … --by …",
    )


def _current(error: Exception, home: Home | None) -> Failure | None:
    from warehouse.serving import CurrentMissing

    if not isinstance(error, CurrentMissing) and not (
        home and isinstance(error, FileNotFoundError) and home.current.is_symlink() and not home.current.exists()
    ):
        return None
    where = home.current if home else "current"
    return Failure(
        f"指向当前版本的链接断了：{where} 指向的构建不在了或不完整",
        "运行 warehouse publish --force 重新发布，或 warehouse rollback 构建 回到还在的一个",
        f"The link to the current build is broken: what {where} points to is gone or not whole",
        "run warehouse publish --force to publish anew, or warehouse rollback BUILD to go back to one that is there",
    )


def _busy(error: Exception, home: Home | None) -> Failure | None:
    from warehouse.locks import Busy

    if not isinstance(error, Busy):
        return None
    locks = home.locks if home else "locks/"
    return Failure(
        f"{error}；什么也没有改变",
        f"等另一进程结束再运行同一命令；谁在占用：fuser -v {locks}/*",
        "Another process is at work on this; nothing was changed",
        f"run the same command again when it has ended; who holds it: fuser -v {locks}/*",
    )


def _registry(error: Exception, home: Home | None) -> Failure | None:
    if not isinstance(error, InvalidRegistry):
        return None
    first = "；".join(error.faults[:SHOWN_FAILURES])
    return Failure(
        f"指标登记有 {len(error.faults)} 处不对，没有构建，已发布的数据不变：{first}",
        "改正 dbt_project/seeds 里的登记（写法见 docs/adding-an-indicator.md），再 warehouse publish",
        f"The registry of indicators has {len(error.faults)} faults, nothing was built; what is published stays",
        "correct the rows in dbt_project/seeds (see docs/adding-an-indicator.md), then warehouse publish",
    )


def _transform(error: Exception, home: Home | None) -> Failure | None:
    if not isinstance(error, TransformFailed):
        return None
    failed = NODE.split(str(error))
    first = "；".join(short(one) for one in failed[:SHOWN_FAILURES])
    log = home.logs / "dbt" / "dbt.log" if home else "dbt.log"
    return Failure(
        f"dbt 没有建成，{len(failed)} 处失败，已发布的数据不变：{first}",
        f"dbt 的日志在 {log}；这是程序的错误：把两份日志发给维护人员，改好后 warehouse publish",
        f"dbt did not build, {len(failed)} failures; what is published stays",
        f"dbt's log is {log}; this is a fault of the program: send both logs to its maintainers, then warehouse publish",
    )


def _decision(error: Exception, home: Home | None) -> Failure | None:
    if not isinstance(error, DecisionFailed):
        return None
    files = str(error).split("; ")
    return Failure(
        f"{len(files)} 份报送未能审核，其余都已审核：{short('；'.join(files[:SHOWN_FAILURES]))}",
        "这是程序的错误，不是报送人的：把日志发给维护人员，改好后 warehouse load 会再审核它们",
        f"{len(files)} submissions could not be checked; all others were",
        "this is a fault of the program, not of their senders: send the log to its maintainers; then warehouse load checks them again",
    )


def _is_asked_wrongly(error: Exception) -> bool:
    """Errors that this program raises itself say what is wrong, and so do the system's of a file that was named."""
    from warehouse.ledger.states import IllegalTransition

    if isinstance(error, KeyError | IndexError | IllegalTransition):
        return False
    if isinstance(error, FileNotFoundError | FileExistsError | LookupError):
        return True
    return isinstance(error, RuntimeError) and type(error).__module__.partition(".")[0] in packages()


def unforeseen(error: Exception) -> Failure:
    """What to tell of an error that nobody foresaw: it is the program's fault."""
    name = f"{type(error).__name__}: {short(str(error))}"
    return Failure(
        f"程序出错：{name}",
        "这是程序的错误，不是您的：把日志发给维护人员",
        "The program failed where nobody foresaw it",
        "this is a fault of the program, not yours: send the log to its maintainers",
    )
