"""The build that a rollback pinned: whether there is one, and how people are told of it."""

from contracts import DISTRICT_TIME, TIME_ZONE
from warehouse.ledger import Ledger, Publication


class Pinned(RuntimeError):
    """The current build is pinned by a rollback: no other takes its place until it is released."""

    def __init__(self, one: Publication) -> None:
        super().__init__(
            f"{pin_in_words(one)}。没有发布，解除后再发布 (nothing was published: release it, then publish)"
        )


def pin_in_words(one: Publication) -> str:
    """Who pinned a build by a rollback, since when and why, and how that ends."""
    since = f"{one.pinned_at.astimezone(DISTRICT_TIME):%Y-%m-%d %H:%M}" if one.pinned_at else ""
    return (
        f"当前版本 {one.build_id} 由 {one.pinned_by} 自北京时间 {since} 起固定（{one.pinned_because}），不发布新的，直到 warehouse release "
        f"--because 理由 --by 姓名 (pinned by {one.pinned_by} since {since}, {TIME_ZONE}, by a rollback: nothing newer is published "
        "until `warehouse release --because … --by …`)"
    )


def pinned(ledger: Ledger) -> Publication | None:
    """The current build, where a rollback pinned it."""
    one = ledger.current_publication()
    return one if one is not None and one.pinned_at is not None else None
