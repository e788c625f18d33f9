"""A legal combination, as far as it is decided: its members and what they come to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.domain.promotions.bill import Running
from app.domain.promotions.contender import Contender
from app.domain.promotions.entry import Entry, Name

Key = tuple[int, int, int, tuple[datetime, ...], int, tuple[Name, ...]]
"""payable, coupons, points burnt, sorted coupon expiries, members, their names in order:
the least is chosen (design §2, Choice)."""


def later_words(members: Sequence[Entry]) -> tuple[tuple[datetime, ...], int, tuple[Name, ...]]:
    """Of `Key`, what comes after payable, coupons and points."""
    coupons = (entry.candidate.coupon for entry in members)
    expiries = sorted(coupon.valid_until for coupon in coupons if coupon is not None)
    return tuple(expiries), len(members), tuple(entry.name for entry in members)


class Combination(NamedTuple):
    """Members in application order, of the contenders before `position`; those from there on are
    open. `blocked`: ranks that clash with a member; `chosen`: the members' ranks; both bit sets.
    """

    position: int
    running: Running
    members: tuple[Contender, ...] = ()
    blocked: int = 0
    chosen: int = 0
    points: int = 0
    expiries: tuple[datetime, ...] = ()

    def joined_by(self, contender: Contender, position: int) -> "Combination | None":
        """With the contender at `position` as the last member; None: it would give nothing."""
        discount = contender.discount(self.running).fen
        if discount <= 0:
            return None
        expiries = self.expiries
        coupon = contender.candidate.coupon
        if coupon is not None:
            expiries = tuple(sorted((*expiries, coupon.valid_until)))
        return Combination(
            position + 1,
            contender.after(discount, self.running),
            (*self.members, contender),
            self.blocked | contender.entry.rivals,
            self.chosen | contender.entry.bit,
            self.points + contender.points_burnt(discount),
            expiries,
        )

    def moved_to(self, position: int) -> "Combination":
        """The same members, with the contenders before `position` left out."""
        return self._replace(position=position)

    @property
    def names(self) -> tuple[Name, ...]:
        return tuple(member.entry.name for member in self.members)

    def key(self, fee_fen: int) -> Key:
        return (
            sum(self.running) + fee_fen,
            len(self.expiries),
            self.points,
            self.expiries,
            len(self.members),
            self.names,
        )
