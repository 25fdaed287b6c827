"""Notices of intake to operators: an arrival set aside, one that we failed to take, to read or to decide, damage in the
archive or among the staged files. `reception`, `receive`, `decide`, `restage` and `receipts` call it.
"""

from shlex import quote

from contracts.calendar import today
from ingestion.inbox import Incoming
from pipeline.intake.failures import LOG_NAME, described
from warehouse import notices
from warehouse.home import Home
from warehouse.integrity import DamagedArchive
from warehouse.ledger import Ledger, Submission

# Failed attempts at reading or deciding one file before people are notified: one run of the DAG with all its tries. What passes by itself
# (a lock, a moment without memory) is over by then.
ATTEMPTS_BEFORE_NOTICE = 4


def set_aside(home: Home, ledger: Ledger, incoming: Incoming, path: str, reason: str) -> None:
    """An arrival that cannot be received, and that its sender must change."""
    notices.notify(
        home,
        ledger,
        "set_aside",
        f"set_aside {incoming.arrival_key} {path}",
        f"{incoming.name} 未能接收 (could not be received)",
        f"收件箱中的 {path}：{reason}。请告诉报送人更正后重新放入收件箱；文件与原因在收件箱的“未能接收”文件夹，或仍在原处："
        "warehouse status 列出 (tell its sender to put it right and to send it again; the file and the reason lie in that "
        "folder of the inbox, or where it was: warehouse status lists it)",
        {"file_name": incoming.name, "path": path, "reason": reason},
    )


def not_received(home: Home, ledger: Ledger, path: str, arrival_key: str, failure: str) -> None:
    """An arrival that we failed to take; once a day for each."""
    notices.notify(
        home,
        ledger,
        "receive_failed",
        f"receive_failed {arrival_key} {today()}",
        f"{path} 因本系统的故障未能收取 (not taken, by a failure of ours)",
        f"{failure}。文件仍在收件箱，与报送人无关；排除故障后自动再收，或 warehouse load。详见 {home.logs / LOG_NAME} "
        "(it still lies in the inbox and is no fault of its sender: put the cause right, and it is taken by the next run "
        "or by warehouse load; details in that log)",
        {"path": path, "error": failure},
    )


def not_read(home: Home, ledger: Ledger, submission: Submission, error: Exception, attempts: int) -> bool:
    """A submission that we failed to read again and again; once a day. A damaged original is notified at once. False while
    people were not notified of it.
    """
    if isinstance(error, DamagedArchive):
        original_damaged(home, ledger, submission, error)
    if attempts < ATTEMPTS_BEFORE_NOTICE:
        return isinstance(error, DamagedArchive)
    notices.notify(
        home,
        ledger,
        "read_failed",
        f"read_failed {submission.submission_id} {today()}",
        f"{submission.file_name} 因本系统的故障 {attempts} 次未能读取 (could not be read, by a failure of ours)",
        f"{submission.submission_id}（{submission.file_name}）：{described(error)}。文件已存档，与报送人无关；排除故障后 "
        f"warehouse load 立即再读。详见 {home.logs / LOG_NAME} (it is archived and no fault of its sender: put the cause "
        "right, then warehouse load reads it at once; details in that log)",
        {"submission_id": submission.submission_id, "dataset": submission.dataset, "attempts": attempts},
    )
    return True


def not_decided(home: Home, ledger: Ledger, submission: Submission, error: Exception, attempts: int) -> bool:
    """A submission that was read and that we failed to decide, to follow up or to give a receipt again and again; once a
    day. False while people were not notified of it.
    """
    if attempts < ATTEMPTS_BEFORE_NOTICE:
        return False
    notices.notify(
        home,
        ledger,
        "decide_failed",
        f"decide_failed {submission.submission_id} {today()}",
        f"{submission.file_name} 因本系统的故障 {attempts} 次未能审核完毕 (could not be decided, by a failure of ours)",
        f"{submission.submission_id}（{submission.file_name}，状态 {ledger.get(submission.submission_id).state}）："
        f"{described(error)}。文件已存档、已读取，与报送人无关，其余报送照常；排除故障后 warehouse load 立即再审，补写回执。详见 "
        f"{home.logs / LOG_NAME} (it is archived and read, and no fault of its submitter; all others go on: put the cause "
        "right, then warehouse load decides it at once and writes the receipt that is due; details in that log)",
        {"submission_id": submission.submission_id, "dataset": submission.dataset, "attempts": attempts},
    )
    return True


def staged_again(home: Home, ledger: Ledger, submission: Submission, staged_as: str) -> None:
    """A damaged or lost staged file that was made again; once a day for each."""
    notices.notify(
        home,
        ledger,
        "staged_again",
        f"staged_again {staged_as} {today()}",
        f"{submission.file_name} 的暂存文件损坏或丢失，已由存档重新生成 (a damaged staged file was made again)",
        f"{staged_as}（{submission.submission_id}）与写入时不同，已重新读取原件，内容一致，数据不受影响。请检查磁盘："
        "warehouse verify 核对全部文件；若再发生，先 warehouse backup，再更换磁盘 (it was not what had been written; the "
        "original was read again and gave the same, no figure is affected. Check the disk: warehouse verify; if it happens "
        "again, warehouse backup and replace the disk)",
        {"submission_id": submission.submission_id, "staged_as": staged_as},
    )


def original_damaged(home: Home, ledger: Ledger, submission: Submission, error: Exception) -> None:
    """An archived original that is damaged or gone; once a day for each."""
    notices.notify(
        home,
        ledger,
        "original_damaged",
        f"original_damaged {submission.sha256} {today()}",
        f"{submission.file_name} 的存档原件损坏或丢失 (an archived original is damaged or gone)",
        f"{submission.archived_as}（{submission.submission_id}）：{described(error)}。请从备份恢复：warehouse restore 备份 "
        f"--into {quote(str(home.root))} --file {quote(submission.archived_as)}；再 warehouse verify "
        "(restore it from a backup: warehouse restore BACKUP --into this home --file that path; then warehouse verify)",
        {"submission_id": submission.submission_id, "archived_as": submission.archived_as},
    )


def rows_unaccounted(home: Home, ledger: Ledger, submission: Submission) -> None:
    """Rows of a submission that reading left out of every account: a fault of this program."""
    notices.notify(
        home,
        ledger,
        "rows_unaccounted",
        f"rows_unaccounted {submission.submission_id}",
        f"{submission.file_name} 有行没有计入任何一类 (rows of it are in no account)",
        f"{submission.submission_id}（{submission.file_name}）已整份退回，与报送人无关，其余报送不受影响。这是程序的错误：请把存档"
        f"的原件 {submission.archived_as} 发给维护人员 (it is held as a whole, all others go on; it is no fault of its sender "
        "but one of this program: send the archived original to its maintainers)",
        {"submission_id": submission.submission_id, "archived_as": submission.archived_as},
    )
