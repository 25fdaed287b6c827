"""Data docs of a run: one page a result, an index that leads to each; results pass between processes as JSON."""

import re
from urllib.parse import unquote

import pytest

from contracts import contract
from expectations.docs import DataDocs
from expectations.suites import validate
from tests.support.submission_tables import good_rows, good_table, submission_table

pytestmark = pytest.mark.slow  # validates with Great Expectations


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
    pages = sorted(path.name for path in index.parent.glob("validations/*.html"))
    assert [name[:6] for name in pages] == ["0001 生", "0002 生", "0003 季"]
    text = index.read_text(encoding="utf-8")
    assert [text.count(words) for words in ("<tr>", "通过 passed", "未通过 failed", "生态2025.xlsx")] == [3, 2, 1, 1]
    assert all((index.parent / unquote(link)).is_file() for link in re.findall("href='([^']+)'", text))
    failed = next(index.parent.glob("validations/0002*.html")).read_text(encoding="utf-8")
    line = next(line for line in failed.splitlines() if "未通过 failed" in line and "<td>" in line)
    assert "<td>forest_area_ha</td>" in line and "expect_column_values_to_be_between" in line
    assert "<td>1</td><td>-1.0</td>" in line


def test_no_page_asks_anything_of_the_web(tmp_path):
    docs = DataDocs(tmp_path / "site", "<script src='https://cdn.example/x.js'></script>")
    docs.add("<img src='http://example/x.png'>.xlsx", _validated(tmp_path, "ecology", "a"))
    docs.write()
    pages = list((tmp_path / "site").rglob("*.*"))
    assert len(pages) == 2 and all(page.suffix == ".html" for page in pages)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|link|img|iframe)\b|url\(|@import|(src|href)=['\"](https?:)?//", text)


def test_a_site_replaces_the_one_before(tmp_path):
    for name in ("first", "second"):
        docs = DataDocs(tmp_path / "site", name)
        docs.add(f"{name}.xlsx", _validated(tmp_path, "wetland", name))
        index = docs.write()
    assert "first" not in index.read_text(encoding="utf-8")
    assert len(list(index.parent.glob("validations/*.html"))) == 1


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
