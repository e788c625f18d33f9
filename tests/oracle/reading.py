"""One combination priced by a slow, straight reading of design §2, with Fractions throughout.

Written apart from the engine: it shares the engine's input values, and no arithmetic with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

from app.domain.checkout.purchase import Purchase
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.benefits import (
    AmountOff,
    Dynamic,
    Exchange,
    FirstNLitres,
    PaymentOffer,
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
    TieredAmount,
    TieredLitres,
)
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Amount, Base, LineKind, Off, PerLitre, TierMode


@dataclass(frozen=True)
class Order:
    """`litres` exact; `lines`: fuel, then non-fuel, in fen; `fuel_least`: the floor in fen."""

    purchase: Purchase
    litres: Fraction
    lines: tuple[int, ...]
    fuel_least: int

    @property
    def fee(self) -> int:
        return self.purchase.station.service_fee_fen


@dataclass(frozen=True)
class Outcome:
    """Discounts and points by member; None where a member gives nothing, so it is not legal."""

    lines: tuple[int, ...]
    discounts: tuple[int, ...]
    points: int


def order_of(purchase: Purchase) -> Order:
    price = Fraction(purchase.product.pump_price_mill_at(purchase.moment), 10)  # fen per litre
    if isinstance(purchase.fill, AmountFill):
        amount = purchase.fill.pump_amount_fen
        litres = amount / price
    else:
        litres = Fraction(purchase.fill.volume_ml, 1000)
        amount = rounded(price * litres)
    at_floor = ceil(Fraction(purchase.product.floor_price_mill_per_litre, 10) * litres)
    lines = (amount, *(line.amount_fen for line in purchase.non_fuel))
    return Order(purchase, litres, lines, min(amount, at_floor))


def rounded(exact: Fraction) -> int:
    """Half up."""
    return floor(exact + Fraction(1, 2))


def apply(order: Order, members: Sequence[Candidate]) -> Outcome | None:
    """The members one after the other, given in application order."""
    lines, discounts, points = order.lines, [], 0
    for member in members:
        discount = discount_of(order, member.promotion, lines)
        if discount <= 0:
            return None
        benefit = member.promotion.benefit
        if isinstance(benefit, PointsRedemption):
            points += discount // benefit.fen_per_step * benefit.points_per_step
        discounts.append(discount)
        lines = spread(order, member.promotion, lines, discount)
    return Outcome(lines, tuple(discounts), points)


def discount_of(order: Order, promotion: Promotion, lines: tuple[int, ...]) -> int:
    running = scoped(promotion, lines)
    if promotion.threshold_base is Base.RUNNING:
        for condition in promotion.conditions:
            if isinstance(condition, ThresholdAmount) and running < condition.min_fen:
                return 0
    room = headroom(order, promotion, lines)
    if isinstance(promotion.benefit, PointsRedemption):
        return _points(order, promotion, running, room)
    amount = rounded(_worth(order, promotion, running))
    if promotion.cap_fen is not None:
        amount = min(amount, promotion.cap_fen)
    left = money_left(order, promotion)
    if left is not None and left < amount:
        amount = 0 if promotion.refuse_partial else left
    return min(amount, room)


def money_left(order: Order, promotion: Promotion) -> int | None:
    """What budget and limits leave; 0 where a count is reached; None: nothing bounds it."""
    purchase = order.purchase
    named = {
        "USER": None if purchase.shopper.user_id is None else str(purchase.shopper.user_id),
        "DEVICE": purchase.shopper.device_id,
        "PERSON": purchase.shopper.person_id,
        "STATION": purchase.station.code,
        "TOTAL": "",
    }
    today = purchase.moment.astimezone(ZoneInfo(promotion.validity.time_zone)).date()
    begun = {
        "DAY": today,
        "WEEK": today - timedelta(days=today.isoweekday() - 1),
        "MONTH": date(today.year, today.month, 1),
        "EVER": date(1970, 1, 1),
    }
    left: list[int] = []
    bounds = [(x.per, x.period, x.max_uses, x.max_fen) for x in promotion.limits]
    if promotion.budget_fen is not None:
        bounds.append((LimitPer.TOTAL, LimitPeriod.EVER, None, promotion.budget_fen))
    for per, period, uses, fen in bounds:
        if purchase.usage.unread and per in ("STATION", "TOTAL"):
            return 0
        key = (promotion.code, per, named[per], period, begun[period])
        used = {tuple(k): v for k, v in purchase.usage.counters.items()}.get(key)
        if uses is not None and (used.uses if used else 0) >= uses:
            return 0
        if fen is not None:
            left.append(max(0, fen - (used.fen if used else 0)))
    return min(left, default=None)


def scoped(promotion: Promotion, lines: tuple[int, ...]) -> int:
    fuel = lines[0] if LineKind.FUEL in promotion.scope else 0
    others = sum(lines[1:]) if LineKind.NON_FUEL in promotion.scope else 0
    return fuel + others


def headroom(order: Order, promotion: Promotion, lines: tuple[int, ...]) -> int:
    over_floor = 0
    if LineKind.FUEL in promotion.scope:
        over_floor += lines[0] - order.fuel_least
    if LineKind.NON_FUEL in promotion.scope:
        over_floor += sum(lines[1:])
    over_minimum = sum(lines) + order.fee - order.purchase.minimum_payable_fen
    return max(0, min(over_floor, over_minimum))


def spread(
    order: Order, promotion: Promotion, lines: tuple[int, ...], discount: int
) -> tuple[int, ...]:
    """By running amount, largest remainder, tie to the lower line; the fuel's excess moves on."""
    inside = [
        i
        for i in range(len(lines))
        if (LineKind.FUEL if i == 0 else LineKind.NON_FUEL) in promotion.scope
    ]
    parts = _shares(discount, {i: lines[i] for i in inside})
    fuel_room = lines[0] - order.fuel_least
    if parts.get(0, 0) > fuel_room:
        parts = _shares(discount - fuel_room, {i: lines[i] for i in inside if i})
        parts[0] = fuel_room
    return tuple(amount - parts.get(i, 0) for i, amount in enumerate(lines))


def _shares(amount: int, weights: dict[int, int]) -> dict[int, int]:
    total = sum(weights.values())
    exact = {i: Fraction(amount * weight, total) for i, weight in weights.items()}
    parts = {i: floor(share) for i, share in exact.items()}
    order = sorted(weights, key=lambda i: (parts[i] - exact[i], i))
    for i in order[: amount - sum(parts.values())]:
        parts[i] += 1
    return parts


def _points(order: Order, promotion: Promotion, running: int, room: int) -> int:
    benefit = promotion.benefit
    assert isinstance(benefit, PointsRedemption)
    balance = order.purchase.shopper.points_available
    limits = [
        Fraction(balance, benefit.points_per_step) * benefit.fen_per_step,
        Fraction(benefit.max_bp, 10_000) * _percent_base(order, promotion, running),
    ]
    if promotion.cap_fen is not None:
        limits.append(Fraction(promotion.cap_fen))
    step = benefit.fen_per_step
    uncut = floor(min(limits) / step) * step
    left = money_left(order, promotion)
    if left is not None and left < uncut:
        uncut = 0 if promotion.refuse_partial else left
    return floor(Fraction(min(uncut, room), step)) * step


def _percent_base(order: Order, promotion: Promotion, running: int) -> int:
    return running if promotion.percent_base is Base.RUNNING else scoped(promotion, order.lines)


def _worth(order: Order, promotion: Promotion, running: int) -> Fraction:
    benefit = promotion.benefit
    litres = order.litres if LineKind.FUEL in promotion.scope else Fraction(0)
    base = _percent_base(order, promotion, running)
    if isinstance(benefit, PerLitreOff):
        return Fraction(benefit.off_mill_per_litre, 10) * litres
    if isinstance(benefit, PlatformPrice):
        target = rounded(Fraction(benefit.price_mill_per_litre, 10) * litres)
        return Fraction(max(0, running - target))
    if isinstance(benefit, AmountOff):
        return Fraction(benefit.off_fen)
    if isinstance(benefit, PercentOff):
        return Fraction(benefit.off_bp, 10_000) * base
    return _other_worth(order, promotion, running, base, litres)


def _other_worth(
    order: Order, promotion: Promotion, running: int, base: int, litres: Fraction
) -> Fraction:
    benefit = promotion.benefit
    if isinstance(benefit, FirstNLitres):
        if litres == 0:
            return Fraction(0)
        first = min(Fraction(benefit.first_ml, 1000), litres)
        return _slice(benefit.off, base, litres, first / litres)
    if isinstance(benefit, PaymentOffer):
        return _slice(benefit.off, base, litres, Fraction(1))
    if isinstance(benefit, Dynamic):
        return _off(benefit.strength, _strength(order, benefit), base, litres)
    if isinstance(benefit, Exchange):
        return _exchange(order, promotion, benefit, running)
    assert isinstance(benefit, TieredAmount | TieredLitres)
    return _tiers(order, promotion, benefit, running)


def _exchange(order: Order, promotion: Promotion, benefit: Exchange, running: int) -> Fraction:
    free = Fraction(benefit.free_fen or 0)
    if benefit.free_ml is not None:
        amount = Fraction(scoped(promotion, order.lines))
        had = min(Fraction(benefit.free_ml, 1000), order.litres)
        free = amount * had / order.litres
    return min(free, Fraction(running))


def _tiers(
    order: Order, promotion: Promotion, benefit: TieredAmount | TieredLitres, running: int
) -> Fraction:
    litres = order.litres if LineKind.FUEL in promotion.scope else Fraction(0)
    base = _percent_base(order, promotion, running)
    if isinstance(benefit, TieredAmount):
        on_running = promotion.threshold_base is Base.RUNNING
        measure = Fraction(running if on_running else scoped(promotion, order.lines))
        tiers = [(Fraction(tier.from_fen), tier.off) for tier in benefit.tiers]
    else:
        measure = litres
        tiers = [(Fraction(tier.from_ml, 1000), tier.off) for tier in benefit.tiers]
    if benefit.mode is TierMode.WHOLE:
        reached = [off for bound, off in tiers if bound <= measure]
        return _slice(reached[-1], base, litres, Fraction(1)) if reached else Fraction(0)
    total = Fraction(0)
    for i, (start, off) in enumerate(tiers):
        end = min(measure, tiers[i + 1][0]) if i + 1 < len(tiers) else measure
        if end > start:
            total += _slice(off, base, litres, (end - start) / measure)
    return total


def _slice(off: Off, base: int, litres: Fraction, weight: Fraction) -> Fraction:
    if isinstance(off, Amount):
        return Fraction(off.off_fen)
    strength = off.off_mill_per_litre if isinstance(off, PerLitre) else off.off_bp
    return _off(off, Fraction(strength), base, litres) * weight


def _off(off: Off, strength: Fraction, base: int, litres: Fraction) -> Fraction:
    if isinstance(off, Amount):
        return strength
    return strength / 10 * litres if isinstance(off, PerLitre) else strength / 10_000 * base


def _strength(order: Order, benefit: Dynamic) -> Fraction:
    off, station = benefit.strength, order.purchase.station
    if isinstance(off, Amount):
        strength = Fraction(off.off_fen)
    else:
        strength = Fraction(off.off_mill_per_litre if isinstance(off, PerLitre) else off.off_bp)
    demand = station.demand_at(order.purchase.moment)
    times = [f.factor_bp for f in benefit.time_factors if f.demand == demand]
    places = [f.factor_bp for f in benefit.place_factors if f.remoteness == station.remoteness]
    volumes = [f.factor_bp for f in benefit.volume_factors if order.litres * 1000 >= f.from_ml]
    shopper = order.purchase.shopper
    tiers = [f.factor_bp for f in benefit.tier_factors if f.tier == shopper.tier]
    if shopper.user_id is None:
        tiers = []
    for matches in (times, places, volumes, tiers):
        if matches:
            strength *= Fraction(matches[0], 10_000)
    if benefit.min_strength is not None:
        strength = max(strength, Fraction(benefit.min_strength))
    if benefit.max_strength is not None:
        strength = min(strength, Fraction(benefit.max_strength))
    return strength
