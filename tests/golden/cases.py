"""Golden cases: promotions at work, written as data that anyone can read and compute by hand.

A file holds `about`, an optional `given` shared by its cases, and `cases`. A case holds `name`,
an optional `source` and `note`, `given` and `expect`; or `rows`, each with a `given` and an
`expect` of its own, laid over the case's. Later layers replace earlier ones field by field
(`station`, `product` and `shopper` too); the other values are replaced as a whole.

given
    station     fields of a station; left out: a city station in Shanghai, always open
    product     grade, floor_price_mill_per_litre, and pump_price_mill_per_litre or pump_prices;
                these and ceilings are [[instant, mill per litre], …]
    fill        {amount_fen: N} or {litres: "30.5"}
    moment      an instant with its offset
    shopper     guest, or tier, segments, orders (their states), channel, points; a member
                without a word about orders has completed one
    coupons     [{id, batch, from, until, reserved}]: the wallet
    promotions  promotion documents; `title` may be left out
    payment, use_points, non_fuel ([{label, amount_fen}]), minimum_payable_fen, max_offers
    choice      coupons: [ids], offers: [codes forced in], exclude: [codes]
expect (what is left out is not looked at, but `payable_fen` and `applied` always are)
    payable_fen, discount_fen, litres (shown), unit_price_mill, fixes_payment, forgone_fen,
    expires_at
    applied     [code, discount_fen] or {code, discount_fen, cut_fen, points, coupon} in order
                (a coupon is named BATCH#id in all that follows)
    not_applied code: {outcome, reasons, conflicts}; a reason is a code or {code, gap_fen, gap_ml,
                gap_count, available_from, accepted, guest}; all reasons, in order
    unlocks     [{kind, code, add_fen, add_ml, payable_then_fen, unit_price_then_mill, saves_fen}]
    lines       [kind, amount_fen, running_total_fen]
    forced      code: least payable with it, or null where it cannot be
    refused     [fault, code or coupon id or null] instead of a price
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.documents.promotions import parse_promotion
from app.documents.yaml_text import read_text
from app.domain.checkout.purchase import NonFuelLine, OfferChoice, Purchase
from app.domain.orders.status import OrderStatus
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.profiles.member import MemberTier
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import (
    PriceHistory,
    PricePoint,
    Remoteness,
    Station,
    StationProduct,
)
from app.domain.wallet.coupon import Coupon, CouponStatus

FOLDER = Path(__file__).parent / "promotions"
USER_ID = 7
LAYERED = ("station", "product", "shopper")
DEFAULTS: dict[str, Any] = {
    "station": {"brand": "sinopec", "region": "310115", "time_zone": "Asia/Shanghai"},
    "product": {"grade": "GASOLINE_92", "pump_price_mill_per_litre": 8_000},
    "fill": {"amount_fen": 20_000},
    "moment": "2026-03-10T12:00:00+08:00",
    "shopper": {},
}


@dataclass(frozen=True)
class GoldenCase:
    name: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]


def all_cases() -> Iterator[GoldenCase]:
    for path in sorted(FOLDER.rglob("*.yaml")):
        yield from cases_in(path)


def cases_in(path: Path) -> Iterator[GoldenCase]:
    document: Any = read_text(path).value
    _only(document, {"about", "given", "cases"}, str(path))
    shared = _layered(DEFAULTS, document.get("given") or {})
    for case in document["cases"]:
        _only(case, {"name", "source", "note", "given", "expect", "rows"}, str(path))
        given = _layered(shared, case.get("given") or {})
        name = f"{path.stem}: {case['name']}"
        rows = case.get("rows") or [{}]
        for number, row in enumerate(rows, start=1):
            _only(row, {"given", "expect"}, name)
            numbered = f"{name} ({number})" if "rows" in case else name
            expect = {**(case.get("expect") or {}), **(row.get("expect") or {})}
            yield GoldenCase(numbered, _layered(given, row.get("given") or {}), expect)


def purchase_of(given: Mapping[str, Any]) -> Purchase:
    """The question of a case, put to the engine."""
    _only(given, {
        "station", "product", "fill", "moment", "shopper", "coupons", "promotions", "payment",
        "use_points", "non_fuel", "minimum_payable_fen", "max_offers", "choice",
    }, "given")  # fmt: skip
    station = _station(given["station"], given["product"])
    grade = FuelGrade(given["product"]["grade"])
    moment = datetime.fromisoformat(given["moment"])
    payment = given.get("payment")
    return Purchase(
        station=station,
        product=station.products[grade],
        fill=_fill(given["fill"]),
        moment=moment,
        rules=RuleBook.of("golden", map(_promotion, given.get("promotions", []))),
        shopper=_shopper(given["shopper"], given.get("coupons", []), moment),
        payment_method=payment and PaymentMethod(payment),
        use_points=given.get("use_points", False),
        choice=_choice(given.get("choice", {})),
        non_fuel=tuple(NonFuelLine(**line) for line in given.get("non_fuel", [])),
        minimum_payable_fen=given.get("minimum_payable_fen", 0),
        max_offers=given.get("max_offers", 8),
    )


def _promotion(document: Mapping[str, Any]) -> Promotion:
    return parse_promotion({"title": {"zh": document["code"]}, **document})


def _station(given: Mapping[str, Any], product: Mapping[str, Any]) -> Station:
    _only(given, {"code", "brand", "region", "time_zone", "tags", "remoteness", "peak_hours",
                  "service_fee_fen"}, "station")  # fmt: skip
    return Station(
        id=1,
        code=given.get("code", "golden:1"),
        name="测试站",
        brand_code=given["brand"],
        region_code=given["region"],
        address="",
        latitude_e7=0,
        longitude_e7=0,
        time_zone=given["time_zone"],
        tags=frozenset(given.get("tags", [])),
        remoteness=Remoteness(given.get("remoteness", "URBAN")),
        peak_hours=frozenset(given.get("peak_hours", [])),
        service_fee_fen=given.get("service_fee_fen", 0),
        products={FuelGrade(product["grade"]): _product(product)},
    )


def _product(given: Mapping[str, Any]) -> StationProduct:
    _only(given, {"grade", "pump_price_mill_per_litre", "floor_price_mill_per_litre",
                  "pump_prices", "ceilings"}, "product")  # fmt: skip
    steady = [["2026-01-01T00:00:00+08:00", given["pump_price_mill_per_litre"]]]
    return StationProduct(
        station_id=1,
        fuel_grade=FuelGrade(given["grade"]),
        nozzles=("1",),
        pump_price=_history(given.get("pump_prices", steady)),
        ceiling=_history(given["ceilings"]) if "ceilings" in given else None,
        floor_price_mill_per_litre=given.get("floor_price_mill_per_litre", 0),
    )


def _history(points: list[tuple[str, int]]) -> PriceHistory:
    return PriceHistory(
        tuple(PricePoint(datetime.fromisoformat(since), mill) for since, mill in points)
    )


def _fill(given: Mapping[str, Any]) -> Fill:
    _only(given, {"amount_fen", "litres"}, "fill")
    if "amount_fen" in given:
        return AmountFill(given["amount_fen"])
    return LitresFill(int(Decimal(given["litres"]) * 1000))


def _shopper(given: Any, coupons: list[Mapping[str, Any]], moment: datetime) -> Shopper:
    _only(given, {"guest", "tier", "segments", "orders", "channel", "points"}, "shopper")
    channel, guest = given.get("channel"), given.get("guest", False)
    orders = given.get("orders", ["COMPLETED"])
    return Shopper(
        user_id=None if guest else USER_ID,
        tier=MemberTier(given.get("tier", "BASIC")),
        segments=frozenset(given.get("segments", [])),
        first_order=not guest and not any(OrderStatus(order).counts for order in orders),
        channel=channel and Channel(channel),
        points_available=given.get("points", 0),
        coupons=tuple(_coupon(coupon, moment) for coupon in coupons),
    )


def _coupon(given: Mapping[str, Any], moment: datetime) -> Coupon:
    """Left out: valid from a day before the moment to 30 days after it."""
    _only(given, {"id", "batch", "from", "until", "reserved"}, "coupon")
    start = given.get("from")
    end = given.get("until")
    valid_from = datetime.fromisoformat(start) if start else moment - timedelta(days=1)
    return Coupon(
        id=given["id"],
        user_id=USER_ID,
        batch_code=given["batch"],
        stored_status=CouponStatus.RESERVED if given.get("reserved") else CouponStatus.USABLE,
        claimed_at=valid_from,
        valid_from=valid_from,
        valid_until=datetime.fromisoformat(end) if end else moment + timedelta(days=30),
    )


def _choice(given: Mapping[str, Any]) -> OfferChoice:
    _only(given, {"coupons", "offers", "exclude"}, "choice")
    coupons = given.get("coupons")
    return OfferChoice(
        coupon_ids=None if coupons is None else frozenset(coupons),
        forced_codes=frozenset(given.get("offers", [])),
        excluded_codes=frozenset(given.get("exclude", [])),
    )


def _layered(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**under, **over}
    for name in LAYERED:
        if name in over and name in under:
            merged[name] = {**under[name], **over[name]}
    return merged


def _only(given: Mapping[str, Any], allowed: set[str], place: str) -> None:
    """A word that is misspelt must not pass in silence."""
    unknown = set(given) - allowed
    if unknown:
        raise ValueError(f"{place}: unknown {', '.join(sorted(unknown))}")
