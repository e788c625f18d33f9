"""Demo members at full size: habits, wallets, and no person who could be real."""

from collections import Counter
from datetime import timedelta

import pytest

from app.domain.orders.status import OrderStatus
from app.domain.profiles.member import MemberTier
from app.domain.shared.fuel import FuelType
from app.domain.wallet.coupon import CouponStatus
from app.integrations.demo_seed.plans import LAPSED_AFTER_DAYS
from app.ports.seeding import SeedMember
from tests.support.seeded import MOMENT, full_seed


@pytest.fixture(scope="module")
def members() -> list[SeedMember]:
    return list(full_seed().members)


def test_five_thousand_in_every_tier_with_nought_to_forty_orders(members: list[SeedMember]):
    assert len({each.member.user_id for each in members}) == len(members) == 5_000
    assert set(Counter(each.member.tier for each in members)) == set(MemberTier)
    counts = Counter(len(each.orders) for each in members)
    assert min(counts) == 0
    assert max(counts) == 40
    assert counts[0] > 200


def test_order_ids_and_coupon_ids_are_unique(members: list[SeedMember]):
    for of in ("orders", "coupons"):
        ids = [item.id for each in members for item in getattr(each, of)]
        assert len(set(ids)) == len(ids) > 20_000


def test_every_ending_of_an_order_occurs(members: list[SeedMember]):
    statuses = Counter(order.status for each in members for order in each.orders)
    assert {OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.PARTIALLY_REFUNDED} < set(
        statuses
    )
    assert statuses[OrderStatus.COMPLETED] > 40_000


def test_orders_are_possible(members: list[SeedMember]):
    products = {
        (product.station_id, product.fuel_grade): product
        for seeded in full_seed().stations
        for product in seeded.station.products.values()
    }
    for each in members:
        for order in each.orders:
            price = products[order.terms.station_id, order.terms.fuel_grade].pump_price_mill_at(
                order.placed_at
            )
            terms = order.terms
            assert terms.volume_ml == terms.pump_amount_fen * 10_000 // price
            assert 0 < terms.discount_fen < terms.payable_fen
            assert terms.ledger.paid_fen == terms.payable_fen
            assert each.joined_at < order.placed_at < MOMENT
            if order.completed_at is not None:
                assert order.placed_at < order.completed_at < MOMENT


def test_members_have_a_usual_station_and_amount(members: list[SeedMember]):
    for each in members:
        if len(each.orders) >= 25:
            (_, times) = Counter(order.terms.station_id for order in each.orders).most_common(1)[0]
            assert times > len(each.orders) // 3


def test_freight_drivers_buy_diesel(members: list[SeedMember]):
    freight = [each for each in members if "freight" in each.member.segments and each.orders]
    assert len(freight) > 100
    for each in freight:
        fuels = Counter(order.terms.fuel_grade.fuel_type for order in each.orders)
        assert fuels[FuelType.DIESEL] == len(each.orders)


def test_exactly_those_who_stayed_away_are_lapsed(members: list[SeedMember]):
    for each in members:
        if each.orders:
            away = MOMENT - each.orders[-1].placed_at > timedelta(days=LAPSED_AFTER_DAYS)
            assert away == ("lapsed" in each.member.segments)


def test_every_status_of_a_coupon_occurs(members: list[SeedMember]):
    statuses = Counter(coupon.status_at(MOMENT) for each in members for coupon in each.coupons)
    assert set(statuses) == set(CouponStatus)


def test_nobody_holds_more_of_a_batch_than_one_may(members: list[SeedMember]):
    limits = {p.code: p.delivery.per_user for p in full_seed().promotions if p.delivery is not None}
    for each in members:
        for batch, count in Counter(coupon.batch_code for coupon in each.coupons).items():
            assert count <= limits[batch], (each.member.user_id, batch)


def test_no_batch_is_issued_beyond_its_stock_and_one_is_sold_out():
    issued = Counter(c.batch_code for each in full_seed().members for c in each.coupons)
    stock = {p.code: p.delivery.stock for p in full_seed().promotions if p.delivery is not None}
    left = {code: number - issued[code] for code, number in stock.items() if number is not None}
    assert min(left.values()) == 0


def test_coupons_were_claimed_before_now_and_end_after_their_start(members: list[SeedMember]):
    for each in members:
        for coupon in each.coupons:
            assert coupon.claimed_at < MOMENT
            assert coupon.valid_from < coupon.valid_until


def test_phones_are_masked_and_fictitious(members: list[SeedMember]):
    phones = [each.member.phone_masked for each in members]
    assert all(phone and phone.startswith("100****") for phone in phones)


def test_some_switched_personalisation_off_or_burn_points(members: list[SeedMember]):
    preferences = [each.member.preferences for each in members]
    assert 100 < sum(not each.personalised for each in preferences) < 600
    assert 500 < sum(each.use_points for each in preferences) < 2_000
    assert any(each.usual_payment_method is None for each in preferences)
    assert any(each.favourites for each in members)
