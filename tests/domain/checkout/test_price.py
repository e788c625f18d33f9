"""The price of one purchase: the order of a discount, the choice, ties, the certificate."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.checkout.engine import price, price_many
from app.domain.checkout.purchase import NonFuelLine, Purchase
from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.promotions.benefits import (
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
)
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.terms import Base, Lane, LineKind
from tests.domain.promotions.builders import (
    NOON,
    batch,
    coupon,
    holder,
    product,
    promotion,
    purchase,
    station,
)

BOTH_LINES = frozenset({LineKind.FUEL, LineKind.NON_FUEL})


def applied(asked: Purchase) -> list[tuple[str, int]]:
    return [(a.candidate.promotion.code, a.discount_fen) for a in price(asked).applied]


def held(asked: Purchase) -> list[int]:
    coupons = [a.candidate.coupon for a in price(asked).applied]
    return [c.id for c in coupons if c is not None]


def test_without_offers_the_pump_amount_and_the_fee_are_paid() -> None:
    plain = price(purchase(station=station(service_fee_fen=150)))
    assert (plain.payable_fen, plain.discount_fen, plain.fee_fen) == (20_150, 0, 150)
    assert plain.certificate.exact


def test_the_headline_counts_the_fee_and_not_other_goods() -> None:
    goods = (NonFuelLine(label="水", amount_fen=500),)
    asked = purchase(station=station(service_fee_fen=100), non_fuel=goods, fill=LitresFill(30_000))
    mixed = price(asked)
    assert mixed.payable_fen == 20_850 + 500 + 100
    assert mixed.unit_price_mill == 6_983  # 20,950 fen ÷ 30 litres = 6.98333… yuan


def test_a_discount_is_rounded_once_then_capped_then_limited_then_cut() -> None:
    third = promotion("A", PercentOff(off_bp=3_333), cap_fen=3_000)
    assert applied(purchase([promotion("A", PercentOff(off_bp=3_333))])) == [("A", 6_666)]
    assert applied(purchase([third])) == [("A", 3_000)]
    limited = replace(third, budget_fen=2_000)
    assert applied(purchase([limited])) == [("A", 2_000)]
    cut = price(purchase([limited], product=product(floor_mill=6_500)))
    assert [(a.discount_fen, a.cut_fen) for a in cut.applied] == [(1_294, 706)]
    assert cut.fuel_payable_fen == 18_706  # ceil(6.5 x 28.7769… litres)


def test_refuse_partial_gives_nothing_where_less_is_left() -> None:
    whole = promotion("A", 500, refuse_partial=True)
    assert applied(purchase([replace(whole, budget_fen=499)])) == []
    assert applied(purchase([replace(whole, budget_fen=500)])) == [("A", 500)]


def test_the_one_that_crosses_the_floor_is_cut_and_later_ones_get_nothing() -> None:
    offers = [
        promotion("A", 800, Lane.UNIT_PRICE),
        promotion("B", 800),
        promotion("C", 1, Lane.PAYMENT),
    ]
    floor = product(floor_mill=6_500)
    found = price(purchase(offers, product=floor))
    assert [(a.discount_fen, a.cut_fen) for a in found.applied] == [(800, 0), (494, 306)]
    assert found.payable_fen == 18_706


def test_a_platform_price_aims_at_the_price_after_what_came_before() -> None:
    offers = [
        promotion("A", 1_000, Lane.UNIT_PRICE),
        promotion("B", PlatformPrice(price_mill_per_litre=6_000)),
    ]
    assert price(purchase(offers, fill=LitresFill(30_000))).payable_fen == 18_000


def test_a_running_threshold_is_judged_where_the_offer_applies() -> None:
    needs = (ThresholdAmount(min_fen=19_500),)
    late = promotion("B", 300, Lane.PAYMENT, conditions=needs, threshold_base=Base.RUNNING)
    assert applied(purchase([promotion("A", 500), late])) == [("A", 500), ("B", 300)]
    assert applied(purchase([promotion("A", 501), late])) == [("A", 501)]


def test_points_burn_whole_steps_and_nothing_of_them_counts_as_cut() -> None:
    steps = PointsRedemption(points_per_step=10, fen_per_step=7)
    offer = promotion("P", steps, Lane.POINTS)
    asked = purchase(
        [offer], shopper=holder(points_available=999), use_points=True, minimum_payable_fen=19_900
    )
    (burnt,) = price(asked).applied
    assert (burnt.discount_fen, burnt.cut_fen, burnt.points) == (98, 0, 140)
    assert applied(replace(asked, use_points=False)) == []


def test_a_scope_without_fuel_has_no_litres() -> None:
    goods = (NonFuelLine(label="水", amount_fen=500),)
    by_litre = promotion(
        "A", PerLitreOff(off_mill_per_litre=100), scope=frozenset({LineKind.NON_FUEL})
    )
    assert applied(purchase([by_litre], non_fuel=goods)) == []
    both = replace(by_litre, scope=BOTH_LINES)
    assert applied(purchase([both], non_fuel=goods)) == [("A", 288)]


def test_max_offers_counts_points() -> None:
    offers = [
        promotion("A", 500, Lane.UNIT_PRICE),
        promotion("B", 400),
        promotion("P", PointsRedemption(points_per_step=1, fen_per_step=1), Lane.POINTS),
    ]
    asked = purchase(offers, shopper=holder(points_available=450), use_points=True, max_offers=2)
    assert applied(asked) == [("A", 500), ("P", 450)]


class TestTies:
    """The first that differs decides (design §2, Choice)."""

    def test_fewer_coupons(self) -> None:
        offers = [promotion("A", 500), batch("B", 500, exclusivity_group="g")]
        rival = replace(offers[0], exclusivity_group="g")
        asked = purchase([rival, offers[1]], shopper=holder(coupon(1, "B")))
        assert applied(asked) == [("A", 500)]

    def test_fewer_points(self) -> None:
        cheap = PointsRedemption(points_per_step=1, fen_per_step=100)
        dear = PointsRedemption(points_per_step=2, fen_per_step=100)
        offers = [promotion(c, b, Lane.POINTS, cap_fen=500) for c, b in (("A", dear), ("B", cheap))]
        asked = purchase(offers, shopper=holder(points_available=900), use_points=True)
        assert applied(asked) == [("B", 500)]

    def test_the_sooner_expiry(self) -> None:
        batches = [batch("A", 500), batch("B", 500)]
        sooner = coupon(2, "B", valid_until=NOON + timedelta(days=1))
        assert held(purchase(batches, shopper=holder(coupon(1, "A"), sooner))) == [2]

    def test_fewer_members(self) -> None:
        small = [
            promotion("A", 250, Lane.UNIT_PRICE, refuses_lanes=frozenset({Lane.PAYMENT})),
            promotion("B", 250),
        ]
        big = promotion("C", 500, Lane.PAYMENT, refuses_lanes=frozenset({Lane.ACTIVITY}))
        assert applied(purchase([*small, big])) == [("C", 500)]

    def test_the_lower_code_then_the_lower_id(self) -> None:
        assert applied(purchase([promotion("B", 500), promotion("A", 500)])) == [("A", 500)]
        terms = batch("A", 500)
        assert held(purchase([terms], shopper=holder(coupon(9, "A"), coupon(3, "A")))) == [3]


def stacking(number: int) -> dict[str, Any]:
    """Coupons that all stack, worth 100, 101, 102, … fen."""
    tags = frozenset({"t"})
    batches = [
        batch(f"C{i:02}", 100 + i, tags=tags, stacks_with=frozenset({"tag:t"}))
        for i in range(number)
    ]
    shopper = holder(*(coupon(i + 1, f"C{i:02}") for i in range(number)))
    return {"promotions": batches, "shopper": shopper, "max_offers": number}


def test_over_the_node_budget_the_answer_is_honest() -> None:
    asked = purchase(**stacking(14), minimum_payable_fen=19_200)
    exact = price(replace(asked, node_budget=None))
    hasty = price(replace(asked, node_budget=3))
    assert exact.certificate.exact
    assert exact.certificate.lower_bound_fen == exact.payable_fen
    assert not hasty.certificate.exact
    assert hasty.certificate.nodes == 3
    assert hasty.certificate.lower_bound_fen <= exact.payable_fen <= hasty.payable_fen


def test_a_race_to_the_floor_stays_small() -> None:
    raced = price(purchase(**stacking(20), minimum_payable_fen=18_900, node_budget=None))
    assert raced.payable_fen == 18_900
    assert raced.certificate.nodes < 2_000
    assert len(raced.applied) == 10  # the ten dearest make 1,145; the nine dearest 1,035


def test_many_places_give_the_same_prices_as_each_alone() -> None:
    offers = [
        promotion("A", 500, conditions=(OfBrand(brands=frozenset({"sinopec"})),)),
        promotion(
            "B", 400, conditions=(Schedule(windows=(TimeWindow(start="11:00", end="13:00"),)),)
        ),
        batch("C", PerLitreOff(off_mill_per_litre=200)),
    ]
    asked = purchase(offers, shopper=holder(coupon(1, "C")))
    places = [
        (station(id=i, code=f"test:{i}", brand_code=brand, time_zone=zone), product(price))
        for i, (brand, zone, price) in enumerate(
            [
                ("sinopec", "Asia/Shanghai", 7_000),
                ("shell", "Asia/Shanghai", 7_100),
                ("sinopec", "Australia/Sydney", 7_200),
                ("shell", "Australia/Sydney", 7_300),
            ]
        )
    ]
    alone = [price(replace(asked, station=where, product=what)) for where, what in places]
    assert price_many(asked, places) == alone
    assert [len(found.applied) for found in alone] == [2, 2, 2, 1]


@pytest.mark.parametrize("fill", [AmountFill(1), LitresFill(1)])
def test_the_smallest_fill_is_priced(fill: AmountFill | LitresFill) -> None:
    offers = [promotion("A", PercentOff(off_bp=9_999)), promotion("B", 5, Lane.PAYMENT)]
    assert price(purchase(offers, fill=fill)).payable_fen == 0
