"""The laws of every price, each a property over random purchases (see tests/oracle)."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.engine import payable_if_forced, price, price_many, quote
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.checkout.quote import ChoiceImpossible, PriceLineKind, UnlockKind
from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.promotions.legality import rivals
from app.domain.promotions.reason import Outcome
from app.domain.shared.money import ceil_ratio, half_up
from tests.oracle.random_cases import random_choice, random_purchase, shuffled, with_coupon

rngs = st.integers(0, 10**6).map(Random)
purchases = rngs.map(random_purchase)


@given(purchases)
def test_parts_add_up_from_the_pump_amount_to_the_payable(asked: Purchase) -> None:
    answer = quote(asked)
    found, lines = answer.price, answer.lines
    total = 0
    for line in lines:
        total += line.amount_fen
        assert line.running_total_fen == total
    assert total == found.payable_fen
    pump = found.measure.pump_amount_fen
    assert pump + found.non_fuel_fen + found.fee_fen - found.discount_fen == found.payable_fen
    assert sum(offer.discount_fen for offer in found.applied) == found.discount_fen
    assert lines[0].kind is PriceLineKind.PUMP_AMOUNT


@given(purchases)
def test_nothing_is_negative_and_every_applied_offer_gives_something(asked: Purchase) -> None:
    found = price(asked)
    assert found.payable_fen >= min(
        asked.minimum_payable_fen, found.payable_fen + found.discount_fen
    )
    assert found.payable_fen >= 0
    assert all(offer.discount_fen > 0 and offer.cut_fen >= 0 for offer in found.applied)


@given(purchases)
def test_the_fuel_never_falls_below_its_floor(asked: Purchase) -> None:
    found = price(asked)
    volume = found.measure.volume_ml
    floor_mill = asked.product.floor_price_mill_per_litre
    floor_fen = ceil_ratio(floor_mill * volume.numerator, volume.denominator * 10_000)
    assert found.fuel_payable_fen >= min(found.measure.pump_amount_fen, floor_fen)


@given(purchases)
def test_the_headline_is_what_is_paid_over_exact_litres(asked: Purchase) -> None:
    found = price(asked)
    paid_fen = found.fuel_payable_fen + found.fee_fen
    assert found.unit_price_mill == half_up(paid_fen * 10 / found.litres)


@given(rngs)
def test_one_more_coupon_never_raises_the_payable(rng: Random) -> None:
    asked = random_purchase(rng)
    assert price(with_coupon(rng, asked)).payable_fen <= price(asked).payable_fen


@given(rngs)
def test_the_order_of_the_input_does_not_matter(rng: Random) -> None:
    asked = random_purchase(rng)
    other = quote(shuffled(rng, asked))
    same = quote(asked)
    assert replace(other.price, purchase=asked) == same.price
    assert (other.lines, other.unapplied, other.unlocks) == (
        same.lines,
        same.unapplied,
        same.unlocks,
    )


@given(purchases)
def test_many_places_are_priced_as_each_alone(asked: Purchase) -> None:
    dearer = replace(asked.product, floor_price_mill_per_litre=5_000)
    places = [(asked.station, asked.product), (asked.station, dearer)]
    assert price_many(asked, places) == [price(asked), price(replace(asked, product=dearer))]


@given(purchases)
def test_no_two_applied_offers_clash(asked: Purchase) -> None:
    members = [offer.candidate.promotion for offer in price(asked).applied]
    assert not any(rivals(members))
    assert len(members) <= asked.max_offers


@given(purchases)
def test_every_candidate_is_explained_exactly_once_and_with_a_reason(asked: Purchase) -> None:
    answer = quote(asked)
    named = [offer.candidate for offer in (*answer.price.applied, *answer.unapplied)]
    ids = [candidate.coupon.id for candidate in named if candidate.coupon is not None]
    codes = [c.promotion.code for c in named if c.coupon is None]
    assert sorted(ids) == sorted(coupon.id for coupon in asked.shopper.coupons)
    assert sorted(codes) == sorted(p.code for p in asked.rules if p.delivery is None)
    assert all(offer.reasons for offer in answer.unapplied)


@given(purchases)
def test_what_is_beaten_would_cost_no_less_if_forced(asked: Purchase) -> None:
    answer = quote(asked)
    for offer in answer.unapplied:
        forced = payable_if_forced(asked, offer.candidate)
        if offer.outcome is Outcome.INELIGIBLE:
            assert forced is None
        if offer.outcome is Outcome.BEATEN:
            assert forced is not None
            assert forced >= answer.price.payable_fen


@given(rngs)
def test_a_choice_of_ones_own_costs_exactly_what_it_forgoes(rng: Random) -> None:
    asked = random_purchase(rng)
    chosen = replace(asked, choice=random_choice(rng, asked))
    try:
        found = price(chosen)
    except ChoiceImpossible:
        return
    assert found.payable_fen - found.certificate.forgone_fen == price(asked).payable_fen
    taken = {offer.candidate.coupon.id for offer in found.applied if offer.candidate.coupon}
    if chosen.choice.coupon_ids is not None:
        assert taken == chosen.choice.coupon_ids


@given(purchases)
def test_choosing_the_best_by_hand_gives_the_best(asked: Purchase) -> None:
    free = price(asked)
    members = [offer.candidate for offer in free.applied]
    same = OfferChoice(
        coupon_ids=frozenset(c.coupon.id for c in members if c.coupon is not None),
        forced_codes=frozenset(c.promotion.code for c in members),
    )
    by_hand = price(replace(asked, choice=same))
    assert by_hand.applied == free.applied
    assert by_hand.certificate.forgone_fen == 0


@given(purchases, st.integers(0, 12))
def test_the_certificate_holds_at_any_node_budget(asked: Purchase, budget: int) -> None:
    best = price(asked)
    assert best.certificate.exact
    assert best.certificate.lower_bound_fen == best.payable_fen
    hasty = price(replace(asked, node_budget=budget))
    assert hasty.certificate.lower_bound_fen <= best.payable_fen <= hasty.payable_fen
    assert not hasty.certificate.exact or hasty.applied == best.applied


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
