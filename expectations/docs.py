"""Data docs: writes Great Expectations' validation results of one run as a static site that asks nothing of the web: a page a
result, and a list of them. Reading calls it for a batch of files, the gate for a build.

Not Great Expectations' own pages: those draw with scripts and styles from six sites, which an office may not reach.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from warehouse.durable import whole_file

LONGEST_NAME = 60  # characters; in UTF-8 a page's file name stays below the 255 bytes of a file system
PAGES = "validations"
UNSHOWN = ("batch_id", "column", "column_list")  # arguments: the frame has one name, columns have a cell of their own
STYLE = """
body { font: 15px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere }
.failed { color: #a00; font-weight: bold }
"""
HEADINGS = ("列 column", "要求 expectation", "结果 result", "行 rows", "不符 unexpected", "不符的值 unexpected values")


class DataDocs:
    """Collects validation results (expectations.gx.as_json: plain JSON, whichever process made them) and writes their
    site.

    folder: where the site goes; a site that stands there is replaced. run: name of the run, shown on every page.
    """

    def __init__(self, folder: Path, run: str, at: datetime | None = None) -> None:
        self.folder = folder
        self.run = run
        self.at = at or datetime.now(UTC)
        self._results: list[tuple[str, dict[str, Any]]] = []

    def add(self, name: str, result: dict[str, Any] | Path) -> None:
        """Add a result under a name (a file's, a mart's): JSON, or the path of a JSON file. Raises
        OSError, ValueError.
        """
        document = json.loads(result.read_text(encoding="utf-8")) if isinstance(result, Path) else result
        self._results.append((name, document))

    def write(self) -> Path:
        """Write a page for every result, and give the path of the list of them. Raises OSError, and KeyError for what is
        no result.
        """
        for page in self.folder.glob(f"{PAGES}/*.html"):
            page.unlink()
        lines = []
        for number, (name, document) in enumerate(self._results, start=1):
            page = self.folder / PAGES / f"{number:04d} {_file_name(name)}.html"
            _write(page, name, f"{self._about(document)}{_table(HEADINGS, map(_row, document['results']))}")
            link = f"<a href='{quote(page.relative_to(self.folder).as_posix())}'>{escape(name)}</a>"
            lines.append((link, escape(document["suite_name"]), _verdict(document)))
        index = self.folder / "index.html"
        _write(index, self.run, _table(("文件或表 file or frame", "要求 suite", "结果 result"), lines))
        return index

    def _about(self, document: Mapping[str, Any]) -> str:
        counts = document["statistics"]
        return (
            f"<p>{escape(self.run)} · {self.at:%Y-%m-%d %H:%M} UTC · {escape(document['suite_name'])} · "
            f"{counts['successful_expectations']} / {counts['evaluated_expectations']} · {_verdict(document)}</p>"
        )


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    """One expectation's result, as the cells of a line."""
    asked = item["expectation_config"]
    given = asked["kwargs"]
    found = item.get("result") or {}
    columns = given.get("column_list") or [given.get("column", "")]
    arguments = ", ".join(f"{key}: {_text(value)}" for key, value in given.items() if key not in UNSHOWN)
    raised = [one["exception_message"] for one in _exceptions(item) if one.get("raised_exception")]
    seen = found.get("partial_unexpected_list") or raised or found.get("observed_value", "")
    return (
        escape("、".join(map(str, columns))),
        escape(f"{asked['type']}{f' ({arguments})' if arguments else ''}"),
        _verdict(item),
        escape(_text(found.get("element_count", ""))),
        escape(_text(found.get("unexpected_count", ""))),
        escape("、".join(map(_text, seen)) if isinstance(seen, list) else _text(seen)),
    )


def _exceptions(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What an expectation raised: Great Expectations gives one record, or one for each metric."""
    info = item.get("exception_info") or {}
    return [info] if "raised_exception" in info else list(info.values())


def _verdict(document: Mapping[str, Any]) -> str:
    return "通过 passed" if document["success"] else "<span class='failed'>未通过 failed</span>"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of cells that are HTML already."""
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table><thead>{''.join(f'<th>{escape(one)}</th>' for one in headings)}</thead>\n<tbody>{lines}</tbody></table>"


def _write(page: Path, title: str, body: str) -> None:
    with whole_file(page) as temporary:
        temporary.write_text(
            f"<!doctype html><html lang='zh'><meta charset='utf-8'><title>{escape(title)}</title><style>{STYLE}</style>"
            f"<h1>{escape(title)}</h1>{body}",
            encoding="utf-8",
        )


def _file_name(text: str) -> str:
    """A text as part of a path."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", "_", text)[:LONGEST_NAME].strip(". ") or "_"
