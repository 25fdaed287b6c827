"""The use cases, in four packages that stand on one another: release -> build -> intake, calendar.

Whoever imports one of them has damaged staged files made again when they are used: `warehouse`, which meets them, does not
know how a file is read.
"""

from warehouse.home import Home
from warehouse.integrity import make_again_with


def _staged_again(home: Home, staged_as: str) -> str:
    from pipeline.intake.restage import staged_again

    return staged_again(home, staged_as)


make_again_with(_staged_again)
