"""What an operator may set: `settings.toml` in the home, one table for each part; what is not there has its default.

Read whenever it is used, so a change needs no restart. A part adds a frozen dataclass and a field of Settings.
"""

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from warehouse.home import Home


class InvalidSettings(RuntimeError):
    """settings.toml cannot be read or says something that is not known; the message names it and what there is."""


def _at_least(default: int, least: int) -> Any:
    return field(default=default, metadata={"least": least})


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
class Settings:
    """All settings, by part."""

    retention: Retention = field(default_factory=Retention)
    promises: Promises = field(default_factory=Promises)
    health: Health = field(default_factory=Health)
    queries: Queries = field(default_factory=Queries)


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
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise InvalidSettings(
                f"{path}：[{name}] {key} = {value!r} 应为 (must be) {getattr(wanted, '__name__', wanted)}"
            )
        if least is not None and value < least:
            raise InvalidSettings(f"{path}：[{name}] {key} = {value} 不得小于 (must be at least) {least}")
    return kind(**table)
