"""Parts of a price that cards and previews share: what applied, and the next best step."""

import strawberry

from app.domain.checkout import quote as domain
from app.domain.promotions.candidate import Candidate
from app.resolvers.wallet import HeldCoupon
from app.schema.access import OWN, access
from app.schema.enums import UnlockKind
from app.schema.info import Info, words_of
from app.schema.offers import Offer
from app.schema.scalars import Decimal
from app.schema.texts.checkout import unlock_message
from app.schema.values import Money, UnitPrice, decimal_of
from app.schema.wallet import Coupon


def coupon_of(candidate: Candidate) -> Coupon | None:
    if candidate.coupon is None:
        return None
    return Coupon.of(HeldCoupon(candidate.coupon, candidate.promotion))


@access(OWN)
@strawberry.type(description="`offer` is null once it has gone; `label` stays.")
class AppliedOffer:
    offer: Offer | None
    coupon: Coupon | None
    label: str
    discount: Money = strawberry.field(description="Positive.")
    cut: Money | None = strawberry.field(description="What a floor or minimum cut off it.")
    points: int | None = strawberry.field(description="Points burnt.")

    @classmethod
    def of(cls, applied: domain.AppliedOffer, info: Info) -> "AppliedOffer":
        promotion = applied.candidate.promotion
        return cls(
            offer=Offer.of(promotion),
            coupon=coupon_of(applied.candidate),
            label=promotion.title.in_language(info.context.language),
            discount=Money.of(applied.discount_fen),
            cut=Money.of(applied.cut_fen) if applied.cut_fen else None,
            points=applied.points or None,
        )


@access(OWN)
@strawberry.type
class UnlockHint:
    kind: UnlockKind
    message: str
    add_amount: Money | None
    add_litres: Decimal | None
    payable_then: Money
    unit_price_then: UnitPrice
    saves: Money
    offer: Offer

    @classmethod
    def of(cls, step: domain.Unlock, info: Info) -> "UnlockHint":
        words = words_of(info)
        return cls(
            kind=step.kind,
            message=unlock_message(step, words),
            add_amount=Money.of(step.add_fen) if step.add_fen is not None else None,
            add_litres=decimal_of(step.add_ml) if step.add_ml is not None else None,
            payable_then=Money.of(step.payable_then_fen),
            unit_price_then=UnitPrice.of(step.unit_price_then_mill, words),
            saves=Money.of(step.saves_fen),
            offer=Offer.of(step.candidate.promotion),
        )
