"""Each persona shows what it is there to show, priced by the engine."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from app.domain.checkout.engine import quote
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Quote, UnlockKind
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.promotions.reason import Outcome, ReasonCode
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import Lane
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Station
from app.domain.wallet.coupon import CouponStatus
from app.integrations.demo_seed.source import SEED_FOLDER
from app.ports.seeding import SeedMember
from tests.support.seeded import MOMENT, full_seed, make

PERSONAS: dict[str, dict[str, Any]] = {
    persona["name"]: persona
    for persona in yaml.safe_load((SEED_FOLDER / "personas.yaml").read_text("utf-8"))["personas"]
}
MEMBERS = {each.member.user_id: each for each in full_seed().members}
STATIONS = {seeded.station.code: seeded.station for seeded in full_seed().stations}
RULES = RuleBook.of("1", full_seed().promotions)

MOMENTS = [
    MOMENT,
    datetime(2026, 11, 23, 10, tzinfo=UTC),  # 18:00, peak
    datetime(2026, 11, 24, 15, tzinfo=UTC),  # Tuesday 23:00
    datetime(2026, 11, 28, 2, tzinfo=UTC),  # a Saturday and member day
]


def _persona(name: str) -> SeedMember:
    return MEMBERS[PERSONAS[name]["user_id"]]


def _shopper(each: SeedMember) -> Shopper:
    return Shopper(
        user_id=each.member.user_id,
        tier=each.member.tier,
        segments=each.member.segments,
        first_order=not any(order.status.counts for order in each.orders),
        channel=Channel.MINI_PROGRAM,
        points_available=each.points.available,
        coupons=tuple(
            coupon
            for coupon in each.coupons
            if coupon.stored_status in (CouponStatus.USABLE, CouponStatus.RESERVED)
        ),
    )


def _quote(
    name: str, moment: datetime = MOMENT, fill: Fill | None = None, station: Station | None = None
) -> Quote:
    each, persona = _persona(name), PERSONAS[name]
    at = station or STATIONS[persona["station"]]
    return quote(
        Purchase(
            station=at,
            product=at.products[FuelGrade(persona["fuel_grade"])],
            fill=fill or AmountFill(persona["usual_pump_amount_fen"]),
            moment=moment,
            rules=RULES,
            shopper=_shopper(each),
            payment_method=each.member.preferences.usual_payment_method,
            use_points=each.member.preferences.use_points,
        )
    )


def _applied(answer: Quote) -> set[str]:
    return {offer.candidate.promotion.code for offer in answer.price.applied}


def _share(answer: Quote) -> float:
    return answer.price.payable_fen / answer.price.measure.pump_amount_fen


def test_there_are_the_five_that_the_demo_promises_and_more():
    promised = {"new-user", "regular", "gold-member", "lapsed", "heavy-coupon-holder"}
    assert promised < set(PERSONAS)
    titles = [persona["title"] for persona in PERSONAS.values()]
    assert {"新用户", "老用户", "金卡会员", "流失用户", "券多多"} < set(titles)
    assert [p["user_id"] for p in PERSONAS.values()] == [
        1_000_001 + index for index in range(len(PERSONAS))
    ]


def test_they_are_the_same_in_a_small_seed_but_for_stations_that_it_lacks():
    small = {each.member.user_id: each for each in make().members}
    for persona in PERSONAS.values():
        mine, full = small[persona["user_id"]], MEMBERS[persona["user_id"]]
        assert mine.member == full.member
        assert mine.coupons == full.coupons
        assert len(mine.orders) == len(full.orders) == persona["orders"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", PERSONAS)
def test_every_preview_stacks_offers_and_stays_plausible(name: str, moment: datetime):
    answer = _quote(name, moment)
    lanes = {offer.candidate.promotion.lane for offer in answer.price.applied}
    assert len(lanes) >= 2
    assert 0.80 <= _share(answer) <= 0.97
    assert answer.price.certificate.exact
    assert any(offer.outcome is Outcome.BEATEN for offer in answer.unapplied)
    assert any(offer.outcome is Outcome.INELIGIBLE for offer in answer.unapplied)


def test_new_user_has_no_orders_and_gets_the_first_order_offer():
    each = _persona("new-user")
    assert each.orders == ()
    assert each.coupons == ()
    answer = _quote("new-user")
    assert "first-order-15" in _applied(answer)
    claims = [u.candidate.promotion.code for u in answer.unlocks if u.kind is UnlockKind.CLAIM]
    assert "welcome-10" in claims


def test_regular_customer_stacks_four_lanes_and_may_buy_more():
    each = _persona("regular")
    assert len(each.orders) == 26
    answer = _quote("regular")
    lanes = {offer.candidate.promotion.lane for offer in answer.price.applied}
    assert lanes == {Lane.UNIT_PRICE, Lane.ACTIVITY, Lane.COUPON, Lane.PAYMENT}
    assert UnlockKind.BUY_MORE in {unlock.kind for unlock in answer.unlocks}
    clashes = [r for o in answer.unapplied for r in o.reasons if r.code is ReasonCode.CLASH]
    assert clashes


def test_gold_member_gets_the_extra_reduction_and_burns_points():
    answer = _quote("gold-member")
    assert {"sinopec-95-north", "gold-extra-010", "gold-birthday-15"} <= _applied(answer)
    points = [o for o in answer.price.applied if o.candidate.promotion.lane is Lane.POINTS]
    assert points[0].points > 0


def test_lapsed_customer_was_away_over_90_days_and_is_won_back_once():
    each = _persona("lapsed")
    assert MOMENT - each.orders[-1].placed_at > timedelta(days=90)
    assert "lapsed" in each.member.segments
    answer = _quote("lapsed")
    welcome = {"win-back-12", "win-back-200-15"}
    assert len(_applied(answer) & welcome) == 1
    (beaten,) = [o for o in answer.unapplied if o.candidate.promotion.code == "win-back-12"]
    assert beaten.outcome is Outcome.BEATEN
    assert {c.promotion.code for c in beaten.conflicts} >= {"win-back-200-15"}


def test_heavy_holder_has_over_200_coupons_in_every_status():
    each = _persona("heavy-coupon-holder")
    statuses = Counter(coupon.status_at(MOMENT) for coupon in each.coupons)
    assert len(each.coupons) > 200
    assert set(statuses) == set(CouponStatus)
    assert statuses[CouponStatus.USABLE] > 150


def test_non_personalised_is_like_the_regular_but_for_the_switch():
    mine, theirs = _persona("non-personalised"), _persona("regular")
    assert not mine.member.preferences.personalised
    assert theirs.member.preferences.personalised
    assert mine.member.segments == theirs.member.segments


def test_diesel_driver_buys_in_bulk_at_a_logistics_station():
    each = _persona("diesel-driver")
    assert {order.terms.fuel_grade for order in each.orders} == {FuelGrade.DIESEL_0}
    assert {"freight-diesel-060", "diesel-500-25", "fuel-card-99"} <= _applied(
        _quote("diesel-driver")
    )


def test_driver_of_98_pays_no_official_price_and_has_one_coupon_more_to_claim():
    answer = _quote("premium-98")
    assert answer.price.purchase.product.ceiling is None
    assert "flagship-98-080" in _applied(answer)


def test_english_speaker_remembers_litres():
    preferences = _persona("english-speaker").member.preferences
    assert preferences.language == "en"
    assert preferences.usual_fill == LitresFill(40_000)


def test_an_exclusive_offer_stands_alone_until_the_others_together_beat_it():
    anniversary = STATIONS["demo:110000-006"]
    below = _quote("non-personalised", station=anniversary, fill=AmountFill(19_900))
    assert _applied(below) == {"anniversary-90"}
    reached = _quote("non-personalised", station=anniversary, fill=AmountFill(20_000))
    assert len(_applied(reached)) > 2
    (alone,) = [o for o in reached.unapplied if o.candidate.promotion.code == "anniversary-90"]
    assert alone.outcome is Outcome.BEATEN
    assert {c.promotion.code for c in alone.conflicts} == _applied(reached)


def test_somewhere_a_floor_price_cuts_an_offer():
    floored = [
        station
        for station in STATIONS.values()
        if (product := station.products.get(FuelGrade.GASOLINE_92))
        and product.floor_price_mill_per_litre
    ]
    quotes = [_quote("regular", station=station) for station in floored[:40]]
    assert any(offer.cut_fen > 0 for answer in quotes for offer in answer.price.applied)
