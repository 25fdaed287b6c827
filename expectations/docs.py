"""Data docs: writes the validation results of one run as a static site, rendered once for the whole run (25 ms a
result, measured). Reading calls it for a batch of files, the gate for a build.
"""

import json
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

LONGEST_NAME = 60  # characters; in UTF-8 a page's file name stays below the 255 bytes of a file system
TUTORIAL_IMAGES = "*.gif"  # for GX's beginners: most of the weight of a site
# GX's pages load scripts, styles and a picture from six sites of the web, which an office may not reach and which would
# learn who reads; its own index is drawn by them alone.
FROM_WEB = re.compile(
    r"<script\b.*?</script>|<(?:link|img)\b[^>]*\b(?:href|src)=[\"']?(?:https?:)?//[^>]*>", re.I | re.S
)
STYLE_FROM_WEB = re.compile(r"url\([\"']?(?:https?:)?//[^)]*\)")
# The browser's promise that nothing else does; and a table that can be read without them.
HEAD = """<head><meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'self' file: 'unsafe-inline'; img-src 'self' file:; font-src 'self' file:">
<style>body {margin: 1em} table {border-collapse: collapse} td, th {border: 1px solid #ccc; padding: .3em .6em;
 text-align: left; vertical-align: top} img, .modal, footer {display: none} .fa-check-circle::before {content: "✓"}
 .fa-times::before {content: "✗"} .fa-exclamation-triangle::before {content: "!"}</style>"""


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
        """Render every result, and give the path of the list of them. Raises RuntimeError when a page did not render."""
        from great_expectations.core.expectation_validation_result import (
            expectationSuiteValidationResultSchema as schema,
        )
        from great_expectations.core.run_identifier import RunIdentifier
        from great_expectations.data_context.types.resource_identifiers import (
            ExpectationSuiteIdentifier,
            ValidationResultIdentifier,
        )

        for page in self._pages():
            page.unlink()
        context = _context(self.folder)
        run = RunIdentifier(run_name=_file_name(self.run), run_time=self.at)
        for number, (name, document) in enumerate(self._results, start=1):
            result = schema.load({key: value for key, value in document.items() if key != "id"})
            key = ValidationResultIdentifier(
                expectation_suite_identifier=ExpectationSuiteIdentifier(result.suite_name),
                run_id=run,
                batch_identifier=f"{number:04d} {_file_name(name)}",
            )
            context.validation_results_store.set(key, result)
        context.build_data_docs(site_names=[SITE])
        if (pages := len(self._pages())) != len(self._results):
            raise RuntimeError(f"data docs: {len(self._results)} results, {pages} pages")
        for page in self._pages():
            page.write_text(_without_web(page.read_text(encoding="utf-8")), encoding="utf-8")
        for style in self.folder.glob("static/styles/*.css"):
            style.write_text(STYLE_FROM_WEB.sub("none", style.read_text(encoding="utf-8")), encoding="utf-8")
        for image in self.folder.glob(f"static/images/{TUTORIAL_IMAGES}"):
            image.unlink()
        return self._list_pages()

    def _pages(self) -> list[Path]:
        """Pages of the site, in the order of the results."""
        return sorted(self.folder.glob("validations/**/*.html"), key=lambda path: path.name)

    def _list_pages(self) -> Path:
        """A plain list of the results, in place of GX's own."""
        lines = [
            f"<tr><td><a href='{quote(page.relative_to(self.folder).as_posix())}'>{escape(name)}</a></td>"
            f"<td>{escape(result['suite_name'])}</td>"
            f"<td>{'通过 passed' if result['success'] else '未通过 failed'}</td></tr>"
            for page, (name, result) in zip(self._pages(), self._results, strict=True)
        ]
        index = self.folder / "index.html"
        index.write_text(
            f"<!doctype html><meta charset='utf-8'><title>{escape(self.run)}</title><h1>{escape(self.run)}</h1>"
            f"<table>{''.join(lines)}</table>",
            encoding="utf-8",
        )
        return index


def _without_web(page: str) -> str:
    """A page that loads nothing from the web, and no script."""
    return FROM_WEB.sub("", page).replace("<head>", HEAD, 1)


SITE = "run"


def _context(folder: Path) -> Any:
    from expectations.gx import new_context

    context = new_context()
    context.add_data_docs_site(
        site_name=SITE,
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def _file_name(text: str) -> str:
    """A text as part of a path."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", "_", text)[:LONGEST_NAME].strip(". ") or "_"
