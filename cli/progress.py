"""What a command tells while it is at work: on the error output, so that its result stays readable by programs."""

import sys


def tell(line: str) -> None:
    """Print a line on the error output, at once."""
    print(line, file=sys.stderr, flush=True)
