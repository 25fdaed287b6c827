"""Text as terminals may be given it: no character of it moves the cursor, sets a title or turns what follows around.

The one place where they are taken out: cli.main prints all through `PlainStream`, cli.printing's tables through
`PlainConsole`.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from contracts.characters import as_shown


class PlainStream:
    """A stream of text that writes plain text (`contracts.characters.as_shown`) to another one, and is that one in all else."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        self.stream.write(as_shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def isatty(self) -> bool:
        """No: what colours its text for terminals by itself (typer's help) leaves it as it is, and so readable here."""
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def plain_output() -> Iterator[None]:
    """Whatever this process prints is plain, until the block ends."""
    before = sys.stdout, sys.stderr
    out, errors = PlainStream(sys.stdout), PlainStream(sys.stderr)
    sys.stdout, sys.stderr = out, errors
    try:
        yield
    finally:
        if sys.stdout is out:  # else typer put its own there, for a reader who is gone
            sys.stdout, sys.stderr = before


class _Plain(RenderHook):
    """Makes the text of whatever a console renders plain; its colours are the console's own."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_PlainRenderable(one) for one in renderables]


class _PlainRenderable:
    def __init__(self, inner: ConsoleRenderable) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style, control in console.render(self.inner, options):
            yield Segment(text if control else as_shown(text), style, control)


class _PlainConsole(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, which knows whether its reader is gone; rich would end the program here."""
        raise


def plain_console(width: int) -> Console:
    """A console on standard output that writes plain text. width: where the output is no terminal; a terminal has its
    own, and colours.
    """
    output = sys.stdout
    stream = output.stream if isinstance(output, PlainStream) else output
    console = _PlainConsole(file=stream, highlight=False, width=None if stream.isatty() else width)
    console.push_render_hook(_Plain())
    return console
