"""What a demo member is like, before their orders and coupons are made: drawn, or a persona."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

from app.domain.profiles.member import MemberTier
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod
from app.domain.wallet.coupon import CouponStatus
from app.integrations.demo_seed.people import nickname
from app.ports.seeding import SeedStation

FIRST_USER_ID = 1_000_001
"""Ids of generated members begin here: the database itself counts from 1."""

HOME_PERCENT = 25
LAPSED_AFTER_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponPlan:
    """`count` coupons of a batch; `ends_in_days` below 0: they have ended."""

    batch: str
    count: int
    ends_in_days: int
    status: CouponStatus = CouponStatus.USABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlan:
    """`stations`: where this member refuels, the usual one first. `coupons` None: drawn."""

    user_id: int
    nickname: str
    tier: MemberTier
    segments: frozenset[str]
    joined_days_ago: int
    stations: tuple[SeedStation, ...]
    fuel_grade: FuelGrade
    usual_pump_amount_fen: int
    usual_volume_ml: int | None = None
    orders: int
    order_every_days: int
    last_order_days_ago: int
    payment_method: PaymentMethod | None
    use_points: bool = False
    personalised: bool = True
    language: str = "zh-CN"
    remembers_fuel: bool = False
    points: int
    fuel_credit_fen: int
    favourites: tuple[int, ...] = ()
    coupons: tuple[CouponPlan, ...] | None = None
    share_code: str | None = None

    @property
    def index(self) -> int:
        return self.user_id - FIRST_USER_ID


def read_personas(path: Path, stations: Sequence[SeedStation]) -> Iterator[MemberPlan]:
    """The personas, in the file's order; their user ids count up from the first."""
    by_code = {seeded.station.code: seeded for seeded in stations}
    for persona in yaml.safe_load(path.read_text("utf-8"))["personas"]:
        yield _persona(persona, by_code)


def _persona(persona: Mapping[str, Any], by_code: Mapping[str, SeedStation]) -> MemberPlan:
    usual = by_code.get(persona["station"]) or next(iter(by_code.values()))
    grade = FuelGrade(persona["fuel_grade"])
    if grade not in usual.station.products:
        grade = next(iter(usual.station.products))
    favourites = [by_code[code] for code in persona.get("favourites", ()) if code in by_code]
    method = persona.get("payment_method")
    return MemberPlan(
        user_id=persona["user_id"],
        nickname=persona["nickname"],
        tier=MemberTier(persona["tier"]),
        segments=frozenset(persona.get("segments", ())),
        joined_days_ago=persona["joined_days_ago"],
        stations=(usual, *_others(usual, list(by_code.values()), grade)),
        fuel_grade=grade,
        usual_pump_amount_fen=persona["usual_pump_amount_fen"],
        usual_volume_ml=persona.get("usual_volume_ml"),
        orders=persona["orders"],
        order_every_days=persona.get("order_every_days", 10),
        last_order_days_ago=persona.get("last_order_days_ago", 0),
        payment_method=PaymentMethod(method) if method else None,
        use_points=persona.get("use_points", False),
        personalised=persona.get("personalised", True),
        language=persona.get("language", "zh-CN"),
        remembers_fuel=persona["orders"] > 0,
        points=persona["points"],
        fuel_credit_fen=persona.get("fuel_credit_fen", 0),
        favourites=tuple(seeded.station.id for seeded in favourites),
        coupons=tuple(_coupons(planned) for planned in persona.get("coupons", ())),
        share_code=persona.get("share_code"),
    )


def _coupons(planned: Mapping[str, Any]) -> CouponPlan:
    return CouponPlan(
        batch=planned["batch"],
        count=planned["count"],
        ends_in_days=planned["ends_in_days"],
        status=CouponStatus(planned.get("status", "USABLE")),
    )


def _others(
    usual: SeedStation, stations: Sequence[SeedStation], grade: FuelGrade
) -> tuple[SeedStation, ...]:
    """Two more stations of the city that sell the grade."""
    city = usual.station.code.partition("-")[0]
    same = (
        seeded
        for seeded in stations
        if seeded is not usual
        and seeded.station.code.startswith(city + "-")
        and grade in seeded.station.products
    )
    return tuple(seeded for seeded, _ in zip(same, range(2), strict=False))


def draw_plans(
    stations: Sequence[SeedStation], first_index: int, count: int, seed: int
) -> Iterator[MemberPlan]:
    """Members from `first_index` on, each from random numbers of its own."""
    cities: dict[str, list[SeedStation]] = {}
    for seeded in stations:
        cities.setdefault(seeded.station.code.partition("-")[0], []).append(seeded)
    places = list(cities.values())
    for index in range(first_index, count):
        rng = Random(f"{seed}:member:{index}")
        home = rng.randrange(100) < HOME_PERCENT
        yield _drawn(index, places[0] if home else rng.choice(places), rng)


def _drawn(index: int, city: list[SeedStation], rng: Random) -> MemberPlan:
    grade, freight = _vehicle(rng)
    orders = _order_count(rng)
    lapsed = orders > 0 and rng.randrange(100) < 12
    every = rng.choice((4, 5, 6)) if freight else rng.randint(5, 24)
    last = rng.randint(LAPSED_AFTER_DAYS + 5, 400) if lapsed else rng.randint(0, every)
    joined = last + orders * every + rng.randint(3, 120)
    stations = _usual_stations(city, grade, rng)
    tier = _tier(orders, lapsed, rng)
    return MemberPlan(
        user_id=FIRST_USER_ID + index,
        nickname=nickname(rng),
        tier=tier,
        segments=_segments(orders, every, lapsed, freight, rng),
        joined_days_ago=joined,
        stations=stations,
        fuel_grade=grade,
        usual_pump_amount_fen=_usual_amount(grade, freight, rng),
        orders=orders,
        order_every_days=every,
        last_order_days_ago=last,
        payment_method=_payment(freight, rng) if orders and rng.randrange(100) < 80 else None,
        use_points=rng.randrange(100) < 22,
        personalised=rng.randrange(100) >= 6,
        remembers_fuel=rng.randrange(100) < 35,
        points=orders * rng.randint(40, 260),
        fuel_credit_fen=0,
        favourites=tuple(
            seeded.station.id
            for seeded in stations[: rng.choices((0, 1, 2, 3), (55, 28, 12, 5))[0]]
        ),
    )


def _vehicle(rng: Random) -> tuple[FuelGrade, bool]:
    grade = rng.choices(
        (
            FuelGrade.GASOLINE_92,
            FuelGrade.GASOLINE_95,
            FuelGrade.GASOLINE_98,
            FuelGrade.DIESEL_0,
        ),
        (58, 28, 4, 10),
    )[0]
    return grade, grade is FuelGrade.DIESEL_0 and rng.randrange(100) < 70


def _order_count(rng: Random) -> int:
    least, most = rng.choices(((0, 0), (1, 5), (6, 15), (16, 40)), (8, 26, 40, 26))[0]
    return rng.randint(least, most)


def _tier(orders: int, lapsed: bool, rng: Random) -> MemberTier:
    """More orders, higher tiers more often."""
    score = orders + rng.randint(-8, 10) - (10 if lapsed else 0)
    if score >= 40:
        return MemberTier.PLATINUM
    if score >= 26:
        return MemberTier.GOLD
    return MemberTier.SILVER if score >= 13 else MemberTier.BASIC


def _segments(orders: int, every: int, lapsed: bool, freight: bool, rng: Random) -> frozenset[str]:
    drawn = {
        "lapsed": lapsed,
        "freight": freight,
        "ride-hailing": not freight and every <= 6 and rng.randrange(100) < 45,
        "high-value": orders >= 20 and not lapsed,
        "commuter": not freight and rng.randrange(100) < 40,
        "night-owl": rng.randrange(100) < 8,
        "price-sensitive": rng.randrange(100) < 20,
    }
    return frozenset(segment for segment, holds in drawn.items() if holds)


def _usual_stations(
    city: list[SeedStation], grade: FuelGrade, rng: Random
) -> tuple[SeedStation, ...]:
    """Up to three that sell the grade; where none does, three that sell something."""
    selling = [seeded for seeded in city if grade in seeded.station.products] or city
    return tuple(rng.sample(selling, min(3, len(selling))))


def _usual_amount(grade: FuelGrade, freight: bool, rng: Random) -> int:
    """In fen, a multiple of ten yuan."""
    if freight:
        return rng.randint(60, 200) * 1_000
    least, most = {
        FuelType.GASOLINE: (15, 32),
        FuelType.DIESEL: (20, 45),
    }[grade.fuel_type]
    more = 8 if grade in (FuelGrade.GASOLINE_95, FuelGrade.GASOLINE_98) else 0
    return rng.randint(least + more, most + more) * 1_000


def _payment(freight: bool, rng: Random) -> PaymentMethod:
    if freight and rng.randrange(100) < 50:
        return PaymentMethod.FUEL_CARD
    methods = (
        PaymentMethod.WECHAT_PAY,
        PaymentMethod.ALIPAY,
        PaymentMethod.UNIONPAY,
        PaymentMethod.FUEL_CARD,
    )
    return rng.choices(methods, (62, 25, 8, 5))[0]
