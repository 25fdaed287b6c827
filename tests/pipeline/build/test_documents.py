"""What people read lies in every build, and the manifest answers for it."""

import docx
import duckdb
import openpyxl
import pytest

from reporting.mart_models import subjects
from warehouse import builds
from warehouse.home import Home

pytestmark = pytest.mark.slow


def test_a_build_has_its_workbooks_and_its_circular(few_samples_home: Home) -> None:
    folder = builds.current(few_samples_home)
    made = builds.manifest(few_samples_home)
    assert folder is not None and made is not None
    assert {path.name for path in (folder / "excel").iterdir()} == {f"{one.title}.xlsx" for one in subjects()}
    (circular,) = (folder / "circular").iterdir()
    assert circular.name == "2025-06通报.docx"
    assert {"excel/指标与目标.xlsx", f"circular/{circular.name}"} <= made["files"].keys()
    assert any(made["build_id"] in paragraph.text for paragraph in docx.Document(str(circular)).paragraphs)


def test_the_workbook_has_the_revision_that_is_published(few_samples_home: Home) -> None:
    folder = builds.current(few_samples_home)
    assert folder is not None
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        (count,) = con.execute("select count(*) from mart_revision").fetchone() or (None,)
    sheet = openpyxl.load_workbook(folder / "excel" / "报送质量.xlsx")["更正明细"]
    assert f"{count:,} 行" in sheet["A2"].value
