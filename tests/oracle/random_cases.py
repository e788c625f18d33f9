"""Random purchases made to be nasty: lanes, groups, handshakes, running thresholds, caps, floors,
minimum payable, points, money limits, other goods and a fee, at amounts where they all collide."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from app.domain.checkout.purchase import NonFuelLine, OfferChoice, Purchase
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import (
    Benefit,
    Exchange,
    PaymentOffer,
    PlatformPrice,
)
from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.limits import Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import (
    Base,
    Funding,
    Lane,
    LineKind,
)
from app.domain.promotions.usage import CounterKey, Usage, Used
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
from tests.oracle.random_benefits import benefit_in

MOMENT = datetime(2026, 5, 18, 4, 30, tzinfo=UTC)
CODES = tuple("ABCDEFGHIJKLMN")
TAGS = ("x", "y")
FUEL = frozenset({LineKind.FUEL})
GOODS = frozenset({LineKind.NON_FUEL})
PER_ONE = (LimitPer.USER, LimitPer.DEVICE, LimitPer.PERSON, LimitPer.STATION)
SCOPES = (FUEL, FUEL, FUEL, FUEL | GOODS, GOODS)


def random_purchase(rng: Random, candidates: int | None = None) -> Purchase:
    """A free choice among `candidates` (3 to 10, mostly 6 to 9, where none is given)."""
    wanted = candidates or rng.choice((3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 10))
    goods = tuple(
        NonFuelLine(label=f"goods {i}", amount_fen=rng.randint(1, 4_000))
        for i in range(rng.choice((0, 0, 0, 1, 2)))
    )
    scopes = SCOPES if goods else (FUEL, FUEL, FUEL, FUEL | GOODS)
    handshakes = rng.choice((0.1, 0.5, 0.9, 1.0))
    codes = list(CODES[:wanted])
    rng.shuffle(codes)
    promotions: list[Promotion] = []
    coupons: list[Coupon] = []
    while len(coupons) + sum(p.delivery is None for p in promotions) < wanted:
        promotion = _promotion(rng, codes.pop(), handshakes, rng.choice(scopes))
        promotions.append(promotion)
        if promotion.delivery is not None:
            left = wanted - len(coupons) - sum(p.delivery is None for p in promotions)
            for _ in range(min(left, rng.choice((1, 1, 2, 3)))):
                coupons.append(_coupon(rng, promotion.code, len(coupons) + 1))
    return _at_the_pump(rng, promotions, coupons, goods)


def random_choice(rng: Random, purchase: Purchase) -> OfferChoice:
    """A choice of some coupons, forced or excluded offers; it may be impossible."""
    ids = [coupon.id for coupon in purchase.shopper.coupons]
    codes = [p.code for p in purchase.rules if p.delivery is None]
    listed = frozenset(rng.sample(ids, rng.randint(0, min(2, len(ids)))))
    return OfferChoice(
        coupon_ids=rng.choice((None, listed)),
        forced_codes=frozenset(rng.sample(codes, rng.choice((0, 0, min(1, len(codes)))))),
        excluded_codes=frozenset(rng.sample(codes, rng.choice((0, 0, min(1, len(codes)))))),
    )


def shuffled(rng: Random, purchase: Purchase) -> Purchase:
    """The same purchase with promotions and coupons in another order."""
    promotions, coupons = list(purchase.rules), list(purchase.shopper.coupons)
    rng.shuffle(promotions)
    rng.shuffle(coupons)
    shopper = replace(purchase.shopper, coupons=tuple(coupons))
    return replace(purchase, rules=RuleBook.of("1", promotions), shopper=shopper)


def with_coupon(rng: Random, purchase: Purchase) -> Purchase:
    """The same purchase with one more coupon, of a batch of its own or of one held already."""
    coupons = purchase.shopper.coupons
    promotions = list(purchase.rules)
    held = [p for p in promotions if p.delivery is not None]
    if held and rng.random() < 0.5:
        batch = rng.choice(held)
    else:
        batch = _with_lane(rng, "Z", Lane.COUPON, 0.5, FUEL)
        promotions.append(batch)
    coupon = _coupon(rng, batch.code, len(coupons) + 1)
    shopper = replace(purchase.shopper, coupons=(*coupons, coupon))
    return replace(purchase, rules=RuleBook.of("1", promotions), shopper=shopper)


def _at_the_pump(
    rng: Random,
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon],
    goods: tuple[NonFuelLine, ...],
) -> Purchase:
    price_mill = rng.choice((5_210, 6_950, 7_777, 8_000))
    floor_mill = rng.choice((0, 0, 0, price_mill // 2, price_mill * 4 // 5, price_mill * 9 // 10))
    if rng.random() < 0.02:
        floor_mill = price_mill + 100
    product = StationProduct(
        station_id=1,
        fuel_grade=FuelGrade.GASOLINE_92,
        nozzles=("1",),
        pump_price=PriceHistory((PricePoint(MOMENT - timedelta(days=9), price_mill),)),
        floor_price_mill_per_litre=floor_mill,
    )
    return Purchase(
        station=_station(rng),
        product=product,
        fill=_fill(rng),
        moment=MOMENT,
        rules=RuleBook.of("1", promotions),
        shopper=Shopper(
            user_id=7,
            tier=rng.choice(list(MemberTier)),
            device_id=rng.choice((None, "d1")),
            points_available=rng.choice((0, 90, 1_000, 9_999)),
            coupons=tuple(coupons),
        ),
        payment_method=rng.choice((None, PaymentMethod.WECHAT_PAY)),
        use_points=rng.random() < 0.7,
        non_fuel=goods,
        minimum_payable_fen=rng.choice((0, 0, 0, 0, 1, 5_000, 15_000)),
        max_offers=rng.choice((8, 8, 8, 2, 3)),
        node_budget=None,
        usage=random_usage(rng, promotions),
    )


def _fill(rng: Random) -> Fill:
    """Mostly 200 yuan or 30 litres and a little around; now and then hardly anything."""
    if rng.random() < 0.5:
        return AmountFill(rng.choice((19_999, 20_000, 20_001, rng.randint(1, 40_000))))
    return LitresFill(rng.choice((29_999, 30_000, 30_001, rng.randint(1, 60_000))))


def _station(rng: Random) -> Station:
    return Station(
        id=1,
        code="fuzz:1",
        name="随机站",
        brand_code="b",
        region_code="110101",
        address="",
        latitude_e7=0,
        longitude_e7=0,
        time_zone="Asia/Shanghai",
        remoteness=rng.choice(list(Remoteness)),
        peak_hours=rng.choice((frozenset[int](), frozenset({12}))),
        service_fee_fen=rng.choice((0, 0, 100)),
    )


def _coupon(rng: Random, batch: str, number: int) -> Coupon:
    status = CouponStatus.RESERVED if rng.random() < 0.05 else CouponStatus.USABLE
    return Coupon(
        id=number,
        user_id=7,
        batch_code=batch,
        stored_status=status,
        claimed_at=MOMENT,
        valid_from=MOMENT - timedelta(days=rng.choice((9, 9, 9, -1))),
        valid_until=MOMENT + timedelta(days=rng.choice((1, 1, 2, 3, 30))),
    )


def _promotion(rng: Random, code: str, handshakes: float, scope: frozenset[LineKind]) -> Promotion:
    lanes = [*Lane, Lane.COUPON, Lane.COUPON, Lane.ACTIVITY]
    return _with_lane(rng, code, rng.choice(lanes), handshakes, scope)


def _with_lane(
    rng: Random, code: str, lane: Lane, handshakes: float, scope: frozenset[LineKind]
) -> Promotion:
    benefit = benefit_in(rng, lane)
    names = (*CODES, "Z", *(f"tag:{tag}" for tag in TAGS))
    ended = Validity(ends_at=MOMENT) if rng.random() < 0.03 else Validity()
    tags = frozenset(tag for tag in TAGS if rng.random() < 0.3)
    stacks_with = frozenset(name for name in names if rng.random() < handshakes)
    is_batch = lane is Lane.COUPON
    has_budget = not is_batch and benefit.counts_money
    limits = _limits(rng, LimitPer if not is_batch else PER_ONE)
    if not benefit.counts_money:
        limits = ()
    if is_batch and stacks_with & {code, *(f"tag:{tag}" for tag in tags)}:
        limits = ()
    return Promotion(
        code=code,
        title=LocalizedText(zh=code),
        lane=lane,
        benefit=benefit,
        conditions=(*_conditions(rng), *_method(rng, benefit)),
        validity=ended,
        delivery=CouponDelivery(valid_days_from_claim=3) if is_batch else None,
        scope=FUEL if _is_of_fuel(benefit) else scope,
        sequence=rng.choice((1, 1, 2, 3)),
        tags=tags,
        stacks_with=stacks_with,
        limits=limits,
        budget_fen=rng.randint(1, 2_000) if has_budget and rng.random() < 0.1 else None,
        exclusive=rng.random() < 0.05,
        exclusivity_group=rng.choice(("g", "h")) if rng.random() < 0.15 else None,
        refuses_lanes=frozenset(lane for lane in Lane if rng.random() < 0.03),
        cap_fen=rng.choice((1, 99, 500, 2_000)) if rng.random() < 0.3 else None,
        refuse_partial=rng.random() < 0.4,
        threshold_base=rng.choice((Base.PUMP, Base.PUMP, Base.RUNNING)),
        percent_base=rng.choice((Base.RUNNING, Base.RUNNING, Base.PUMP)),
        funding=rng.choice((Funding(), Funding(platform_bp=4_000, station_bp=6_000))),
        paused=rng.random() < 0.03,
    )


def _limits(rng: Random, pers: Iterable[LimitPer]) -> tuple[Limit, ...]:
    if rng.random() < 0.75:
        return ()
    count = rng.choice((1, 1, 2))
    return tuple(
        Limit(
            per=rng.choice(list(pers)),
            period=rng.choice(list(LimitPeriod)),
            max_uses=uses,
            max_fen=rng.randint(0, 2_000) if uses is None or rng.random() < 0.5 else None,
        )
        for uses in (rng.choice((None, 1, 2, 3)) for _ in range(count))
    )


def random_usage(rng: Random, promotions: Sequence[Promotion]) -> Usage:
    """Counters of this period and the one before, of the shopper and of others."""
    counters: dict[CounterKey, Used] = {}
    for promotion in promotions:
        for limit in promotion.all_limits:
            subjects = {
                LimitPer.USER: ("7", "8"),
                LimitPer.STATION: ("fuzz:1", "fuzz:2"),
                LimitPer.TOTAL: ("",),
            }.get(limit.per, ("d1", "d2"))
            for subject in subjects:
                for moment in (MOMENT, MOMENT - timedelta(days=31)):
                    start = limit.period.start(moment, promotion.validity.time_zone)
                    key = CounterKey(promotion.code, limit.per, subject, limit.period, start)
                    counters[key] = Used(rng.choice((0, 1, 2)), rng.choice((0, 300, 1_500)))
    return Usage(counters, unread=rng.random() < 0.03)


def _conditions(rng: Random) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    if rng.random() < 0.4:
        least = rng.choice((1, 5_000, 15_000, 17_000, 18_000, 19_000, 19_500, 20_000, 20_001))
        conditions.append(ThresholdAmount(min_fen=least))
    if rng.random() < 0.1:
        conditions.append(ThresholdLitres(min_ml=rng.choice((1, 10_000, 25_000, 30_000))))
    if rng.random() < 0.1:
        conditions.append(ByPaymentMethod(methods=frozenset({PaymentMethod.WECHAT_PAY})))
    return tuple(conditions)


def _method(rng: Random, benefit: Benefit) -> tuple[Condition, ...]:
    """What a payment offer needs."""
    if not isinstance(benefit, PaymentOffer):
        return ()
    other = rng.choice((PaymentMethod.WECHAT_PAY, PaymentMethod.FUEL_CARD))
    return (ByPaymentMethod(methods=frozenset({PaymentMethod.WECHAT_PAY, other})),)


def _is_of_fuel(benefit: Benefit) -> bool:
    free_litres = isinstance(benefit, Exchange) and benefit.free_ml is not None
    return free_litres or isinstance(benefit, PlatformPrice)
