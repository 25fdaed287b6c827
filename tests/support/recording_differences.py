"""Takes two recordings and a map of renamed names; tells how the second differs from the first where the map does not say so."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import yaml

NOTHING = "(nothing)"
LONGEST = 300  # of a value that is printed
SHOWN = 60  # differences of a kind
TOP, TITLES, BELOW_TITLES, CELLS, BOTTOM = (
    "┏┃┡│└"  # how each line of a table begins that rich prints; ┃ and │ part the cells, too
)
# a shared case is in the marts of the sequence, too
OF_THE_CASES = re.compile(r"(check|command|receipt)/cases/.*|(mart|command)/sequence/.*", re.DOTALL)


@dataclass(frozen=True)
class Difference:
    """Where two recordings differ, by the new names, and what stood there: the old, translated, and the new."""

    path: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        return "/".join(self.path.split("/")[:2])


@dataclass(frozen=True)
class Names:
    """The map of renamed names; see renamed.yml for what each part holds."""

    marts: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    expected: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Names":
        """Reads the map; raises ValueError for an expected difference without a reason."""
        reported = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        names = cls(**{name: value for name, value in reported.items() if value})
        if unreasoned := [item for item in names.expected if not item.get("because")]:
            raise ValueError(f"expected differences without a reason: {unreasoned}")
        return names

    def text(self, reported: str) -> str:
        """A text of the old recording in the new words."""
        for old, new in self.rules.items():
            reported = re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w.])", new, reported)
        for item in self.messages:
            reported = re.sub(item["pattern"], item["replacement"], reported)
        return reported

    def value(self, reported: Any, keys: Mapping[str, str]) -> Any:
        """A value of the old recording in the new words; keys: how the keys of JSON are renamed."""
        if isinstance(reported, dict):
            return {keys.get(key, self.text(key)): self.value(value, keys) for key, value in reported.items()}
        if isinstance(reported, list):
            return [self.value(item, keys) for item in reported]
        return self.text(reported) if isinstance(reported, str) else reported

    def command(self, path: str) -> str:
        """The path of a command of the old recording (`clean/explain 补充耕地 --json`), with the command's name of now."""
        group, _, words = path.rpartition("/")
        name, space, others = words.partition(" ")
        return f"{group}/{self.commands.get(name, name)}{space}{others}"

    def mart(self, name: str, reported: dict[str, Any]) -> dict[str, Any]:
        """A mart of the old recording in the new words. Where its values are renamed, the digest of its rows says nothing any more."""
        renamed = self.columns.get(name, {})
        columns = {renamed.get(column, column): self.value(held, {}) for column, held in reported["columns"].items()}
        made = {**reported, "columns": columns}
        if "table" in reported:
            table = self.value(reported["table"], renamed)
            made["table"] = sorted(table, key=lambda row: json.dumps(row, sort_keys=True))
        if list(columns.values()) != list(reported["columns"].values()):
            del made["rows_digest"]
        return made

    def translated(self, recording: dict[str, Any]) -> dict[str, Any]:
        """The old recording in the new words."""
        made = {kind: self.value(recording[kind], self.keys) for kind in ("check", "command", "receipt")}
        made["command"] = {self.command(path): reported for path, reported in made["command"].items()}
        marts = {}
        for path, reported in recording["mart"].items():
            group, _, name = path.rpartition("/")
            marts[f"{group}/{self.marts.get(name, name)}"] = self.mart(name, reported)
        return {**made, "mart": marts}


def with_tables(reported: Any) -> Any:
    """A value with each list of printed lines that holds tables taken apart: `lines`, where `<table>` stands for one, and `tables`.

    A table has its columns by title, and a row for each line that was printed below them: the cells by the column's title. So a new
    column is a difference by itself, whatever the width of the others, and cannot hide a cell that changed. In what order the columns
    stand is not compared, but of columns of one title, which are numbered.
    """
    if isinstance(reported, dict):
        return {key: with_tables(value) for key, value in reported.items()}
    if not isinstance(reported, list) or not any(str(line).startswith(TOP) for line in reported):
        return reported
    lines: list[str] = []
    tables: list[dict[str, Any]] = []
    titles: list[str] = []
    inside = False
    for line in reported:
        if line.startswith(TOP):
            lines.append("<table>")
            inside, titles = True, []
        elif not inside:
            lines.append(line)
        elif line.startswith(TITLES):
            words = _cells(line, TITLES)
            titles = [f"{above} {word}".strip() for above, word in zip(titles or [""] * len(words), words, strict=True)]
        elif line.startswith(BELOW_TITLES):
            titles = [_numbered(titles[: place + 1]) for place in range(len(titles))]
            tables.append({"columns": dict.fromkeys(titles, "a column"), "rows": []})
        elif line.startswith(CELLS):
            tables[-1]["rows"].append(dict(zip(titles, _cells(line, CELLS), strict=True)))
        elif line.startswith(BOTTOM):
            inside = False
    return {"lines": lines, "tables": tables}


def _numbered(titles: list[str]) -> str:
    """The last title; the second of the same ones is `title#2`."""
    title, times = titles[-1], titles.count(titles[-1])
    return title if times == 1 else f"{title}#{times}"


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip() for cell in line.strip(mark).split(mark)]


def differences(old: Any, new: Any, path: str = "") -> Iterator[Difference]:
    """Every place at which two values of JSON differ. What was put into a list or taken out of it is told as such."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(old.get(key, NOTHING), new.get(key, NOTHING), f"{path}/{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) == len(new):
            for place, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from differences(one, other, f"{path}/{place}")
        else:
            yield from _edits(old, new, path)
    elif old != new:
        yield Difference(path, _short(old), _short(new))


def _edits(old: list[Any], new: list[Any], path: str) -> Iterator[Difference]:
    ours, theirs = ([json.dumps(item, ensure_ascii=False, sort_keys=True) for item in one] for one in (old, new))
    for tag, first, last, start, end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            before, after = "\n".join(ours[first:last]), "\n".join(theirs[start:end])
            yield Difference(f"{path}/{first}", _short(before or NOTHING), _short(after or NOTHING))


def _short(value: Any) -> str:
    reported = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return reported if len(reported) <= LONGEST else f"{reported[:LONGEST]}… ({len(reported)} letters)"


def _same_rows_told_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Leaves out the digest of a mart's rows where one recording has none, and where the whole table is there to be compared."""
    for name in old.keys() & new.keys():
        pair = (old[name], new[name])
        if not all("rows_digest" in one for one in pair) or all("table" in one for one in pair):
            for one in pair:
                one.pop("rows_digest", None)


def unexplained(old: dict[str, Any], new: dict[str, Any], names: Names) -> tuple[list[Difference], Counter[str]]:
    """The differences that the map does not explain, and how many each expectation explains, by its `where`."""
    ours, theirs = names.translated(old), {kind: new[kind] for kind in ("check", "command", "receipt", "mart")}
    _same_rows_told_once(ours["mart"], theirs["mart"])
    ours, theirs = ({**one, "command": with_tables(one["command"])} for one in (ours, theirs))
    both_have_cases = old["made"]["cases"] and new["made"]["cases"]
    left, explained = [], Counter({item["where"]: 0 for item in names.expected})
    for found in differences(ours, theirs):
        if not both_have_cases and OF_THE_CASES.fullmatch(found.path):
            continue
        by = next((item["where"] for item in names.expected if _explains(item, found)), None)
        if by is None:
            left.append(found)
        else:
            explained[by] += 1
    return left, explained


def _explains(item: Mapping[str, str], found: Difference) -> bool:
    sides = ((item.get("old", ""), found.old), (item.get("new", ""), found.new))
    return bool(re.fullmatch(item["where"], found.path, re.DOTALL)) and all(
        re.search(pattern, reported) for pattern, reported in sides
    )


def _read(path: Path) -> dict[str, Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return dict(json.load(file))


def compare(old: Path, new: Path, names: Path) -> int:
    """Prints the differences of two recordings that the map does not explain, by kind; gives 1 where there are any, else 0."""
    before, after, mapped = _read(old), _read(new), Names.read(names)
    left, explained = unexplained(before, after, mapped)
    if not (before["made"]["cases"] and after["made"]["cases"]):
        print("one of the two was made without the shared cases; these are not compared")
    if before["made"]["day"] != after["made"]["day"]:
        print(
            f"made on {before['made']['day']} and {after['made']['day']}; what is known to depend on the day was left out of both"
        )
    counted = Counter(found.kind for found in left)
    for kind, count in sorted(counted.items()):
        print(f"\n{kind}: {count}")
        for found in [one for one in left if one.kind == kind][:SHOWN]:
            print(f"  {found.path.removeprefix(kind)}\n    - {found.old}\n    + {found.new}")
        if count > SHOWN:
            print(f"  … {count - SHOWN} more")
    for where, count in explained.items():
        print(f"expected: {where}: {count}" + ("" if count else ", never met: the entry can go"))
    print(
        f"{len(left)} differences that the map does not explain"
        if left
        else "no difference that the map does not explain"
    )
    return 1 if left else 0
