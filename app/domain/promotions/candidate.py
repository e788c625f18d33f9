"""A candidate: one automatic promotion, or one coupon, or a batch the viewer has not claimed."""

from dataclasses import dataclass

from app.domain.promotions.promotion import Promotion
from app.domain.wallet.coupon import Coupon


@dataclass(frozen=True, slots=True)
class Candidate:
    """`coupon` is set exactly when the promotion is a batch of which the viewer holds a coupon."""

    promotion: Promotion
    coupon: Coupon | None = None

    @property
    def is_unclaimed_batch(self) -> bool:
        return self.promotion.delivery is not None and self.coupon is None
