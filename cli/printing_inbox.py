"""Prints what lies in the inbox and is not taken, for `warehouse status`."""

from itertools import groupby

from rich.markup import escape

from cli.printing import say
from pipeline.intake.inbox import Ignored

SHOWN_PATHS = 10  # of one reason: a person looks at the folder itself when there are more


def print_not_taken(found: list[Ignored]) -> None:
    """Print paths by reason, with what to do about them; nothing where there are none."""
    if not found:
        return
    say(f"[yellow]收件箱中未接收的 {len(found)} 项 (in the inbox and not taken)[/]")
    for _, group in groupby(sorted(found, key=lambda one: (one.reason, one.path)), key=lambda one: one.reason):
        inside = list(group)
        words = inside[0].words
        say(f"  {escape(words.zh)} ({escape(words.en)})：{len(inside)}")
        for one in inside[:SHOWN_PATHS]:
            say(f"    [dim]{escape(one.path)}[/]")
        if len(inside) > SHOWN_PATHS:
            say(f"    [dim]… {len(inside) - SHOWN_PATHS} more[/]")
