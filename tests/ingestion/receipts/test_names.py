"""Names of a receipt's files and folders, from whatever people wrote."""

import pytest

from ingestion.receipts.names import LONGEST_FOLDER_BYTES, file_stem, folder_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("荫城镇", "荫城镇"),
        ("A1 苏店镇", "A1 苏店镇"),
        ("../../etc", "_.._etc"),
        ("林业局/二股", "林业局_二股"),
        ("..", "文件"),
        ("  ", "文件"),
        ("局\u202e表\x00\u200b", "局_表__"),
        ("con", "con_"),
        ("LPT1.表", "LPT1.表_"),
        ('<a href="x">', "_a href=_x__"),
        ("\ud800坏", "_坏"),
    ],
)
def test_a_folder_is_called_by_what_any_file_system_takes(written, name):
    assert folder_name(written) == name


def test_long_names_are_cut_between_characters():
    assert folder_name("镇" * 300) == "镇" * (LONGEST_FOLDER_BYTES // 3)
    assert file_stem("表" * 300 + ".xlsx", 100) == "表" * 33


def test_a_corrected_receipt_does_not_collect_endings():
    assert file_stem("生态年报-审核结果.xlsx") == "生态年报"
