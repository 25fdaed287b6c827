"""Keeps the index of all receipts as the ledger has them. Called where a run of intake, or an act of a person, has written
receipts: once for all of them, as it is made anew each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts import contract
from contracts.calendar import DISTRICT_TIME
from contracts.names import SUBMISSION_STATES_ZH, period_name
from ingestion.receipts.index import PAGE_NAME, TABLE_NAME, IndexRow, index_page, index_table
from pipeline.intake.failures import record
from warehouse.durable import whole_file
from warehouse.home import Home
from warehouse.ledger import Ledger, Submission
from warehouse.locks import receipt_indexer

BEGINNING = 4096  # characters of the page: when it was made stands above its table
NAMED_PERIODS = 4  # of a submission with more there is the first and the last


@contextmanager
def receipts_indexed(home: Home, ledger: Ledger) -> Iterator[None]:
    """Bring the index up to date when what is done inside has ended, also by an error."""
    try:
        yield
    finally:
        update_receipt_index(home, ledger)


def update_receipt_index(home: Home, ledger: Ledger) -> None:
    """Write the index anew, unless it shows already what the ledger has; one process at a time, so that none puts an older
    one in the place of a newer. Intake goes on without it, whatever fails here: the next run makes it.
    """
    try:
        with receipt_indexer(home):
            last = ledger.last_moment()
            shown = f"截至 {last.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M:%S.%f}" if last else "台账是空的"
            if not _shows(home.receipts / PAGE_NAME, shown):
                rows = sorted((_row(home, one) for one in ledger.submissions() if one.receipt_as), key=_order)
                if rows:
                    _write(home.receipts / TABLE_NAME, index_table(rows))
                    _write(home.receipts / PAGE_NAME, index_page(rows, shown))
    except Exception as error:
        record(home, "receipt index", error)


def _shows(page: Path, shown: str) -> bool:
    """Whether the index was made when the ledger's last moment was this one."""
    try:
        with page.open(encoding="utf-8") as text:
            return shown in text.read(BEGINNING)
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def _row(home: Home, one: Submission) -> IndexRow:
    periods = [period_name(period) for period in one.periods]
    return IndexRow(
        one.file_name,
        f"{one.received_at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M}",
        one.sender or "",
        contract(one.dataset).title.zh if one.dataset else "",
        "、".join(periods) if len(periods) <= NAMED_PERIODS else f"{periods[0]}……{periods[-1]}",
        SUBMISSION_STATES_ZH[one.state],
        (one.rows_read, one.rows_accepted, one.rows_held, one.rows_control),
        one.submission_id,
        home.absolute(str(one.receipt_as)).relative_to(home.receipts).as_posix(),
    )


def _order(row: IndexRow) -> tuple[str, str, str]:
    return row.file_name, row.received_at, row.submission_id
