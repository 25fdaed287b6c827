"""Damage is noticed when a file is used: a staged file is read again from its original, an original is named."""

import random
import shutil
from pathlib import Path

import pytest

from pipeline.intake import receive as intake
from pipeline.intake.attachments import attachments_for
from pipeline.intake.failures import LOG_NAME, ReadFailed
from pipeline.intake.receipts import give_receipt
from pipeline.intake.restage import STAGED_AGAIN, restage
from pipeline.release.verify import verify
from pipeline.run import load
from tests.support.answers import SAMPLES
from warehouse import archive, integrity
from warehouse.accepted import accepted_relation
from warehouse.home import Home
from warehouse.integrity import DamagedArchive
from warehouse.ledger import Ledger, Submission
from warehouse.staged import read_normalization_log, read_staged, staged_batches, submission_of
from warehouse.sync import sync

pytestmark = pytest.mark.slow  # files are read in the sandbox

WASTE = "rural_waste/农村垃圾季报2024-1.xlsx"
FLIPS = 20  # of one bit each, at places all over the file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that has accepted one workbook."""
    home = Home(tmp_path / "home").ensure()
    (home.inbox / WASTE).parent.mkdir()
    (home.inbox / WASTE).write_bytes((SAMPLES / "clean" / WASTE).read_bytes())
    load(home, build_marts=False)
    return home


def only(home: Home) -> Submission:
    with Ledger.open(home) as ledger:
        (one,) = ledger.submissions()
    assert one.state == "accepted"
    return one


def flip(path: Path, seed: int = 0) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    place = random.Random(seed).randrange(len(content) * 8)
    content[place // 8] ^= 1 << place % 8
    path.chmod(0o644)
    path.write_bytes(bytes(content))


def original(home: Home) -> Path:
    return archive.fetch(home, only(home).sha256).members[0]


def staged_again(home: Home) -> int:
    with Ledger.open(home) as ledger:
        return len(ledger.events(actions=[STAGED_AGAIN]))


def test_a_damaged_staged_file_is_made_again_wherever_the_damage_is(home: Home) -> None:
    one = only(home)
    staged_as = str(one.staged_as)
    path, table = home.absolute(staged_as), read_staged(home, staged_as, "rural_waste")
    whole = path.read_bytes()
    for seed in range(FLIPS):
        flip(path, seed)
        assert path.read_bytes() != whole
        assert read_staged(home, staged_as, "rural_waste").equals(table)
        assert path.read_bytes() == whole
    assert staged_again(home) == FLIPS
    with Ledger.open(home) as ledger:
        (notice,) = ledger.notices()
    assert notice.kind == "staged_again" and staged_as in notice.body and "warehouse verify" in notice.body


def test_a_build_reads_a_staged_file_again_that_is_damaged_or_gone(home: Home) -> None:
    import duckdb

    figures = "select * exclude accepted_at from raw.rural_waste order by all"
    one = only(home)
    path = home.absolute(str(one.staged_as))
    with Ledger.open(home) as ledger:
        sync(home, ledger)
        with duckdb.connect(str(home.build_db), read_only=True) as con:
            before = con.execute(figures).fetchall()
        for number, damage in enumerate((flip, Path.unlink)):
            damage(path)
            again = home.root / f"again{number}.duckdb"
            sync(home, ledger, build_db=again)
            with duckdb.connect(str(again), read_only=True) as con:
                assert con.execute(figures).fetchall() == before and before
        flip(path)
        with duckdb.connect() as con:
            name = accepted_relation(con, ledger, home, "rural_waste")
            assert con.execute(f"select count(*) from {name}").fetchone() == (len(before),)
        flip(path)
        assert sum(batch.num_rows for batch in staged_batches(home, str(one.staged_as), ["row_id"])) == len(before)
    assert staged_again(home) == 4


def test_a_damaged_original_is_named_with_the_way_to_restore_it(home: Home) -> None:
    one = only(home)
    damaged = original(home)
    flip(damaged)
    with pytest.raises(DamagedArchive, match="warehouse restore") as raised:
        archive.fetch(home, one.sha256)
    assert raised.value.sha256 == one.sha256 and str(damaged.parent) in str(raised.value)
    flip(home.absolute(str(one.staged_as)))
    with pytest.raises(DamagedArchive):
        read_staged(home, str(one.staged_as), "rural_waste")


def test_a_damaged_original_is_not_read_and_that_is_ours(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    (home.inbox / WASTE).parent.mkdir()
    (home.inbox / WASTE).write_bytes((SAMPLES / "clean" / WASTE).read_bytes())
    intake.receive(home, 0)
    with Ledger.open(home) as ledger:
        (one,) = ledger.submissions()
    flip(original_of(home, one))
    with pytest.raises(ReadFailed, match="DamagedArchive"):
        intake.read_batch(home, [one.submission_id])
    with Ledger.open(home) as ledger:
        assert ledger.get(one.submission_id).state == "received"


def original_of(home: Home, one: Submission) -> Path:
    return next(home.absolute(one.archived_as).iterdir())


def test_a_receipt_without_its_damaged_original_is_given_all_the_same(home: Home) -> None:
    one = only(home)
    flip(original(home))
    with Ledger.open(home) as ledger:
        folder = give_receipt(home, ledger, one.submission_id)
    assert (folder / "receipt.txt").is_file()
    assert "DamagedArchive" in (home.logs / LOG_NAME).read_text(encoding="utf-8")


def test_the_same_content_sent_again_restores_a_damaged_original(home: Home) -> None:
    one = only(home)
    flip(original(home))
    (home.inbox / WASTE).write_bytes((SAMPLES / "clean" / WASTE).read_bytes())
    load(home, build_marts=False)
    assert archive.is_intact(home, one.sha256)
    assert len(list(home.absolute(one.archived_as).parent.iterdir())) == 1


def test_a_damaged_staged_file_whose_original_reads_otherwise_now_is_replaced_and_the_trail_says_so(home: Home) -> None:
    """As if the program had changed since it was staged."""
    one = only(home)
    now = str(one.staged_as)
    table = read_staged(home, now, "rural_waste")
    then = now.replace(now[-20:-8], "0" * 12)
    home.absolute(now).rename(home.absolute(then))
    with Ledger.open(home) as ledger:
        ledger.read_again(one.submission_id, then, {})
        assert read_staged(home, then, "rural_waste").equals(table)
        assert ledger.get(one.submission_id).staged_as == now
        read, again = ledger.events(one.submission_id)[-2:]
        assert (read.action, read.detail["before"], read.detail["after"]) == ("read_again", then, now)
        assert again.action == STAGED_AGAIN and [one.kind for one in ledger.notices()] == ["staged_again"]
    assert sorted(path.name for path in home.absolute(now).parent.iterdir()) == [Path(now).name]


def test_a_build_goes_on_with_what_is_read_otherwise_now(home: Home) -> None:
    import duckdb

    one = only(home)
    now = str(one.staged_as)
    then = now.replace(now[-20:-8], "0" * 12)
    home.absolute(now).rename(home.absolute(then))
    with Ledger.open(home) as ledger:
        ledger.read_again(one.submission_id, then, {})
        sync(home, ledger)
        with duckdb.connect(str(home.build_db), read_only=True) as con:
            assert con.execute("select count(*) from raw.rural_waste").fetchall()[0][0] > 0
        with duckdb.connect() as con:
            name = accepted_relation(con, ledger, home, "rural_waste")
            assert con.execute(f"select count(*) from {name}").fetchall()[0][0] > 0


def test_a_damaged_normalization_log_is_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    file = "project_ledger/重点项目台账.xlsx"
    for sample in sorted((SAMPLES / "clean").rglob("*.xlsx")):
        file = sample.relative_to(SAMPLES / "clean").as_posix()
        target = home.inbox / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(sample.read_bytes())
        load(home, build_marts=False)
        if logs := list(home.staged.rglob("*.repairs.parquet")):
            break
    (log,) = logs
    with Ledger.open(home) as ledger:
        staged_as = next(
            str(one.staged_as)
            for one in ledger.submissions()
            if one.staged_as and log.name.startswith(Path(one.staged_as).stem)
        )
    before = read_normalization_log(home, staged_as, 10)
    assert before[0] > 0
    for seed in range(5):
        flip(log, seed)
        assert read_normalization_log(home, staged_as, 10) == before
    assert staged_again(home) == 5
    log.unlink()
    (gone,) = verify(home).findings
    assert (gone.kind, gone.room, gone.is_original) == ("missing", "staged", False) and "warehouse load" in gone.remedy
    load(home, build_marts=False)
    assert verify(home).findings == () and log.is_file()
    assert read_normalization_log(home, staged_as, 10) == before
    log.unlink()
    with Ledger.open(home) as ledger:
        shutil.rmtree(home.absolute(ledger.get(submission_of(staged_as)).archived_as))
        assert restage(home, ledger).lost == {}, "the figures are there"


def test_a_file_is_hashed_once_in_a_process(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    one = only(home)
    read_staged(home, str(one.staged_as), "rural_waste")
    archive.fetch(home, one.sha256)

    def again(path: Path) -> str:
        raise AssertionError(f"hashed again: {path}")

    monkeypatch.setattr(integrity, "sha256_of", again)
    read_staged(home, str(one.staged_as), "rural_waste")
    archive.fetch(home, one.sha256)
    assert list(attachments_for(home, one.submission_id)) == []


def test_a_figure_is_not_explained_by_an_altered_original(copied_home: Home) -> None:
    from pipeline.release.lineage import explain

    assert explain(copied_home, "rural_waste_treatment_rate", written=True)["made_of"]
    with Ledger.open(copied_home) as ledger:
        names = {one.submission_id: one.archived_as for one in ledger.submissions(dataset="rural_waste")}
    for archived_as in names.values():
        flip(next(copied_home.absolute(archived_as).iterdir()))
    with pytest.raises(DamagedArchive):
        explain(copied_home, "rural_waste_treatment_rate", written=True)
