"""Whose ledger it is: a home and its ledger carry the same id, and refuse each other otherwise. `store` asks it whenever a
ledger is opened. A home that was restored has the id of its original, whose backups and BI database it may go on with; which
of the two a ledger is of is known by the moment at which it was made, which both carry, too.
"""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from warehouse.durable import whole_file
from warehouse.home import Home

WITHOUT_IDENTITY = ("0001", "0002", "0003")
"""Schemas of the ledger that do not say whose it is."""
SHARE_OF_ORIGINALS = 0.5
"""Of the originals that such a ledger names, a home must hold more than this share to be its own: it may have lost some,
and another home shares no more than the odd file with it."""


class WrongLedger(RuntimeError):
    """The ledger belongs to another warehouse home."""


class Identity(NamedTuple):
    """home_id: of a home and of its ledger; made_at: when that ledger was made or restored, None where a home has not yet
    been told (a home of earlier code, or one whose ledger is only now made).
    """

    home_id: str
    made_at: datetime | None = None


def read_identity(home: Home) -> Identity | None:
    """Which home it is, and when its ledger was made; None before it has a ledger."""
    if not home.identity_file.is_file():
        return None
    written = json.loads(home.identity_file.read_text(encoding="utf-8"))
    made_at = written.get("ledger_made_at")
    return Identity(str(written["home_id"]), datetime.fromisoformat(made_at) if made_at else None)


def read_home_id(home: Home) -> str | None:
    """The id that a home was given; None before it has a ledger."""
    identity = read_identity(home)
    return identity and identity.home_id


def write_home_id(home: Home, home_id: str, made_at: datetime | None = None) -> str:
    """Give a home its id, once for ever, and the moment at which its ledger was made; returns the id."""
    written: dict[str, Any] = {"home_id": home_id}
    if made_at is not None:
        written["ledger_made_at"] = made_at.astimezone(UTC).isoformat()
    with whole_file(home.identity_file) as temporary:
        temporary.write_text(json.dumps(written) + "\n", encoding="utf-8")
    return home_id


def refuse_foreign(engine: Engine, home: Home) -> None:
    """Raises WrongLedger where a ledger on a server that does not say whose it is names originals that this home does not
    hold. One that names none is anybody's.
    """
    with engine.connect() as connection:
        named = connection.execute(text("select distinct archived_as from submission")).scalars().all()
    held = sum(home.absolute(one).is_dir() for one in named)
    if named and held <= len(named) * SHARE_OF_ORIGINALS:
        raise WrongLedger(
            f"WAREHOUSE_LEDGER_URL 上的台账是旧版的，没有记下属于哪个仓库；它所记的 {len(named)} 份原件，{home.root} 的存档里只有 "
            f"{held} 份，不是这个仓库的；没有升级。请先由它自己的仓库运行一次 warehouse status，或改正设置 (the ledger on the server is "
            "of an earlier version and does not say whose it is; this home holds too few of the originals that it names, "
            "so it is not this home's and was not migrated: run `warehouse status` once in the home that it is of, or "
            "correct WAREHOUSE_HOME or WAREHOUSE_LEDGER_URL)"
        )


def check_identity(home: Home, of_ledger: Identity, *, is_embedded: bool) -> None:
    """Raises WrongLedger. A home that lost its id, or was copied by hand, gets that of the ledger inside it; one that was
    not told yet when its ledger was made is told.
    """
    of_home = read_identity(home)
    if of_home == of_ledger:
        return
    is_same_home = is_embedded if of_home is None else of_home.home_id == of_ledger.home_id
    if is_same_home and (of_home is None or of_home.made_at is None):
        with contextlib.suppress(OSError):  # a reader without write access
            write_home_id(home, of_ledger.home_id, of_ledger.made_at)
        return
    if of_home is not None and is_same_home:
        raise WrongLedger(
            f"台账属于同一仓库的另一份（原仓库或由备份恢复的仓库），不是 {home.root}；请检查 WAREHOUSE_HOME、--home 与 "
            "WAREHOUSE_LEDGER_URL (the ledger belongs to another copy of this warehouse home, its original or one restored "
            "from a backup: check these settings)"
        )
    raise WrongLedger(
        f"台账属于另一个仓库（{of_ledger.home_id}），不是 {home.root}（{of_home.home_id if of_home else '新'}）；请检查 "
        "WAREHOUSE_HOME、--home 与 WAREHOUSE_LEDGER_URL (the ledger belongs to another warehouse home: check these settings, "
        "or restore a backup of this home with `warehouse restore`)"
    )
