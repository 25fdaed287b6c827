"""The index of the receipts: what the ledger has, in order of file name and time, made once for a run."""

import csv
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.intake import receipt_index
from pipeline.intake.receipt_index import receipts_indexed, update_receipt_index
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.locks import receipt_indexer

BEGAN = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def given(ledger: Ledger, number: int, file_name: str, sender: str | None = None) -> str:
    """A submission with a receipt."""
    submission, _ = ledger.receive(
        arrival_key=f"key {number}",
        sha256=f"{number:064}",
        file_name=file_name,
        dataset="ecology",
        sender=sender,
        size=1,
        archived_as="archive/x",
        received_at=BEGAN + timedelta(minutes=number),
    )
    name = submission.submission_id
    ledger.attach_receipt(name, f"receipts/{sender or '多个单位'}/{Path(file_name).stem}-{name}")
    return name


def listed(home: Home) -> list[dict[str, str]]:
    with (home.receipts / "索引.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_receipts_are_listed_by_file_name_then_time(home: Home) -> None:
    with Ledger.open(home) as ledger:
        names = [given(ledger, number, name) for number, name in enumerate(("b.xlsx", "a.xlsx", "b.xlsx"))]
        update_receipt_index(home, ledger)
    assert [(row["文件"], row["收到时间"], row["回执编号"]) for row in listed(home)] == [
        ("a.xlsx", "2026-01-20 10:01", names[1]),
        ("b.xlsx", "2026-01-20 10:00", names[0]),
        ("b.xlsx", "2026-01-20 10:02", names[2]),
    ]
    assert {row["结果"] for row in listed(home)} == {"已收到"} and {row["报表"] for row in listed(home)} == {
        "生态状况年报"
    }
    page = (home.receipts / "index.html").read_text(encoding="utf-8")
    assert page.index(names[1]) < page.index(names[0]) < page.index(names[2])


def test_a_receipt_of_an_earlier_version_is_listed_where_it_lies(home: Home) -> None:
    with Ledger.open(home) as ledger:
        name = given(ledger, 1, "a.xlsx")
        ledger.attach_receipt(name, f"receipts/{name}")
        update_receipt_index(home, ledger)
    assert [row["回执"] for row in listed(home)] == [name]
    assert f'href="{name}/receipt.txt"' in (home.receipts / "index.html").read_text(encoding="utf-8")


def test_without_receipts_there_is_no_index(home: Home) -> None:
    with Ledger.open(home) as ledger:
        update_receipt_index(home, ledger)
    assert list(home.receipts.iterdir()) == []


def test_it_is_written_once_for_a_run_and_not_again_where_nothing_happened(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = receipt_index._write
    monkeypatch.setattr(receipt_index, "_write", lambda path, text: (written.append(path.name), write(path, text)))
    with Ledger.open(home) as ledger:
        with receipts_indexed(home, ledger):
            for number in range(20):
                given(ledger, number, f"{number}.xlsx")
            assert written == []
        assert written == ["索引.csv", "index.html"]
        update_receipt_index(home, ledger)
        assert written == ["索引.csv", "index.html"]
        given(ledger, 20, "20.xlsx")
        update_receipt_index(home, ledger)
    assert len(written) == 4 and len(listed(home)) == 21


def test_it_is_made_also_where_the_run_fails(home: Home) -> None:
    with Ledger.open(home) as ledger, pytest.raises(ZeroDivisionError), receipts_indexed(home, ledger):
        given(ledger, 1, "a.xlsx")
        raise ZeroDivisionError
    assert len(listed(home)) == 1


def test_the_last_of_several_writers_leaves_what_the_ledger_has(home: Home) -> None:
    def writer(start: int) -> None:
        with Ledger.open(home) as ledger:
            for number in range(start, start + 5):
                given(ledger, number, f"{number}.xlsx")
                update_receipt_index(home, ledger)

    writers = [threading.Thread(target=writer, args=(start,)) for start in (0, 100, 200)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(listed(home)) == 15
    assert sorted(path.name for path in home.receipts.iterdir()) == ["index.html", "索引.csv"]


def test_intake_goes_on_where_it_cannot_be_written(home: Home) -> None:
    (home.receipts / "索引.csv").mkdir()
    with Ledger.open(home) as ledger:
        given(ledger, 1, "a.xlsx")
        update_receipt_index(home, ledger)
    assert "receipt index" in (home.logs / "intake-failures.log").read_text(encoding="utf-8")


def test_what_waits_too_long_for_another_writer_is_left_to_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_index, "receipt_indexer", lambda home: receipt_indexer(home, timeout=0.05))
    with Ledger.open(home) as ledger:
        given(ledger, 1, "a.xlsx")
        entered, leave = threading.Event(), threading.Event()

        def hold() -> None:
            with receipt_indexer(home):
                entered.set()
                leave.wait(10)

        holder = threading.Thread(target=hold)
        holder.start()
        entered.wait(10)
        update_receipt_index(home, ledger)
        leave.set()
        holder.join()
        assert not (home.receipts / "索引.csv").exists()
        update_receipt_index(home, ledger)
    assert len(listed(home)) == 1
