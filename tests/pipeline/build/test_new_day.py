"""What depends on the day makes a build due once a day, and only what depends on it is made again."""

from datetime import timedelta

import pytest

from contracts import calendar
from pipeline.build import run as build
from pipeline.calendar import expected_reports
from warehouse import builds
from warehouse.home import Home
from warehouse.serving import query

pytestmark = pytest.mark.slow

MOVED = timedelta(days=65)
OVERDUE = "select count(*) as n from mart_submission_status where is_overdue"


def test_a_new_day_alone_makes_a_build_due_and_what_is_overdue_true(
    copied_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = builds.manifest(copied_home)
    assert before is not None and not build.is_due(copied_home), "the same day, nothing came: nothing changed"
    (was,) = query(copied_home, OVERDUE).to_pylist()
    later = calendar.today() + MOVED
    monkeypatch.setattr(calendar, "today", lambda: later)
    assert build.is_due(copied_home)
    taken = build.run(copied_home)
    assert (taken["overlay"]["cut"], taken["overlay"]["derived"]["computed"]) == (0, 0), "no layer is cut again"
    assert set(taken["sync"]["changes"]) == {"expected_report"}, "no file is read again"
    now = builds.manifest(copied_home)
    assert now is not None and (taken["publish"]["is_new"], now["as_of_date"]) == (True, later.isoformat())
    assert now["inputs_fingerprint"] == before["inputs_fingerprint"]
    (row,) = query(copied_home, OVERDUE).to_pylist()
    expected = expected_reports.overdue(expected_reports.expected_on(copied_home, later))
    assert row["n"] == len(expected) > was["n"]
    assert not build.is_due(copied_home), "once a day"
