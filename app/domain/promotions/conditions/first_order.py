"""Only for a signed-in member with no order open or completed. A guest fails it."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class IsFirstOrder:
    kind: Literal["FIRST_ORDER"] = "FIRST_ORDER"

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. Cancelled orders do not count, refunded ones do (design §2, First order):
        that is settled where `Shopper.first_order` is made."""
        shopper = situation.shopper
        if shopper.first_order and not shopper.is_guest:
            return ()
        return (Reason(code=ReasonCode.FIRST_ORDER, guest=shopper.is_guest),)
