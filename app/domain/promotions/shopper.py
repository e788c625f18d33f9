"""Who buys, in the values that promotions look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.profiles.member import MemberTier
from app.domain.shared.channel import Channel
from app.domain.wallet.coupon import Coupon


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """`user_id` None: a guest, who has no tier, segment, coupon or points and no first order.

    `device_id` and `person_id` (a natural person over all accounts): None where not known.
    `coupons`: all coupons of the wallet that are USABLE or RESERVED.
    """

    user_id: int | None = None
    device_id: str | None = None
    person_id: str | None = None
    tier: MemberTier = MemberTier.BASIC
    segments: frozenset[str] = frozenset()
    first_order: bool = False
    channel: Channel | None = None
    points_available: int = 0
    coupons: Sequence[Coupon] = field(default_factory=tuple[Coupon, ...])

    @property
    def tier_held(self) -> MemberTier | None:
        """None: a guest has no tier."""
        return None if self.is_guest else self.tier

    @property
    def is_guest(self) -> bool:
        return self.user_id is None
