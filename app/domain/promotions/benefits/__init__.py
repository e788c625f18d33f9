"""Benefits (优惠方式): one file a kind. A new kind joins `BENEFITS` and the union, here only."""

from dataclasses import fields
from typing import get_args

from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.dynamic import Dynamic
from app.domain.promotions.benefits.exchange import Exchange
from app.domain.promotions.benefits.first_n_litres import FirstNLitres
from app.domain.promotions.benefits.payment_offer import PaymentOffer
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.percent_off import PercentOff
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.benefits.reward import Reward
from app.domain.promotions.benefits.tiered_amount import TieredAmount
from app.domain.promotions.benefits.tiered_litres import TieredLitres

Benefit = (
    PerLitreOff
    | PlatformPrice
    | AmountOff
    | PercentOff
    | TieredAmount
    | TieredLitres
    | FirstNLitres
    | Dynamic
    | Exchange
    | PointsRedemption
    | PaymentOffer
    | Reward
)

BENEFITS: tuple[type[Benefit], ...] = get_args(Benefit)
BENEFIT_KINDS: tuple[str, ...] = tuple(
    str(field.default) for kind in BENEFITS for field in fields(kind) if field.name == "kind"
)
