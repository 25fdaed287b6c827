"""Due dates, expected reports, reporting periods, the daily digest."""
