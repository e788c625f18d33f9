"""Every legal combination of a purchase, and the best of them: no search, no bound, no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from app.domain.checkout.purchase import Purchase
from app.domain.promotions.benefits import PointsRedemption, Reward
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane, LineKind
from app.domain.wallet.coupon import CouponStatus
from tests.oracle.reading import Order, apply, discount_of, order_of, scoped

LANES = (Lane.UNIT_PRICE, Lane.ACTIVITY, Lane.COUPON, Lane.POINTS, Lane.PAYMENT)


@dataclass(frozen=True)
class Combination:
    """One legal combination, in application order. `lines` after it, fuel first."""

    members: tuple[Candidate, ...]
    payable: int
    discounts: tuple[int, ...]
    lines: tuple[int, ...]
    points: int

    @property
    def key(self) -> tuple[object, ...]:
        """Least is best (design §2, Choice)."""
        coupons = [m.coupon for m in self.members if m.coupon is not None]
        named = tuple((m.promotion.code, m.coupon.id if m.coupon else 0) for m in self.members)
        expiries = sorted(coupon.valid_until for coupon in coupons)
        return self.payable, len(coupons), self.points, expiries, len(self.members), named


def legal_combinations(purchase: Purchase) -> list[Combination]:
    """All of them, as if the choice were free; with points only where the purchase burns them."""
    order = order_of(purchase)
    able = [c for c in sorted(candidates(purchase), key=_place) if eligible(order, c)]
    if not purchase.use_points:
        able = [c for c in able if not isinstance(c.promotion.benefit, PointsRedemption)]
    clashes = {
        (i, j)
        for i, j in combinations(range(len(able)), 2)
        if clash(able[i].promotion, able[j].promotion)
    }
    return [
        found
        for places in _subsets(len(able), purchase.max_offers)
        if not any(pair in clashes for pair in combinations(places, 2))
        if (found := _combination(order, tuple(able[i] for i in places))) is not None
    ]


def wanted(purchase: Purchase, combination: Combination) -> bool:
    """Whether it holds exactly what the viewer chose (design §2, Viewer's choice)."""
    choice = purchase.choice
    codes = {member.promotion.code for member in combination.members}
    held = {m.coupon.id for m in combination.members if m.coupon is not None}
    if choice.coupon_ids is not None and held != choice.coupon_ids:
        return False
    return choice.forced_codes <= codes and not codes & choice.excluded_codes


def best(legal: Iterable[Combination]) -> Combination | None:
    return min(legal, key=lambda combination: combination.key, default=None)


def candidates(purchase: Purchase) -> Iterator[Candidate]:
    for promotion in purchase.rules:
        if promotion.delivery is None and not isinstance(promotion.benefit, Reward):
            yield Candidate(promotion)
    for coupon in purchase.shopper.coupons:
        yield Candidate(purchase.rules.by_code[coupon.batch_code], coupon)


def eligible(order: Order, candidate: Candidate) -> bool:
    """Every condition that no other member touches holds, and alone it gives something."""
    promotion, coupon, moment = candidate.promotion, candidate.coupon, order.purchase.moment
    if promotion.paused:
        return False
    if coupon is None:
        window = (promotion.validity.starts_at, promotion.validity.ends_at)
    else:
        window = (coupon.valid_from, coupon.valid_until)
        if coupon.stored_status is not CouponStatus.USABLE:
            return False
    if (window[0] and moment < window[0]) or (window[1] and moment >= window[1]):
        return False
    if not all(_holds(order, promotion, condition) for condition in promotion.conditions):
        return False
    return discount_of(order, promotion, order.lines) > 0


def clash(one: Promotion, other: Promotion) -> bool:
    """Whether two candidates of these promotions exclude each other (design §2, Legality)."""
    if one.exclusive or other.exclusive:
        return True
    if one.exclusivity_group is not None and one.exclusivity_group == other.exclusivity_group:
        return True
    if other.lane in one.refuses_lanes or one.lane in other.refuses_lanes:
        return True
    if all(isinstance(p.benefit, PointsRedemption) for p in (one, other)):
        return True
    return one.lane == other.lane and not (_names(one, other) and _names(other, one))


def _names(one: Promotion, other: Promotion) -> bool:
    return other.code in one.stacks_with or any(f"tag:{t}" in one.stacks_with for t in other.tags)


def _holds(order: Order, promotion: Promotion, condition: object) -> bool:
    if isinstance(condition, ThresholdAmount):
        return scoped(promotion, order.lines) >= condition.min_fen
    if isinstance(condition, ThresholdLitres):
        litres = order.litres if LineKind.FUEL in promotion.scope else 0
        return litres * 1000 >= condition.min_ml
    assert isinstance(condition, ByPaymentMethod), "the oracle knows no other condition"
    return order.purchase.payment_method in condition.methods


def _place(candidate: Candidate) -> tuple[object, ...]:
    """Application order (design §2, Lanes)."""
    promotion, coupon = candidate.promotion, candidate.coupon
    shares = promotion.funding
    others = max(shares.platform_bp, shares.brand_bp)
    first = promotion.lane == Lane.COUPON and shares.station_bp > others
    expiry = coupon.valid_until if coupon else datetime(9999, 1, 1, tzinfo=UTC)
    place = (LANES.index(promotion.lane), 0 if first else 1, promotion.sequence, promotion.code)
    return *place, expiry, coupon.id if coupon else 0


def _subsets(size: int, most: int) -> Iterator[tuple[int, ...]]:
    for members in range(min(size, most) + 1):
        yield from combinations(range(size), members)


def _combination(order: Order, members: tuple[Candidate, ...]) -> Combination | None:
    outcome = apply(order, members)
    if outcome is None:
        return None
    payable = sum(outcome.lines) + order.fee
    return Combination(members, payable, outcome.discounts, outcome.lines, outcome.points)
