"""Platform price (优惠价): the fuel at a stated unit price, a target and not a reduction."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.shared.money import Ratio, half_up_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPrice(BenefitRule):
    """discount = max(0, running - half-up(price x litres)) (design §2, Discount)."""

    kind: Literal["PLATFORM_PRICE"] = "PLATFORM_PRICE"
    price_mill_per_litre: int

    fuel_only: ClassVar[bool] = True

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.price_mill_per_litre, "price_mill_per_litre")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """What the running amount is above the fuel's amount at this price; always whole fen."""
        numerator, denominator = basis.volume_ml
        target = half_up_ratio(self.price_mill_per_litre * numerator, denominator * MILL_ML_PER_FEN)
        return max(0, running_fen - target), 1
