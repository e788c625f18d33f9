"""What an order earns once it is completed (design §2, Rewards)."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.checkout.quote import Earned, Price
from app.domain.promotions.benefits.reward import Reward, RewardKind
from app.domain.promotions.bill import Scope
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.eligibility import condition_failures, standing_failures
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.situation import Situation
from app.domain.promotions.terms import Base
from app.domain.promotions.usage import left_fen


def rewards_of(price: Price) -> tuple[Earned, ...]:
    """By sequence, then code. A guest earns nothing: there is no account to add it to.

    Conditions and limits hold as for offers; what is paid, after all offers, is what earns. A
    threshold looks at its base: the pump amount, or with RUNNING what is paid.
    """
    purchase = price.purchase
    if purchase.shopper.is_guest:
        return ()
    found = (earned for promotion in _in_force(price) for earned in _earned(price, promotion))
    return tuple(sorted(found, key=lambda e: (e.promotion.sequence, e.promotion.code)))


def _in_force(price: Price) -> Iterator[Promotion]:
    """Rewards whose window, conditions and limits hold."""
    purchase = price.purchase
    for promotion in purchase.rules.rewards:
        candidate = Candidate(promotion)
        if standing_failures(candidate, purchase.moment, guest=False):
            continue
        if not condition_failures(candidate, _situation(price, promotion)):
            yield promotion


def _earned(price: Price, promotion: Promotion) -> Iterator[Earned]:
    purchase, benefit = price.purchase, promotion.benefit
    left = left_fen(promotion, purchase.usage, purchase.subjects, purchase.moment)
    if not isinstance(benefit, Reward) or left == 0:
        return
    paid, scope, tier = (
        _paid_fen(price, promotion),
        Scope.of(promotion.scope),
        purchase.shopper.tier,
    )
    if benefit.gives is RewardKind.POINTS:
        points = benefit.points(paid, tier)
        if points > 0:
            yield Earned(promotion=promotion, kind=benefit.gives, points=points)
    elif benefit.gives is RewardKind.FUEL_CREDIT:
        volume = price.measure.volume_ml * scope.fuel
        credit = benefit.credit_fen(paid, (volume.numerator, volume.denominator), tier)
        credit = _within(credit, left, promotion)
        if credit > 0:
            yield Earned(promotion=promotion, kind=benefit.gives, credit_fen=credit)
    else:
        batch = _batch_to_grant(price, benefit)
        if batch is not None and paid > 0:
            yield Earned(promotion=promotion, kind=benefit.gives, batch=batch)


def _within(credit_fen: int, left: int | None, promotion: Promotion) -> int:
    """Capped, then limited, as a discount is."""
    if promotion.cap_fen is not None:
        credit_fen = min(credit_fen, promotion.cap_fen)
    if left is None or left >= credit_fen:
        return credit_fen
    return 0 if promotion.refuse_partial else left


def _batch_to_grant(price: Price, benefit: Reward) -> Promotion | None:
    """The batch, where it is live and not out of stock."""
    purchase = price.purchase
    batch = purchase.rules.by_code.get(benefit.coupon_batch or "")
    if batch is None or batch.delivery is None or batch.paused:
        return None
    stock = batch.delivery.stock
    if stock is not None and (purchase.usage.unread or purchase.usage.issued(batch) >= stock):
        return None
    return batch if batch.validity.covers(purchase.moment) else None


def _paid_fen(price: Price, promotion: Promotion) -> int:
    """What is paid for the lines in scope; the fee is in none."""
    scope = Scope.of(promotion.scope)
    others = price.payable_fen - price.fee_fen - price.fuel_payable_fen
    return price.fuel_payable_fen * scope.fuel + others * scope.non_fuel


def _situation(price: Price, promotion: Promotion) -> Situation:
    purchase, scope = price.purchase, Scope.of(promotion.scope)
    station, moment = purchase.station, purchase.moment
    amount = price.measure.pump_amount_fen * scope.fuel + price.non_fuel_fen * scope.non_fuel
    situation = Situation(
        station=station,
        fuel_grade=purchase.product.fuel_grade,
        moment=moment,
        local=station.local(moment),
        shopper=purchase.shopper,
        payment_method=purchase.payment_method,
        scoped_amount_fen=amount,
        volume_ml=price.measure.volume_ml * scope.fuel,
        demand=station.demand_at(moment),
        remoteness=station.remoteness,
    )
    if promotion.threshold_base is Base.RUNNING:
        return replace(situation, scoped_amount_fen=_paid_fen(price, promotion))
    return situation
