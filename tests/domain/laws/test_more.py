"""Laws of more: more fuel, more litres, more time."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.engine import price, quote
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Quote, UnlockKind
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.promotions.benefits import PerLitreOff, TieredAmount, TieredLitres
from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.benefits.tiered_amount import AmountTier
from app.domain.promotions.benefits.tiered_litres import LitresTier
from app.domain.promotions.reason import Outcome
from app.domain.promotions.terms import Amount, TierMode
from app.domain.shared.money import half_up
from app.domain.stations.station import Demand, Remoteness
from tests.domain.laws.purchases import (
    purchases,
    rngs,
    widened,
    widened_coupon,
    with_rules,
    with_windows,
)
from tests.domain.promotions.builders import product, promotion, purchase
from tests.oracle.random_cases import random_purchase

bounds = st.lists(st.integers(1_000, 90_000), min_size=1, max_size=5, unique=True).map(sorted)
offs = st.lists(st.integers(1, 900), min_size=5, max_size=5, unique=True)
"""One a tier, each of its own, in no order: what is taken off tells the tier, not the other way."""
pump_prices = st.integers(4_000, 12_000)
fills = st.one_of(
    st.integers(1_000, 200_000).map(AmountFill), st.integers(1_000, 250_000).map(LitresFill)
)


@given(bounds, offs, pump_prices, fills, fills, st.booleans())
def test_the_tier_of_a_promotion_does_not_fall_as_the_fill_grows(
    bounds: list[int], offs: list[int], price_mill: int, one: Fill, other: Fill, by_litres: bool
) -> None:
    """Of one promotion on the pump base, whichever way the fill is said."""
    offer = promotion("T", _tiers(bounds, offs, by_litres=by_litres))
    answers = [
        price(purchase([offer], product=product(price_mill), fill=fill)) for fill in (one, other)
    ]
    less, more = sorted(answers, key=lambda answer: answer.measure.volume_ml)
    assert less.measure.pump_amount_fen <= more.measure.pump_amount_fen
    assert _tier(less.discount_fen, offs) <= _tier(more.discount_fen, offs)


def _tiers(bounds: Sequence[int], offs: Sequence[int], *, by_litres: bool) -> object:
    pairs = list(zip(bounds, offs, strict=False))
    if by_litres:
        steps = tuple(LitresTier(from_ml=b, off=Amount(off_fen=off)) for b, off in pairs)
        return TieredLitres(mode=TierMode.WHOLE, tiers=steps)
    tiers = tuple(AmountTier(from_fen=b, off=Amount(off_fen=off)) for b, off in pairs)
    return TieredAmount(mode=TierMode.WHOLE, tiers=tiers)


def _tier(discount_fen: int, offs: Sequence[int]) -> int:
    """-1 below the first tier."""
    return offs.index(discount_fen) if discount_fen else -1


@given(rngs)
def test_widening_a_promotions_own_window_keeps_it_eligible_and_never_raises_the_payable(
    rng: Random,
) -> None:
    asked = with_windows(rng, random_purchase(rng))
    promotions = list(asked.rules)
    index = rng.randrange(len(promotions))
    promotions[index] = widened(rng, promotions[index])
    coupons = [widened_coupon(rng, c) for c in asked.shopper.coupons[:1]]
    wider = with_rules(asked, promotions, [*coupons, *asked.shopper.coupons[1:]])
    before, after = quote(asked), quote(wider)
    assert _eligible(before) <= _eligible(after)
    assert after.price.certificate.exact
    assert after.price.payable_fen <= before.price.payable_fen


def _eligible(answer: Quote) -> set[tuple[str, int]]:
    candidates = [offer.candidate for offer in answer.price.applied]
    candidates += [o.candidate for o in answer.unapplied if o.outcome is Outcome.BEATEN]
    return {(c.promotion.code, c.coupon.id if c.coupon else 0) for c in candidates}


@given(st.integers(1, 5_000), st.fractions(1, 200), st.fractions(0, 50))
def test_before_rounding_a_per_litre_discount_scales_with_litres(
    off_mill: int, litres: Fraction, times: Fraction
) -> None:
    """With no cap, slice, tier, factor or clamp."""
    benefit = PerLitreOff(off_mill_per_litre=off_mill)
    once = Fraction(*benefit.worth(_basis(litres), 0))
    assert Fraction(*benefit.worth(_basis(litres * times), 0)) == once * times
    assert once == off_mill * litres / 10


@given(st.integers(1, 3_000), pump_prices, st.integers(100, 200_000))
def test_a_per_litre_discount_is_its_exact_worth_rounded_once(
    off_mill: int, price_mill: int, volume_ml: int
) -> None:
    offer = promotion("P", PerLitreOff(off_mill_per_litre=off_mill))
    asked = purchase([offer], product=product(price_mill), fill=LitresFill(volume_ml))
    assert price(asked).discount_fen == half_up(Fraction(off_mill * volume_ml, 10_000))


def _basis(litres: Fraction) -> Basis:
    volume = litres * 1_000
    ratio = (volume.numerator, volume.denominator)
    return Basis(
        pump_fen=0,
        volume_ml=ratio,
        fill_ml=ratio,
        demand=Demand.OFF_PEAK,
        remoteness=Remoteness.URBAN,
    )


@given(purchases)
def test_every_hint_to_buy_more_is_kept(asked: Purchase) -> None:
    answer = quote(asked)
    for hint in answer.unlocks:
        if hint.kind is not UnlockKind.BUY_MORE:
            continue
        fill = asked.fill
        if isinstance(fill, AmountFill):
            more = AmountFill(fill.pump_amount_fen + (hint.add_fen or 0))
        else:
            more = LitresFill(fill.volume_ml + (hint.add_ml or 0))
        then = price(replace(asked, fill=more))
        assert then.payable_fen == hint.payable_then_fen
        assert hint.candidate in [offer.candidate for offer in then.applied]
        assert hint.saves_fen > 0
