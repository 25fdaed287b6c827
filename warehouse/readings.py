"""Which reading of an original the raw tables hold. `sync` asks here what to take out where an original was read again
otherwise (another program read it, after its staged file was damaged or lost): rows are matched by submission, not by
what they say.
"""

from collections import Counter
from collections.abc import Sequence

import duckdb

from contracts import contracts
from warehouse.ledger import UnitVersion


def take_out_former(con: duckdb.DuckDBPyConnection, versions: Sequence[UnitVersion]) -> Counter[str]:
    """Take out of the raw tables what was made of another reading than that of the units in force, so that it is put in
    anew; gives the rows taken out, by table. The raw tables and `raw.read_again` must be there.

    Land transitions and site overlaps need none of it: each of their rows names the file that it is of.
    """
    wanted = {one.submission_id: one.reading for one in versions if one.reading}
    noted: dict[str, str] = dict(con.execute("select submission_id, reading from raw.read_again").fetchall())
    other = sorted(name for name in wanted.keys() | noted.keys() if wanted.get(name) != noted.get(name))
    if not other:
        return Counter()
    by_table = {dataset: ["submission_id"] for dataset in contracts()} | {
        "overlay": ["submission_id", "boundary_submission_id", "zone_submission_id"],
        "base_partition": ["boundary_submission_id", "zone_submission_id"],
    }
    taken_out: Counter[str] = Counter()
    for table, columns in by_table.items():
        concerned = " or ".join(f"list_contains($other, {column})" for column in columns)
        row = con.execute(f"delete from raw.{table} where {concerned}", {"other": other}).fetchone()
        taken_out[table] = int(row[0]) if row else 0
    con.execute("delete from raw.read_again")
    for line in sorted(wanted.items()):
        con.execute("insert into raw.read_again values (?, ?)", line)
    return taken_out
