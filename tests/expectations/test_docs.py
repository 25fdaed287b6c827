"""Data docs of a run: one page a result, an index that leads to each; results pass between processes as JSON."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from contracts import contract
from expectations.docs import DataDocs
from expectations.suites import validate
from tests.support.submission_tables import good_rows, good_table, submission_table

pytestmark = pytest.mark.slow  # renders Data Docs


def _validated(folder, dataset, name, **changed):
    item = contract(dataset)
    rows = good_rows(item)
    rows[0] |= changed
    validate(submission_table(item, rows), item, [], docs=folder / f"{name}.json")
    return folder / f"{name}.json"


def test_a_run_has_a_page_for_each_result_and_an_index(tmp_path):
    docs = DataDocs(tmp_path / "site", "2026-11-23 上午")
    docs.add("生态2025.xlsx", _validated(tmp_path, "ecology", "a"))
    docs.add("生态/2025（更正）" + "长" * 200 + ".xlsx", _validated(tmp_path, "ecology", "b", forest_area_ha=-1.0))
    docs.add("季报.xlsx", _validated(tmp_path, "rural_waste", "c"))
    index = docs.write()
    pages = sorted(path.name for path in index.parent.glob("validations/**/*.html"))
    assert [name[:6] for name in pages] == ["0001 生", "0002 生", "0003 季"]
    text = index.read_text(encoding="utf-8")
    assert [text.count(words) for words in ("<tr>", "通过 passed", "未通过 failed", "生态2025.xlsx")] == [3, 2, 1, 1]
    assert all((index.parent / unquote(link)).is_file() for link in re.findall("href='([^']+)'", text))
    failed = next(index.parent.glob("validations/**/0002*.html")).read_text(encoding="utf-8")
    assert "Failed" in failed
    assert "-1.0" in failed
    assert not list(index.parent.glob("static/images/*.gif"))


def test_a_page_loads_nothing_from_the_web(tmp_path):
    docs = DataDocs(tmp_path / "site", "run")
    docs.add("<script>alert(1)</script>.xlsx", _validated(tmp_path, "ecology", "a", forest_area_ha=-1.0))
    docs.write()
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) == 2
    for page in pages:
        loaded = LoadedOf(page)
        assert loaded.scripts == 0
        assert not [place for place in loaded.places if "//" in place], page.name
    styles = "".join(style.read_text(encoding="utf-8") for style in (tmp_path / "site").rglob("*.css"))
    assert styles and "url(http" not in styles.replace("'", "").replace('"', "")
    (result,) = (page for page in pages if page.name != "index.html")
    text = result.read_text(encoding="utf-8")
    assert "default-src 'none'" in text and "-1.0" in text


class LoadedOf(HTMLParser):
    """What a page loads: places of styles and pictures; how many scripts it has."""

    def __init__(self, page):
        super().__init__()
        self.places, self.scripts = [], 0
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.scripts += tag == "script"
        self.places += [found[name] for name in ("src", "srcset") if name in found]
        if tag == "link":
            self.places.append(found["href"])


def test_a_site_replaces_the_one_before(tmp_path):
    for name in ("first", "second"):
        docs = DataDocs(tmp_path / "site", name)
        docs.add(f"{name}.xlsx", _validated(tmp_path, "wetland", name))
        index = docs.write()
    assert "first" not in index.read_text(encoding="utf-8")
    assert len(list(index.parent.glob("validations/**/*.html"))) == 1


def test_validating_goes_on_after_a_site_was_written(tmp_path):
    docs = DataDocs(tmp_path / "site", "run")
    docs.add("a", _validated(tmp_path, "wetland", "a"))
    docs.write()
    assert validate(good_table(contract("wetland")), contract("wetland"), []) == []


def test_a_result_lists_no_more_than_the_first_failures(tmp_path):
    item = contract("wetland")
    rows = [row | {"declared_area_ha": -1.0} for row in good_rows(item, 300)]
    found = validate(submission_table(item, rows), item, [], docs=tmp_path / "a.json")
    assert len(found) == 300
    assert (tmp_path / "a.json").stat().st_size < 60_000
