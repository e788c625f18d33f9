"""What `bench.engine` measures: promotions aimed like a country's, a city of stations, wallets.

Everything is drawn from a seed, so two machines measure the same work.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from app.domain.checkout.purchase import Purchase
from app.domain.pricing.fill import AmountFill
from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import (
    AmountOff,
    Benefit,
    PercentOff,
    PerLitreOff,
    PlatformPrice,
    PointsRedemption,
    TieredAmount,
)
from app.domain.promotions.benefits.tiered_amount import AmountTier
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
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import Amount, Lane, TierMode
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText
from app.domain.stations.station import (
    PriceHistory,
    PricePoint,
    Remoteness,
    Station,
    StationProduct,
)
from app.domain.wallet.coupon import Coupon, CouponStatus

MOMENT = datetime(2026, 5, 18, 4, 30, tzinfo=UTC)
NATION_STATIONS = 2_000
CITY_STATIONS = 150
DISTRICTS = 300
SEGMENTS = 60
BRANDS = tuple(f"brand-{i}" for i in range(12))
TAGS = ("partner", "flagship", "weekend", "new")
GRADES = (FuelGrade.GASOLINE_92, FuelGrade.GASOLINE_95)
LANES = (Lane.UNIT_PRICE, Lane.UNIT_PRICE, Lane.ACTIVITY, Lane.ACTIVITY, Lane.ACTIVITY)
Place = tuple[Station, StationProduct]


def city() -> list[Place]:
    """150 stations of one city, each with 92#: 40 prices, 12 brands, 12 districts."""
    rng = Random("city")
    return [_station(rng, number) for number in range(CITY_STATIONS)]


def _station(rng: Random, number: int) -> Place:
    product = StationProduct(
        station_id=number,
        fuel_grade=FuelGrade.GASOLINE_92,
        nozzles=("1",),
        pump_price=PriceHistory(
            (PricePoint(MOMENT - timedelta(days=3), 6_800 + 10 * rng.randint(0, 39)),)
        ),
        floor_price_mill_per_litre=rng.choice((0, 0, 5_500)),
    )
    station = Station(
        id=number,
        code=f"bench:{number}",
        name=f"油站 {number}",
        brand_code=rng.choice(BRANDS),
        region_code=_district(rng.randint(0, 11)),
        address="",
        latitude_e7=0,
        longitude_e7=0,
        time_zone="Asia/Shanghai",
        tags=frozenset(tag for tag in TAGS if rng.random() < 0.3),
        remoteness=rng.choice(list(Remoteness)),
        peak_hours=frozenset({12}) if rng.random() < 0.3 else frozenset(),
        products={product.fuel_grade: product},
    )
    return station, product


def _district(number: int) -> str:
    return str(110_101 + number // 25 * 10_000 + number % 25)


def targeted(count: int) -> list[Promotion]:
    """`count` automatic promotions, each aimed by place and some by time and viewer too.

    The first ones are the same at any count. Of every 20, one is aimed at a brand or a tag and one
    at all stations while there are few; the others at up to five stations of 2,000, or a district
    of 300, half of these for one segment of 60.
    """
    rng = Random("targeted")
    return [_targeted(rng, number) for number in range(count)]


def _targeted(rng: Random, number: int) -> Promotion:
    lane = Lane.PAYMENT if number % 10 == 9 else rng.choice(LANES)
    conditions: list[Condition] = [_place(rng, number)]
    if rng.random() < 0.5 and number >= 40:
        conditions.append(InSegment(segments=frozenset({f"segment-{rng.randrange(SEGMENTS)}"})))
    if rng.random() < 0.4:
        conditions.append(_moment_or_viewer(rng))
    if rng.random() < 0.4:
        conditions.append(ThresholdAmount(min_fen=rng.choice((10_000, 15_000, 20_000, 30_000))))
    if lane is Lane.PAYMENT:
        conditions.append(ByPaymentMethod(methods=frozenset({rng.choice(list(PaymentMethod))})))
    starts = MOMENT + timedelta(days=rng.choice((-30, -20, -10, -10, 5)))
    return Promotion(
        code=f"targeted-{number}",
        title=LocalizedText(zh=f"定向活动 {number}"),
        lane=lane,
        benefit=_benefit(rng, lane),
        conditions=tuple(conditions),
        validity=Validity(starts_at=starts, ends_at=starts + timedelta(days=60)),
        sequence=rng.randint(1, 50),
        tags=frozenset({"bonus"}) if rng.random() < 0.1 else frozenset({"plain"}),
        stacks_with=frozenset({"tag:bonus", "tag:plain"}) if rng.random() < 0.1 else frozenset(),
        cap_fen=rng.choice((None, None, 800, 1_500)),
    )


def _place(rng: Random, number: int) -> Condition:
    if number < 40 and number % 4:
        return rng.choice(
            (
                OfBrand(brands=frozenset(rng.sample(BRANDS, 3))),
                WithTag(tags=frozenset({rng.choice(TAGS)})),
                OfFuelGrade(fuel_grades=frozenset(GRADES)),
                InRegion(regions=frozenset({"110000"})),
            )
        )
    if rng.random() < 0.5:
        numbers = rng.sample(range(NATION_STATIONS), rng.randint(1, 5))
        return AtStation(stations=frozenset(f"bench:{n}" for n in numbers))
    return InRegion(regions=frozenset({_district(rng.randrange(DISTRICTS))}))


def _moment_or_viewer(rng: Random) -> Condition:
    start = rng.choice(("00:00", "07:00", "11:00", "17:00", "21:30"))
    return rng.choice(
        (
            Schedule(windows=(TimeWindow(start=start, end=rng.choice(("05:30", "14:00"))),)),
            Schedule(days_of_week=frozenset(rng.sample(range(1, 8), 3))),
            OfMemberTier(at_least=rng.choice(list(MemberTier))),
            InChannel(channels=frozenset({rng.choice(list(Channel))})),
            IsFirstOrder(),
        )
    )


def _benefit(rng: Random, lane: Lane) -> Benefit:
    if lane is Lane.UNIT_PRICE:
        return rng.choice(
            (
                PerLitreOff(off_mill_per_litre=rng.choice((100, 200, 300, 400))),
                PlatformPrice(price_mill_per_litre=rng.choice((6_500, 6_700, 6_900))),
            )
        )
    tiers = (AmountTier(from_fen=10_000, off=Amount(off_fen=rng.choice((200, 300, 500)))),)
    return rng.choice(
        (
            AmountOff(off_fen=rng.choice((100, 300, 500, 900))),
            PercentOff(off_bp=rng.choice((100, 200, 500))),
            TieredAmount(mode=TierMode.WHOLE, tiers=tiers),
        )
    )


def batches(kinds: int) -> list[Promotion]:
    """Coupon batches: each stacks with no other, and with itself in one case of five."""
    rng = Random("batches")
    return [_batch(rng, number) for number in range(kinds)]


def _batch(rng: Random, number: int) -> Promotion:
    code = f"batch-{number}"
    return Promotion(
        code=code,
        title=LocalizedText(zh=f"券 {number}"),
        lane=Lane.COUPON,
        benefit=rng.choice(
            (
                AmountOff(off_fen=100 * rng.randint(3, 20)),
                PercentOff(off_bp=100 * rng.randint(1, 8)),
            )
        ),
        conditions=(ThresholdAmount(min_fen=rng.choice((10_000, 20_000, 30_000))),),
        delivery=CouponDelivery(valid_days_from_claim=30),
        sequence=number,
        cap_fen=2_000,
        stacks_with=frozenset({code}) if number % 5 == 4 else frozenset(),
    )


def wallet(coupons: int, kinds: int) -> tuple[Coupon, ...]:
    """`coupons` usable coupons spread over `kinds` batches."""
    rng = Random("wallet")
    return tuple(
        Coupon(
            id=number + 1,
            user_id=7,
            batch_code=f"batch-{number % kinds}",
            stored_status=CouponStatus.USABLE,
            claimed_at=MOMENT - timedelta(days=1),
            valid_from=MOMENT - timedelta(days=1),
            valid_until=MOMENT + timedelta(days=rng.randint(1, 30)),
        )
        for number in range(coupons)
    )


def purchase(promotions: list[Promotion], coupons: int = 10, kinds: int = 10) -> Purchase:
    """200 yuan of 92# by a gold member of three segments, at the first station of the city."""
    station, product = city()[0]
    return Purchase(
        station=station,
        product=product,
        fill=AmountFill(20_000),
        moment=MOMENT,
        rules=RuleBook.of("1", [*promotions, *batches(kinds), points()]),
        shopper=Shopper(
            user_id=7,
            tier=MemberTier.GOLD,
            segments=frozenset({"segment-1", "segment-2", "segment-3"}),
            channel=Channel.APP,
            points_available=3_000,
            coupons=wallet(coupons, kinds),
        ),
        payment_method=PaymentMethod.WECHAT_PAY,
        use_points=True,
    )


def points() -> Promotion:
    return Promotion(
        code="points",
        title=LocalizedText(zh="积分抵扣"),
        lane=Lane.POINTS,
        benefit=PointsRedemption(points_per_step=100, fen_per_step=100, max_bp=1_000),
    )


def typical(rng: Random, offers: int) -> Purchase:
    """Offers as platforms have them: a few of each lane, one of a lane applies, a bonus beside."""
    lanes = [Lane.UNIT_PRICE, Lane.UNIT_PRICE, Lane.ACTIVITY, Lane.ACTIVITY, Lane.COUPON]
    lanes += [Lane.COUPON, Lane.COUPON, Lane.PAYMENT]
    promotions = [_plain(rng, number, rng.choice(lanes)) for number in range(offers)]
    return _at_one_station(rng, promotions)


def _plain(rng: Random, number: int, lane: Lane) -> Promotion:
    bonus = rng.random() < 0.15
    conditions = (ThresholdAmount(min_fen=10_000),) if rng.random() < 0.4 else ()
    return Promotion(
        code=f"offer-{number}",
        title=LocalizedText(zh=f"优惠 {number}"),
        lane=lane,
        benefit=_benefit(rng, lane),
        conditions=conditions,
        delivery=CouponDelivery(valid_days_from_claim=9) if lane is Lane.COUPON else None,
        sequence=rng.randint(1, 9),
        tags=frozenset({"bonus" if bonus else "plain"}),
        stacks_with=frozenset({"tag:plain"}) if bonus else frozenset({"tag:bonus"}),
        cap_fen=rng.choice((None, None, 1_000, 2_000)),
    )


def adversarial(rng: Random, offers: int) -> Purchase:
    """Many groups, tight caps, a stack limit of 6, and everything else stacks; in some cases a
    floor that many combinations race to, with coupons that differ little."""
    lanes = [Lane.ACTIVITY, Lane.COUPON, Lane.COUPON, Lane.PAYMENT]
    race = rng.random() < 0.3
    promotions = [
        replace(
            _plain(rng, number, Lane.COUPON if race else rng.choice(lanes)),
            benefit=_racing(rng),
            stacks_with=frozenset({"tag:bonus", "tag:plain"}),
            exclusivity_group=None if race else rng.choice((None, "a", "b", "c", "d", "e", "f")),
            cap_fen=rng.choice((None, 290, 300, 310, 500)),
            conditions=(),
        )
        for number in range(offers)
    ]
    floor = 6_200 if race else rng.choice((0, 0, 6_000))
    return replace(_at_one_station(rng, promotions, floor), max_offers=6)


def _racing(rng: Random) -> Benefit:
    return rng.choice(
        (
            AmountOff(off_fen=rng.choice((299, 300, 301, 450))),
            PercentOff(off_bp=rng.choice((149, 150, 151, 300))),
        )
    )


def _at_one_station(rng: Random, promotions: list[Promotion], floor_mill: int = 0) -> Purchase:
    station, product = city()[0]
    held = [p for p in promotions if p.delivery is not None]
    coupons = tuple(
        replace(
            wallet(1, 1)[0],
            id=number + 1,
            batch_code=batch.code,
            valid_until=MOMENT + timedelta(days=rng.randint(1, 30)),
        )
        for number, batch in enumerate(held)
    )
    return Purchase(
        station=station,
        product=replace(product, floor_price_mill_per_litre=floor_mill),
        fill=AmountFill(20_000),
        moment=MOMENT,
        rules=RuleBook.of("1", promotions),
        shopper=Shopper(user_id=7, coupons=coupons),
        payment_method=PaymentMethod.WECHAT_PAY,
    )
