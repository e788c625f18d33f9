"""Payment offer (支付优惠): what paying by fuel card, stored value or the like takes off."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.promotions.terms import Lane, Off
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOffer(BenefitRule):
    """`off` for the methods of the promotion's PAYMENT_METHOD condition, which it needs; it
    belongs to the lane PAYMENT. Fuel-card and stored-value offers commonly refuse other lanes
    (`refuses_lanes`)."""

    kind: Literal["PAYMENT_OFFER"] = "PAYMENT_OFFER"
    off: Off

    home: ClassVar[Lane | None] = Lane.PAYMENT
    by_method: ClassVar[bool] = True

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.off.strength, "off")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """As a plain offer of that strength."""
        base_fen = basis.percent_base_fen(running_fen)
        return self.off.worth((self.off.strength, 1), base_fen, basis.volume_ml)
