"""Files checked as intake checks them, in this process: read, validated, run through the rules and the clean samples as
accepted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from contracts import Finding, contract, contracts
from contracts.submission_table import table_columns
from expectations.engine import check
from expectations.relations import tables_read
from expectations.sql_rules import rules
from expectations.suites import validate
from ingestion.normalize import NormalizedFile, normalize
from ingestion.normalize.layer_checks import layer_checks
from tests.support.answers import SAMPLES

BOUNDARY = "admin_boundary"


class SampleChecks:
    """What was accepted: the clean samples of the datasets that a submission's rules ask for, taken in when they are
    first needed.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con, self._taken, self._read = con, set[str](), dict[str, NormalizedFile]()
        for name, item in contracts().items():
            columns = ", ".join(f"{column} {kind}" for column, kind in table_columns(item).items())
            con.execute(f"create table clean_{name} (submission_id varchar, accepted_at timestamp, {columns})")
            self._without(name, "")

    def clean(self, file: str) -> NormalizedFile:
        """A clean sample, `<dataset>/<file>`, as it is read."""
        if file not in self._read:
            self._read[file] = normalize(
                SAMPLES / "clean" / file, file.split("/")[1], contract(file.split("/")[0]), file
            )
        return self._read[file]

    def check(
        self, path: Path, file_name: str, dataset: str, instead_of: str = ""
    ) -> tuple[NormalizedFile, list[Finding]]:
        """A file as it is read, and all that is found in it. instead_of: the clean sample in whose place it comes."""
        item = contract(dataset)
        for name in {dataset, BOUNDARY, *item.needs, *self._asked_for(dataset)}:
            self._take(name)
        self._without(dataset, instead_of)
        read = normalize(path, file_name, item, "inserted")
        found = list(read.findings)
        if read.readable:
            found += validate(read.table, item, found)
            if item.is_layer:
                found += layer_checks(read.table, item, self._townships())
            found += check(read.table, item, self._con, found)
        self._without(dataset, "")
        return read, found

    def _asked_for(self, dataset: str) -> set[str]:
        read = {name for rule in rules(dataset) for name in tables_read(rule.sql)}
        return {name.removeprefix("accepted_").removeprefix("measured_") for name in read} & set(contracts())

    def _take(self, dataset: str) -> None:
        if dataset in self._taken:
            return
        self._taken.add(dataset)
        folder = SAMPLES / "clean" / dataset
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            file = f"{dataset}/{path.name}"
            self._con.register("frame", self.clean(file).table)
            self._con.execute(f"insert into clean_{dataset} select ?, timestamp '2026-01-01', * from frame", [file])
            self._con.unregister("frame")

    def _without(self, dataset: str, file: str) -> None:
        """What is accepted of a dataset, one sample left out."""
        left_out = file.replace("'", "''")
        self._con.execute(
            f"create or replace temp view accepted_{dataset} as from clean_{dataset} where submission_id <> '{left_out}'"
        )

    def _townships(self) -> Any:
        return self._con.sql(f"select township_code, geometry from accepted_{BOUNDARY}").to_arrow_table()


@contextmanager
def open_sample_checks() -> Iterator[SampleChecks]:
    with duckdb.connect() as con:
        yield SampleChecks(con)
