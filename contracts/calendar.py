"""The district's clock, declared once: submission ids, due dates, receipts and Airflow's schedules all use it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = "Asia/Shanghai"
"""IANA name, for those who take a name (Airflow's timetables and settings)."""

DISTRICT_TIME = ZoneInfo(TIME_ZONE)
"""The same as a tzinfo; it has had no daylight saving since 1991."""


def today() -> date:
    """The district's date, wherever the machine stands."""
    return datetime.now(DISTRICT_TIME).date()
