"""The fast path against the straight one, over many places: same answers, search statistics apart.

The purchases are those of `random_cases` with conditions of every kind added, at stations that
differ in all that conditions and bills look at, at moments around windows and days.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from app.domain.checkout.many import WORTH_A_BATCH, price_all
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price
from app.domain.checkout.straight import price_straight
from app.domain.profiles.member import MemberTier
from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Remoteness, Station, StationProduct
from tests.oracle.random_cases import MOMENT, random_purchase

GRADES = (FuelGrade.GASOLINE_92, FuelGrade.GASOLINE_95)
REGIONS = ("110000", "110101", "110102", "310000", "310115")
BRANDS, TAGS, SEGMENTS = ("a", "b", "c"), ("t", "u"), ("s", "r")
CLOCKS = ("00:00", "05:30", "12:30", "12:31", "13:30", "22:00")
ZONES = ("Asia/Shanghai", "Asia/Tokyo")
Place = tuple[Station, StationProduct]


def path_differences(rng: Random) -> Iterator[str]:
    """Where the two paths differ on one random purchase at up to 14 places."""
    purchase = targeted_purchase(rng)
    places = random_places(rng, purchase, rng.choice((1, 3, WORTH_A_BATCH, 14)))
    fast = price_all(purchase, places)
    straight = price_straight(purchase, places)
    for number, (quick, slow) in enumerate(zip(fast, straight, strict=True)):
        if comparable(quick) != comparable(slow):
            yield (
                f"place {number} of {len(places)}: fast {quick.payable_fen} by "
                f"{_applied(quick)}, straight {slow.payable_fen} by {_applied(slow)}"
            )


def targeted_purchase(rng: Random) -> Purchase:
    """A random purchase whose promotions have more conditions, by a shopper of some kind."""
    purchase = random_purchase(rng)
    promotions = [_aimed(rng, promotion) for promotion in purchase.rules]
    moment = MOMENT + timedelta(
        days=rng.randint(-3, 3), minutes=rng.choice((-1, 0, 0, 1, 60, 570, 700)), seconds=30
    )
    goods = purchase.non_fuel if rng.random() < 0.2 else ()
    return replace(
        purchase,
        rules=RuleBook.of("1", promotions),
        shopper=_shopper(rng, purchase.shopper),
        moment=moment,
        payment_method=rng.choice((None, *PaymentMethod)),
        non_fuel=goods,
    )


def random_places(rng: Random, purchase: Purchase, count: int) -> list[Place]:
    return [_place(rng, purchase, number) for number in range(count)]


def comparable(price: Price) -> Price:
    """Without search statistics."""
    return replace(price, certificate=replace(price.certificate, nodes=0))


def _applied(price: Price) -> list[tuple[str, int]]:
    return [(offer.candidate.promotion.code, offer.discount_fen) for offer in price.applied]


def _place(rng: Random, purchase: Purchase, number: int) -> Place:
    station = replace(
        purchase.station,
        id=number,
        code=f"fuzz:{rng.randint(1, 3)}",
        brand_code=rng.choice(BRANDS),
        region_code=rng.choice(REGIONS),
        tags=frozenset(tag for tag in TAGS if rng.random() < 0.5),
        time_zone=rng.choice(ZONES),
        remoteness=rng.choice(list(Remoteness)),
        peak_hours=frozenset(rng.sample(range(24), 8)),
        service_fee_fen=rng.choice((0, 0, 150)),
    )
    price = purchase.product.pump_price.points[0]
    dearer = replace(
        price, price_mill_per_litre=price.price_mill_per_litre + rng.choice((0, 7, 90))
    )
    product = replace(
        purchase.product,
        station_id=number,
        fuel_grade=rng.choice(GRADES),
        pump_price=replace(purchase.product.pump_price, points=(dearer,)),
        floor_price_mill_per_litre=rng.choice((0, 0, 4_500, 6_900)),
    )
    return station, product


def _shopper(rng: Random, shopper: Shopper) -> Shopper:
    channel = rng.choice((None, *Channel))
    if rng.random() < 0.15:
        return Shopper(channel=channel)
    return replace(
        shopper,
        tier=rng.choice(list(MemberTier)),
        segments=frozenset(s for s in SEGMENTS if rng.random() < 0.5),
        first_order=rng.random() < 0.5,
        channel=channel,
    )


def _aimed(rng: Random, promotion: Promotion) -> Promotion:
    """With up to three more conditions, now and then two of a kind; and a validity near now."""
    more = tuple(_condition(rng) for _ in range(rng.choice((0, 0, 1, 1, 2, 3))))
    validity = promotion.validity
    if promotion.delivery is None and rng.random() < 0.3:
        start = MOMENT + timedelta(days=rng.randint(-4, 1))
        ends = rng.choice((None, start + timedelta(days=rng.randint(1, 5))))
        validity = Validity(starts_at=rng.choice((None, start)), ends_at=ends)
    return replace(promotion, conditions=(*promotion.conditions, *more), validity=validity)


def _condition(rng: Random) -> Condition:
    made: tuple[Condition, ...] = (
        AtStation(stations=frozenset(rng.sample(("fuzz:1", "fuzz:2", "fuzz:3"), 2))),
        OfBrand(brands=frozenset(rng.sample(BRANDS, 2))),
        InRegion(regions=frozenset(rng.sample(REGIONS, 2))),
        WithTag(tags=frozenset({rng.choice(TAGS)})),
        OfFuelGrade(fuel_grades=frozenset({rng.choice(GRADES)})),
        _schedule(rng),
        _schedule(rng),
        IsFirstOrder(),
        InSegment(segments=frozenset({rng.choice(SEGMENTS)})),
        OfMemberTier(at_least=rng.choice(list(MemberTier))),
        InChannel(channels=frozenset(rng.sample(list(Channel), 2))),
        ByPaymentMethod(methods=frozenset(rng.sample(list(PaymentMethod), 4))),
        ThresholdAmount(min_fen=rng.choice((5_000, 19_999, 20_000, 20_001))),
        ThresholdLitres(min_ml=rng.choice((10_000, 29_999, 30_000, 30_001))),
    )
    return rng.choice(made)


def _schedule(rng: Random) -> Schedule:
    windows = tuple(
        TimeWindow(start=start, end=rng.choice((*CLOCKS[1:], "24:00")))
        for start in rng.sample(CLOCKS, rng.choice((1, 1, 2)))
    )
    days = frozenset(rng.sample(range(1, 8), 4))
    return Schedule(
        windows=windows if rng.random() < 0.7 else (),
        days_of_week=days,
        days_of_month=rng.choice((frozenset[int](), frozenset(range(15, 20)))),
    )
