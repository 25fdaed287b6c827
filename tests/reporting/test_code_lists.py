"""Lists of codes: every code of the registries is there, and every list that a column names."""

import pytest

from cli.board import TONE_COLOURS
from contracts.names import SUBMISSION_STATES_ZH
from contracts.reference import code_names, table
from reporting.code_lists import code_list_of, code_lists
from reporting.mart_models import models
from reporting.report.words import tone, tones


def test_indicators_measures_and_statuses_are_listed_with_their_names():
    lists = {one.name: {code.code: code.name_zh for code in one.codes} for one in code_lists()}
    assert lists["indicator"]["eco_redline_area"] == "生态保护红线面积"
    assert lists["measure"]["forest_area"] == "森林面积"
    assert lists["target_status"]["slow"] == "偏慢"
    assert lists["dataset"]["ecology"] == "生态状况年报"
    assert lists["supervision_status"]["overdue"] == "逾期未改"
    assert len(lists["indicator"]) == 10


def test_every_list_has_codes_and_every_code_one_name():
    for one in code_lists():
        codes = [code.code for code in one.codes]
        assert codes and len(set(codes)) == len(codes), one.name
        assert all(code.name_zh for code in one.codes), one.name


def test_the_list_that_a_column_names_is_there():
    named = {name for model in models() for column in model["columns"] if (name := code_list_of(column))}
    assert {"supervision_status", "severity", "expected_report_state"} <= named
    assert named <= {one.name for one in code_lists()}


def test_states_have_their_names_from_the_lists():
    assert SUBMISSION_STATES_ZH["partly_held"] == "部分退回"
    with pytest.raises(LookupError):
        code_names("no_such_list")


def test_every_status_of_a_target_has_its_colour_on_the_board_and_in_the_report():
    used = {tone(row["status"]) for row in table("target_status")}
    assert used == set(tones()) == set(TONE_COLOURS)
    assert (tone("missed"), tone("data_short"), tone(None)) == ("bad", "watch", "unknown")
