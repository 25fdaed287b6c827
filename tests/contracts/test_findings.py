"""The catalogue is sound, and a finding takes its severity and messages from it."""

import pytest

from contracts import ContractError, catalogue, finding
from contracts.findings import rules_of

ROW = {
    "rule_id": "demo.rule",
    "severity": "error",
    "asks": "",
    "threshold": "0.5",
    "zh": "{found} 应为 {expected}，差超过 {threshold}",
    "remedy_zh": "改正",
    "en": "{found} should be {expected}",
    "remedy_en": "Correct it",
    "since": "2026-11",
}


def test_rows_become_rules() -> None:
    rule = rules_of([ROW])["demo.rule"]
    assert (rule.severity, rule.threshold) == ("error", 0.5)
    assert rules_of([ROW | {"threshold": ""}])["demo.rule"].threshold is None
    assert (rule.asks, rules_of([ROW | {"asks": "yes"}])["demo.rule"].asks) == (False, True)
    only = rules_of([ROW | {"asks": "only"}])["demo.rule"]
    assert (only.asks, only.only_asks, rule.only_asks) == (True, True, False)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([ROW, ROW], "contracts/catalogue.csv: demo.rule: declared twice"),
        (
            [ROW | {"severity": "fatal"}],
            "contracts/catalogue.csv: demo.rule.severity: 'fatal' is none of error, warning",
        ),
        (
            [ROW | {"asks": "yes", "severity": "warning"}],
            "contracts/catalogue.csv: demo.rule.asks: 'yes'; only an error",
        ),
        ([ROW | {"threshold": "half"}], "contracts/catalogue.csv: demo.rule.threshold: 'half' is no number"),
    ],
)
def test_a_row_that_is_no_rule_is_refused_by_its_id(rows: list[dict[str, str]], message: str) -> None:
    with pytest.raises(ContractError) as caught:
        rules_of(rows)
    assert str(caught.value).startswith(message)


def test_a_finding_takes_severity_and_messages_from_the_catalogue() -> None:
    found = finding("normalize.unknown_township", cell="B4", found="不知道", title="乡镇")
    rule = catalogue()["normalize.unknown_township"]
    assert (found.severity, found.cell, found.found) == (rule.severity, "B4", "不知道")
    assert "不知道" in found.message and "{" not in found.message + found.message_en


def test_a_finding_of_no_rule_is_refused() -> None:
    with pytest.raises(KeyError):
        finding("no.such_rule")
