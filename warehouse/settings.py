"""What an operator may set: `settings.toml` in the home, one table for each part; what is not there has its default.

Read whenever it is used, so a change needs no restart. A part adds a frozen dataclass and a field of Settings.
"""

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from warehouse.home import Home

LOGIN = re.compile(r"[\w.@-]+")
"""What Airflow can tell apart in its list of users, where commas and colons stand between them."""


class InvalidSettings(RuntimeError):
    """settings.toml cannot be read or says something that is not known; the message names it and what there is."""


def _at_least(default: int, least: int) -> Any:
    return field(default=default, metadata={"least": least})


def _one_of(default: str, *choices: str) -> Any:
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True)
class Retention:
    """How long published builds that are no longer current are kept; approved and pinned ones are kept for ever.

    days: since another took its place; a monthly report can still be compared with the build before it. builds: so many
    of the last ones in any case, however old: with a build a day that is a working week to roll back in.
    """

    days: int = _at_least(30, 0)
    builds: int = _at_least(5, 1)


@dataclass(frozen=True)
class Promises:
    """What submitters and readers are promised; what takes longer is reported (`warehouse status --json`, notices).

    receipt_seconds: from a file's last change, and again from its reception, to its receipt: who sends it still sits at
    the desk. publish_seconds: from what makes a build due to its publication: a build of the samples takes half a
    minute, one that waits for another twice that, and a failed step is tried again for three minutes.
    """

    receipt_seconds: int = _at_least(60, 1)
    publish_seconds: int = _at_least(600, 1)


@dataclass(frozen=True)
class Health:
    """When `warehouse status --json` warns.

    free_megabytes: on the disk of the home; four times what reception keeps free (256 MB), below which it takes nothing
    any more: time to make room. notice_hours: how long a notice that was not mailed counts: whoever looks once a day has
    seen it.
    """

    free_megabytes: int = _at_least(1024, 0)
    notice_hours: int = _at_least(24, 0)


@dataclass(frozen=True)
class Queries:
    """What one reader's SQL may use (`warehouse query`, warehouse.serving).

    memory_megabytes: the marts of the samples are a few megabytes, those of ten years some hundred; an eighth of a small
    server's 8 GB. threads: a server of four processors keeps two for builds. seconds: whoever waits longer asked too
    much. rows: more than any mart has.
    """

    memory_megabytes: int = _at_least(1024, 64)
    threads: int = _at_least(2, 1)
    seconds: int = _at_least(60, 1)
    rows: int = _at_least(1_000_000, 1)


@dataclass(frozen=True)
class Approval:
    """Who approves published builds in Airflow (the DAG ask_approval).

    way: by_hand, nobody is asked (`warehouse approve`, the DAG publish_edition); asked, each build with other figures is
    put to the users; automatic, each such build is approved without a person. users: logins of Airflow that may answer.
    wait_minutes: no answer in this time refuses; three days last over a weekend. look_minutes: how often an open question
    looks whether a newer one has taken its place, and ends itself; a look costs a few seconds of a processor.
    Raises ValueError where somebody is to be asked and nobody is named, and for what cannot be a login.
    """

    way: str = _one_of("by_hand", "by_hand", "asked", "automatic")
    users: list[str] = field(default_factory=list)
    wait_minutes: int = _at_least(3 * 24 * 60, 1)
    look_minutes: int = _at_least(5, 1)

    def __post_init__(self) -> None:
        if self.way == "asked" and not self.users:
            raise ValueError('way = "asked" 时须写明 users，如 users = ["wang"] (users must name who is asked)')
        if wrong := [user for user in self.users if not LOGIN.fullmatch(user)]:
            raise ValueError(f"users 中 {wrong} 不是 Airflow 的登录名 (are no logins: letters, digits, . _ @ -)")


@dataclass(frozen=True)
class BiServer:
    """The copy of the current build on a PostgreSQL server, where WAREHOUSE_BI_URL names one.

    seconds: how long a copy may take before it is given up until the next run; a district's marts take five, and the next
    build waits meanwhile.
    """

    seconds: int = _at_least(300, 1)


@dataclass(frozen=True)
class Settings:
    """All settings, by part."""

    retention: Retention = field(default_factory=Retention)
    promises: Promises = field(default_factory=Promises)
    health: Health = field(default_factory=Health)
    queries: Queries = field(default_factory=Queries)
    approval: Approval = field(default_factory=Approval)
    bi_server: BiServer = field(default_factory=BiServer)


def read_settings(home: Home) -> Settings:
    """The settings of a home. Raises InvalidSettings."""
    path = home.settings_file
    if not path.is_file():
        return Settings()
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"{path} 不是有效的 TOML，请改正或删除 (is not valid TOML: {error})") from error
    parts = {part.name: part.default_factory for part in fields(Settings) if part.default_factory is not MISSING}
    for name, table in stored.items():
        if name not in parts or not isinstance(table, dict):
            raise InvalidSettings(f"{path}：没有 [{name}] 这一节，有 (no such table; there are): {', '.join(parts)}")
    return Settings(**{name: _part(path, name, kind, stored.get(name, {})) for name, kind in parts.items()})


def _part(path: Any, name: str, kind: Any, table: dict[str, Any]) -> Any:
    known = {one.name: one for one in fields(kind)}
    for key, value in table.items():
        if key not in known:
            raise InvalidSettings(f"{path}：[{name}] 没有 {key}，有 (no such setting; there are): {', '.join(known)}")
        wanted, least = known[key].type, known[key].metadata.get("least")
        is_texts = wanted == list[str]
        fits = isinstance(value, list) and all(type(one) is str for one in value) if is_texts else type(value) is wanted
        if not fits and not (wanted is float and type(value) is int):
            must = "a list of texts" if is_texts else getattr(wanted, "__name__", str(wanted))
            raise InvalidSettings(f"{path}：[{name}] {key} = {value!r} 应为 (must be) {must}")
        if least is not None and value < least:
            raise InvalidSettings(f"{path}：[{name}] {key} = {value} 不得小于 (must be at least) {least}")
        choices = known[key].metadata.get("choices")
        if choices and value not in choices:
            raise InvalidSettings(f"{path}：[{name}] {key} = {value!r} 应为 (must be one of) {', '.join(choices)}")
    try:
        return kind(**table)
    except ValueError as error:
        raise InvalidSettings(f"{path}：[{name}] {error}") from error
