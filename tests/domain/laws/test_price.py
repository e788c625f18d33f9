"""Laws of every price: what adds up, what never falls below, and what makes no difference."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.engine import price, price_many, quote
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import PriceLineKind
from app.domain.shared.money import ceil_ratio, half_up
from tests.domain.laws.purchases import purchases, rngs
from tests.oracle.random_cases import random_purchase, shuffled


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


@given(rngs, st.booleans())
def test_the_headline_is_the_price_of_the_preview(rng: Random, use_points: bool) -> None:
    """A card is priced with others, a preview alone and with its explanations."""
    asked = replace(random_purchase(rng), use_points=use_points)
    elsewhere = replace(asked.product, floor_price_mill_per_litre=4_000)
    cards = price_many(asked, [(asked.station, elsewhere), (asked.station, asked.product)])
    preview = quote(asked).price
    assert cards[1].payable_fen == preview.payable_fen
    assert cards[1].unit_price_mill == preview.unit_price_mill
    assert cards[1].applied == preview.applied
