"""Lots: what one accrual brought in, and how much of it is left until when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.loyalty.entry import Cause, Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """`seq`: of the entry that made it. `amount`: what was promised; `left` of it is still there,
    `expired` went with its end, `reversed_` was taken back, wherever it was taken from.

    Not `released`: all of `left` is pending until `releases_at`. Released: it may be burnt in
    [.., expires_at).
    """

    seq: int
    amount: int
    left: int
    released: bool
    releases_at: datetime
    expires_at: datetime
    occasion: Occasion
    order_id: int | None = None
    expired: int = 0
    reversed_: int = 0

    def cause(self, name: str) -> Cause:
        """A cause that belongs to what this lot belongs to."""
        return Cause(name=name, occasion=self.occasion, order_id=self.order_id)

    def ends_by(self, moment: datetime) -> bool:
        """Whether something of it expires at `moment` or before."""
        return self.released and self.left > 0 and self.expires_at <= moment

    def releases_by(self, moment: datetime) -> bool:
        return not self.released and self.left > 0 and self.releases_at <= moment


@dataclass(frozen=True, slots=True)
class Take:
    """A part (> 0) of a lot."""

    lot: Lot
    amount: int


def oldest_first(lots: Iterable[Lot]) -> list[Lot]:
    """By their end, then by age."""
    return sorted(lots, key=lambda lot: (lot.expires_at, lot.seq))


def take_oldest(lots: Iterable[Lot], amount: int) -> Iterator[Take]:
    """Parts of released lots, the soonest end first, until `amount` is reached or all are empty."""
    wanted = amount
    for lot in oldest_first(lot for lot in lots if lot.released and lot.left > 0):
        if wanted <= 0:
            return
        part = min(lot.left, wanted)
        wanted -= part
        yield Take(lot, part)
