"""Values of options that are numbers, days and periods: only ASCII digits are taken. Full-width ones (２０２５) look alike,
and Python's own conversions take them silently. Reasons and names of who decides: not empty.
"""

import unicodedata
from datetime import date

import typer

from pipeline.calendar.due_dates import PATTERNS


def _ascii(text: str) -> str:
    """The text as it is. Raises typer.BadParameter for digits that are not ASCII, showing the text with those that are."""
    if all(one.isascii() for one in text if one.isdigit()):
        return text
    plain = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in text)
    raise typer.BadParameter(
        f"“{text}”中有全角或其他数字，请用半角数字：{plain} (use ASCII digits, not full-width ones: {plain})"
    )


def whole_number(text: str | int) -> int:
    """A whole number of one or more. Raises typer.BadParameter."""
    plain = _ascii(str(text))
    try:
        number = int(plain)
    except ValueError:
        number = 0
    if number < 1:
        raise typer.BadParameter(f"“{text}”不是正整数 (not a whole number of one or more)")
    return number


def day(text: str) -> date:
    """A day, written 2026-01-31. Raises typer.BadParameter."""
    plain = _ascii(text)
    try:
        found = date.fromisoformat(plain)
    except ValueError:
        found = None
    if found is None or found.isoformat() != plain:
        raise typer.BadParameter(f"“{text}”不是日期，写作 2026-01-31 (not a day; write it so)")
    return found


def period(text: str) -> str:
    """A month, quarter or year, written 2025-07, 2025Q3 or 2025. Raises typer.BadParameter."""
    plain = _ascii(text)
    if not any(pattern.fullmatch(plain) for pattern in PATTERNS.values()):
        raise typer.BadParameter(
            f"“{text}”不是期次，写作 2025-07（月）、2025Q3（季）或 2025（年）(a period is written 2025-07, 2025Q3 or 2025)"
        )
    return plain


def text(given: str) -> str:
    """A reason, or the name of who decides, as it is. Raises typer.BadParameter where nothing is written."""
    if not given.strip():
        raise typer.BadParameter("请写明，不能为空 (must not be empty)")
    return given


def moment_or_name(text: str) -> str:
    """A moment or a name, as it is. Raises typer.BadParameter for full-width digits."""
    return _ascii(text)
