"""Why a file cannot be read is one of a closed list, in both languages, whatever bytes come in."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import catalogue
from contracts.reading_causes import reading_causes, unreadable_because
from ingestion.readers.errors import UnreadableFile
from ingestion.readers.layer import read_layer
from ingestion.readers.tabular import read_workbook
from tests.support.answers import SAMPLES

OF_A_CAUSE = {cause.rule_id for cause in reading_causes().values()}
FILES = ["ecology/*.xls", "land_use/*.xlsx", "wetland/*.gpkg", "project_site/*", "land_parcel/*.zip"]
CHINESE = re.compile(r"[一-鿿]")


def is_listed(found: str | None) -> bool:
    """Whether a reason is the words of a cause, whatever it counts or names."""
    patterns = (re.sub(r"\\{\w+\\}", ".*", re.escape(cause.words.zh)) for cause in reading_causes().values())
    return any(re.fullmatch(pattern, found or "", re.DOTALL) for pattern in patterns)


def samples(patterns: Iterable[str]) -> list[bytes]:
    return [sorted((SAMPLES / "clean").glob(pattern))[0].read_bytes() for pattern in patterns]


def test_every_cause_has_a_rule_and_words_of_its_own() -> None:
    assert {"reading.unreadable", "reading.timeout", "reading.not_one_report"} == OF_A_CAUSE <= set(catalogue())
    words = [cause.words for cause in reading_causes().values()]
    assert len({one.zh for one in words}) == len({one.en for one in words}) + 1 == len(words)  # 没有图层（文件）
    assert not [one.en for one in words if CHINESE.search(one.en)]


def test_a_finding_says_its_cause_in_both_languages() -> None:
    found = unreadable_because("zip_tables", count=3)
    assert (found.rule_id, found.found) == ("reading.not_one_report", "压缩包里应只有一个表格文件，现有 3 个")
    assert found.message == "文件里不是恰好一个表格或图层：压缩包里应只有一个表格文件，现有 3 个"
    assert found.message_en == "The file does not hold exactly one table or layer: a zip holds one table, this one 3"
    with pytest.raises(KeyError):
        unreadable_because("bad luck")
    with pytest.raises(KeyError):
        UnreadableFile.because("bad luck")


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_bytes_come_in_the_cause_is_listed(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = data.draw(st.sampled_from(samples(FILES)), label="file")
    content = bytearray(whole[: data.draw(st.integers(0, len(whole)), label="cut at")])
    for place in data.draw(st.lists(st.integers(0, max(len(content) - 1, 0)), max_size=40)):
        if content:
            content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("file") / data.draw(
        st.sampled_from(["a.xlsx", "a.xls", "a.zip", "a.gpkg", "a.geojson"])
    )
    path.write_bytes(content)
    for read in (read_workbook, lambda one: read_layer(one, one.name)):
        try:
            read(path)
        except UnreadableFile as error:
            assert error.rule_id in catalogue()
            if error.rule_id in OF_A_CAUSE:
                assert is_listed(error.detail), (error.rule_id, error.detail)
