"""Periods open, are reminded of and close once; publications are noted once."""

from datetime import date

import pytest

from warehouse.ledger import Ledger, UnknownPeriod


def test_a_period_opens_is_reminded_of_and_closes_once(ledger: Ledger) -> None:
    for _ in range(2):
        opened = ledger.open_period("ecology", "2025", date(2026, 2, 28))
        ledger.remind_period("ecology", "2025")
        closed = ledger.close_period("ecology", "2025")
    assert (opened.due_on, closed.is_open, closed.opened_at == opened.opened_at) == (date(2026, 2, 28), False, True)
    assert closed.reminded_at is not None
    assert closed.closed_at is not None
    assert closed.opened_at < closed.reminded_at < closed.closed_at
    assert [event.action for event in ledger.events()] == ["period_opened", "period_reminded", "period_closed"]
    ledger.open_period("rural_waste", "2025Q1")
    assert [(item.dataset, item.period) for item in ledger.periods(is_open=True)] == [("rural_waste", "2025Q1")]
    assert [item.period for item in ledger.periods("ecology", is_open=False)] == ["2025"]
    with pytest.raises(UnknownPeriod):
        ledger.close_period("ecology", "1999")


def test_a_closed_period_is_opened_again_by_decision(ledger: Ledger) -> None:
    ledger.open_period("ecology", "2024")
    ledger.close_period("ecology", "2024")
    assert ledger.reopen_period("ecology", "2024", because="更正", decided_by="王局长").is_open
    assert ledger.reopen_period("ecology", "2024", because="更正", decided_by="王局长").is_open
    (event,) = ledger.events(actions=["period_reopened"])
    assert event.detail == {"because": "更正", "decided_by": "王局长"}
