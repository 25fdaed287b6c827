"""Staged files: the submission table of each submission as immutable Parquet, and its normalization log beside it.
Reading writes them; rules, receipts and `accepted` read them. Their names hold the beginning of their hash, by which each
is verified when it is used; one that is damaged or gone is made again from the archive.
"""

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts import contract
from contracts.normalization_log import Conversion
from contracts.submission_table import FORMER_NAMES
from warehouse.durable import sha256_of, sync_path, temporary_beside, whole_file
from warehouse.home import Home
from warehouse.integrity import HASH_DIGITS, DamagedStaged, known_hash, made_again
from warehouse.table_schema import as_submission_table, table_schema

ROWS_OF_GROUP = 65_536  # written, and read again, at once
NORMALIZATION_LOG_SUFFIX = ".repairs.parquet"  # homes hold such files: stored, so the word stays
CONVERSIONS_NOTE = "conversions"
"""Key of a submission's notes: how many entries its normalization log has; none where it has no log, or was read by earlier
code. By it a log that is gone is missed."""
STAGED_NAME = re.compile(rf"(?P<submission_id>.+)-(?P<hash>[0-9a-f]{{{HASH_DIGITS}}})\.parquet")
# Logs of homes made by earlier code have no hash in their names; they are read as they are.
LOG_NAME = re.compile(rf".+\.(?P<hash>[0-9a-f]{{{HASH_DIGITS}}}){re.escape(NORMALIZATION_LOG_SUFFIX)}")


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a Parquet file whole or not at all."""
    write_parquet_of(path, table.schema, [table])


def write_parquet_of(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """As `write_parquet`, of tables that come one after the other."""
    with whole_file(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as file:
        for table in tables:
            file.write_table(table, row_group_size=ROWS_OF_GROUP)


def write_staged(home: Home, submission_id: str, dataset: str, table: pa.Table) -> str:
    """Keep a submission table; gives its path relative to the home, for `Ledger.stage`.

    The name holds a hash of the content: the same table again is the same file, another one (after a change of
    contract) is another, and no file ever changes. Raises table_schema.NotASubmissionTable, contracts.UnknownDataset.
    """
    folder = home.staged / dataset
    folder.mkdir(parents=True, exist_ok=True)
    draft = temporary_beside(folder / f"{submission_id}.parquet")
    try:
        write_parquet(draft, as_submission_table(table, contract(dataset)))
        final = folder / f"{submission_id}-{sha256_of(draft)[:HASH_DIGITS]}.parquet"
        draft.rename(final)
        sync_path(folder)
    finally:
        draft.unlink(missing_ok=True)
    return home.relative(final)


def submission_of(staged_as: str) -> str:
    """Id of the submission that a staged file is of, by its path relative to the home; empty where that does not say."""
    named = STAGED_NAME.fullmatch(Path(staged_as).name)
    return named["submission_id"] if named else ""


def intact(home: Home, staged_as: str) -> Path:
    """The path of a staged file whose bytes are those that were written; made again first where they are not, under
    another path where the program reads its original otherwise now.

    Raises integrity.DamagedStaged, integrity.DamagedArchive, and FileNotFoundError for one that is gone where nothing
    makes it again (see integrity.make_again_with).
    """
    path = home.absolute(staged_as)
    if _is_intact(path, STAGED_NAME):
        return path
    if submission_of(staged_as) and (instead := made_again(home, staged_as)):
        path = home.absolute(instead)
        if _is_intact(path, STAGED_NAME):
            return path
    if not path.exists():
        raise FileNotFoundError(f"暂存文件不在了 (this staged file is gone): {path}")
    raise DamagedStaged(path, "内容与其编号不符 (its bytes do not have its hash)")


def _is_intact(path: Path, name: re.Pattern[str]) -> bool:
    named = name.fullmatch(path.name)
    return path.is_file() and (named is None or known_hash(path)[:HASH_DIGITS] == named["hash"])


def write_normalization_log(home: Home, staged_as: str, conversions: pa.Table) -> None:
    """Keep beside a staged file each value that was read otherwise than written
    (`contracts.normalization_log.Conversion`); nothing where there is none.

    It is written once, as the staged file is, and has a hash of its content in its name; one that is damaged is
    replaced.
    """
    earlier = _normalization_log_of(home, staged_as)
    if not conversions.num_rows or (earlier is not None and _is_intact(earlier, LOG_NAME)):
        return
    staged = home.absolute(staged_as)
    draft = temporary_beside(staged)
    try:
        write_parquet(draft, conversions)
        final = staged.with_suffix(f".{sha256_of(draft)[:HASH_DIGITS]}{NORMALIZATION_LOG_SUFFIX}")
        draft.rename(final)
    finally:
        draft.unlink(missing_ok=True)
    if earlier is not None and earlier != final:
        earlier.unlink()


def read_normalization_log(home: Home, staged_as: str, most: int) -> tuple[int, list[Conversion]]:
    """How many conversions the normalization log of a staged file has, and the first of them, at most `most`.

    Raises integrity.DamagedStaged when it is damaged and cannot be made again.
    """
    path = _normalization_log_of(home, staged_as)
    if path is not None and not _is_intact(path, LOG_NAME):
        damaged, path = path, _normalization_log_of(home, made_again(home, staged_as) or staged_as)
        if path is None or not _is_intact(path, LOG_NAME):
            raise DamagedStaged(damaged, "内容与其编号不符 (its bytes do not have its hash)")
    if path is None:
        return 0, []
    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(batch_size=most))
        return file.metadata.num_rows, [Conversion(**row) for row in first.to_pylist()]


def move_staged(scratch: Home, home: Home, staged_as: str) -> None:
    """Move a staged file with its normalization log from another home on the same disk to the same place in this one,
    instead of what is there. The staged file comes last: until then, a damaged one is found damaged again.
    """
    made, place = scratch.absolute(staged_as), home.absolute(staged_as)
    place.parent.mkdir(parents=True, exist_ok=True)
    earlier, log = _normalization_log_of(home, staged_as), _normalization_log_of(scratch, staged_as)
    if log is not None:
        os.replace(log, place.with_name(log.name))
    os.replace(made, place)
    if earlier is not None and (log is None or earlier.name != log.name):
        earlier.unlink(missing_ok=True)
    sync_path(place.parent)


def lacks_normalization_log(home: Home, staged_as: str | None, notes: Mapping[str, str]) -> bool:
    """Whether the normalization log of a staged file is gone. notes: of its submission, which say whether it has one."""
    return staged_as is not None and CONVERSIONS_NOTE in notes and _normalization_log_of(home, staged_as) is None


def _normalization_log_of(home: Home, staged_as: str) -> Path | None:
    """The normalization log beside a staged file, None where it has none."""
    staged = home.absolute(staged_as)
    found = staged.parent.glob(f"{glob.escape(staged.stem)}.*{NORMALIZATION_LOG_SUFFIX.removeprefix('.')}")
    return min(found, default=None)


def staged_batches(home: Home, staged_as: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Columns of a staged file, a part of its rows at a time: of a layer of any size no more than that is in memory.

    Group by group, as `iter_batches` keeps what it has read until the end of the file. Raises KeyError, and as `intact`
    does.
    """
    with pq.ParquetFile(intact(home, staged_as)) as file:
        stored = _stored_names(file, columns)
        for group in range(file.num_row_groups):
            found = file.read_row_group(group, columns=list(stored.values())).select(list(stored.values()))
            yield from found.rename_columns(list(stored)).to_batches()


def _stored_names(file: pq.ParquetFile, columns: Sequence[str]) -> dict[str, str]:
    """Columns by the name under which a staged file holds them, which may be a former one."""
    there = set(file.schema_arrow.names)
    return {name: name if name in there else FORMER_NAMES.get(name, name) for name in columns}


def read_staged(home: Home, staged_as: str, dataset: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A staged file as a submission table with the columns of today's contract, or some of them; one that was not there
    when it was staged is null.

    Raises as `intact` does.
    """
    whole = table_schema(contract(dataset))
    schema = whole if columns is None else pa.schema([whole.field(name) for name in columns])
    with pq.ParquetFile(intact(home, staged_as)) as file:
        stored = _stored_names(file, schema.names)
        found = file.read(columns=[name for name in stored.values() if name in file.schema_arrow.names])
        rows = file.metadata.num_rows
    arrays = [
        found.column(stored[field.name]).cast(field.type)
        if stored[field.name] in found.column_names
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)
