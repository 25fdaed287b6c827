"""The district's clock, declared once: submission ids, due dates, receipts and Airflow's schedules all use it; and the period in
which a day lies.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.model import Grain

TIME_ZONE = "Asia/Shanghai"
"""IANA name, for those who take a name (Airflow's timetables and settings)."""

DISTRICT_TIME = ZoneInfo(TIME_ZONE)
"""The same as a tzinfo; it has had no daylight saving since 1991."""


def today() -> date:
    """The district's date, wherever the machine stands."""
    return datetime.now(DISTRICT_TIME).date()


def period_of_date(day: date, grain: Grain) -> str:
    """The period of a grain in which a day lies."""
    if grain == "year":
        return f"{day.year}"
    if grain == "quarter":
        return f"{day.year}Q{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02d}" if grain == "month" else f"{day:%Y-%m-%d}"
