"""Checksums of marts: of the rows alone, not of their order nor of the time zone of whoever asks."""

import duckdb

from warehouse.marts import checksum

ROWS = [("S1", "2025-07-01 08:00:00+08"), ("S2", "2025-07-01 09:30:00+08"), ("S3", None)]


def made(zone: str, rows: list[tuple[str, str | None]] = ROWS) -> str:
    """The checksum of a mart with a moment, in a session of this time zone."""
    with duckdb.connect() as con:
        con.execute(f"set timezone = '{zone}'")
        con.execute("create table mart (name varchar, received_at timestamptz)")
        con.executemany("insert into mart values (?, ?)", rows)
        return checksum(con, "mart")


def test_the_time_zone_of_the_session_does_not_matter() -> None:
    assert made("Asia/Shanghai") == made("UTC") == made("America/New_York")


def test_the_order_of_rows_does_not_matter_and_a_moment_does() -> None:
    assert made("UTC", list(reversed(ROWS))) == made("UTC")
    assert made("UTC", [("S1", "2025-07-01 08:00:00+00"), *ROWS[1:]]) != made("UTC")


def test_moments_have_the_checksum_that_they_had_without_a_zone() -> None:
    with duckdb.connect() as con:
        con.execute("create table mart (name varchar, received_at timestamp)")
        con.executemany("insert into mart values (?, ?::timestamptz at time zone 'UTC')", ROWS)
        assert checksum(con, "mart") == made("Asia/Shanghai")
