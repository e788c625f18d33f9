"""Cases: promotions at work, written as data that anyone can read and compute by hand.

A file holds `about`, an optional `given` shared by its cases, and `cases`. A case holds `name`,
an optional `source` and `note`, `given` and `expect`; or `rows`, each with a `given` and an
`expect` of its own, laid over the case's. Later layers replace earlier ones field by field
(`station`, `product` and `shopper` too); the other values are replaced as a whole. The words of
`given` and `expect` are the fields of `app.documents.case_model`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.documents.case_model import (
    AmountGiven,
    CasesDocument,
    ChoiceGiven,
    CouponGiven,
    Given,
    LitresGiven,
    PricePoints,
    ProductGiven,
    ShopperGiven,
    StationGiven,
)
from app.documents.findings import DocumentInvalid, Finding, written
from app.documents.promotions import parse_promotion
from app.documents.yaml_text import Text, read_text
from app.domain.checkout.purchase import NonFuelLine, OfferChoice, Purchase
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.usage import CounterKey, Usage, Used
from app.domain.stations.station import PriceHistory, PricePoint, Station, StationProduct
from app.domain.wallet.coupon import Coupon, CouponStatus

USER_ID = 7
LAYERED = ("station", "product", "shopper")


@dataclass(frozen=True)
class Case:
    """`given` and `expect` as written, all layers laid over one another."""

    name: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]


def load_cases(path: Path) -> tuple[Case, ...]:
    """All cases of a file, in its order; a name is led by the file's.

    Raises DocumentInvalid with every word that is no word of cases. OSError: as it is.
    """
    try:
        return tuple(cases_in(read_text(path), path.stem))
    except DocumentInvalid as error:
        raise DocumentInvalid(error.findings, str(path)) from error


def cases_in(text: Text, title: str) -> Iterator[Case]:
    _refuse_unknown(text)
    document = cast("Mapping[str, Any]", text.value)
    shared = document.get("given") or {}
    for case in document["cases"]:
        given = _layered(shared, case.get("given") or {})
        name = f"{title}: {case['name']}"
        rows = case.get("rows") or [{}]
        for number, row in enumerate(rows, start=1):
            numbered = f"{name} ({number})" if "rows" in case else name
            expect = {**(case.get("expect") or {}), **(row.get("expect") or {})}
            yield Case(numbered, _layered(given, row.get("given") or {}), expect)


def purchase_of(case_given: Mapping[str, Any]) -> Purchase:
    """The question of a case, put to the engine. ValueError names a word or value that is none;
    DocumentInvalid: a promotion document that is none."""
    given = Given.model_validate_json(orjson.dumps(case_given))
    station = _station(given.station, given.product)
    moment = datetime.fromisoformat(given.moment)
    rules = RuleBook.of("case", promotions_of(given.promotions))
    return Purchase(
        station=station,
        product=station.products[given.product.grade],
        fill=_fill(given.fill),
        moment=moment,
        rules=rules,
        shopper=_shopper(given.shopper, given.coupons, moment),
        payment_method=given.payment,
        use_points=given.use_points,
        choice=_choice(given.choice),
        non_fuel=tuple(
            NonFuelLine(label=line.label, amount_fen=line.amount_fen) for line in given.non_fuel
        ),
        minimum_payable_fen=given.minimum_payable_fen,
        max_offers=given.max_offers,
        usage=_usage(given, rules, station, moment),
    )


def _usage(given: Given, rules: RuleBook, station: Station, moment: datetime) -> Usage:
    """Left out, the subject is the shopper or the station, and the period the one now. Coupons
    issued of a batch are uses of its TOTAL."""
    subjects = {LimitPer.USER: str(USER_ID), LimitPer.STATION: station.code, LimitPer.TOTAL: ""}
    counters: dict[CounterKey, Used] = {}
    for used in given.usage:
        subject = used.subject if used.subject is not None else subjects[used.per]
        zone = rules.by_code[used.code].validity.time_zone
        start = used.period.start(moment, zone)
        if used.period_start is not None:
            start = date.fromisoformat(used.period_start)
        key = CounterKey(used.code, used.per, subject, used.period, start)
        counters[key] = Used(used.uses, used.fen)
    return Usage(counters, unread=given.usage_unread)


def promotions_of(documents: Sequence[Mapping[str, Any]]) -> tuple[Promotion, ...]:
    """Promotion documents, in which the title may be left out. Raises DocumentInvalid with every
    finding of all of them."""
    promotions: list[Promotion] = []
    found: list[Finding] = []
    for index, document in enumerate(documents):
        try:
            titled = {"title": {"zh": str(document.get("code"))}, **document}
            promotions.append(parse_promotion(titled))
        except DocumentInvalid as error:
            place = f"given.promotions[{index}]"
            found.extend(finding.within(place, None) for finding in error.findings)
    if found:
        raise DocumentInvalid(found)
    return tuple(promotions)


def _refuse_unknown(text: Text) -> None:
    try:
        CasesDocument.model_validate_json(orjson.dumps(text.value))
    except ValidationError as error:
        found = dict.fromkeys(_finding(each, text) for each in error.errors(include_url=False))
        raise DocumentInvalid(list(found)) from error


def _finding(error: ErrorDetails, text: Text) -> Finding:
    """At the deepest place that is written: a location goes on into forms that were tried."""
    path, cut = _written_part(error["loc"], text.value)
    line = text.line(path)
    if error["type"] == "extra_forbidden":
        return Finding(written(path), "用例没有这个字段", "is no field of a case", line)
    if error["type"] == "missing" and not cut:
        name = written((*path, error["loc"][-1]))
        return Finding(name, "缺少这个字段，请补上", "is missing: add it", line)
    if cut:
        zh, en = "不是可用的写法，见 docs/case-suite.md", "is written in no known form"
        return Finding(written(path), zh, f"{en}: see docs/case-suite.md", line)
    return Finding(written(path), f"值不对：{error['msg']}", f"is wrong: {error['msg']}", line)


def _written_part(
    location: Sequence[str | int], document: Any
) -> tuple[tuple[str | int, ...], bool]:
    """The steps of a location that exist, and whether any form's name follows them."""
    path: list[str | int] = []
    value: Any = document
    for index, step in enumerate(location):
        inside = value if isinstance(value, dict) else _numbered(value)
        if step not in inside:
            return tuple(path), index < len(location) - 1 or not isinstance(value, dict)
        value = inside[step]
        path.append(step)
    return tuple(path), False


def _numbered(value: object) -> dict[Any, Any]:
    return dict(enumerate(cast("list[Any]", value))) if isinstance(value, list) else {}


def _layered(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**under, **over}
    for name in LAYERED:
        if name in over and name in under:
            merged[name] = {**under[name], **over[name]}
    return merged


def _station(given: StationGiven, product: ProductGiven) -> Station:
    return Station(
        id=1,
        code=given.code,
        name="测试站",
        brand_code=given.brand,
        region_code=given.region,
        address="",
        latitude_e7=0,
        longitude_e7=0,
        time_zone=given.time_zone,
        tags=frozenset(given.tags),
        remoteness=given.remoteness,
        peak_hours=frozenset(given.peak_hours),
        service_fee_fen=given.service_fee_fen,
        products={product.grade: _product(product)},
    )


def _product(given: ProductGiven) -> StationProduct:
    steady: PricePoints = [("2026-01-01T00:00:00+08:00", given.pump_price_mill_per_litre)]
    return StationProduct(
        station_id=1,
        fuel_grade=given.grade,
        nozzles=("1",),
        pump_price=_history(given.pump_prices or steady),
        ceiling=None if given.ceilings is None else _history(given.ceilings),
        floor_price_mill_per_litre=given.floor_price_mill_per_litre,
    )


def _history(points: PricePoints) -> PriceHistory:
    return PriceHistory(
        tuple(PricePoint(datetime.fromisoformat(since), mill) for since, mill in points)
    )


def _fill(given: AmountGiven | LitresGiven) -> Fill:
    if isinstance(given, AmountGiven):
        return AmountFill(given.amount_fen)
    return LitresFill(int(Decimal(given.litres) * 1000))


def _shopper(given: ShopperGiven, coupons: Sequence[CouponGiven], moment: datetime) -> Shopper:
    return Shopper(
        user_id=None if given.guest else USER_ID,
        tier=given.tier,
        segments=frozenset(given.segments),
        first_order=not given.guest and not any(order.counts for order in given.orders),
        channel=given.channel,
        points_available=given.points,
        device_id=given.device_id,
        person_id=given.person_id,
        coupons=tuple(_coupon(coupon, moment) for coupon in coupons),
    )


def _coupon(given: CouponGiven, moment: datetime) -> Coupon:
    valid_from = moment - timedelta(days=1)
    if given.from_ is not None:
        valid_from = datetime.fromisoformat(given.from_)
    valid_until = moment + timedelta(days=30)
    if given.until is not None:
        valid_until = datetime.fromisoformat(given.until)
    return Coupon(
        id=given.id,
        user_id=USER_ID,
        batch_code=given.batch,
        stored_status=CouponStatus.RESERVED if given.reserved else CouponStatus.USABLE,
        claimed_at=valid_from,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _choice(given: ChoiceGiven) -> OfferChoice:
    return OfferChoice(
        coupon_ids=None if given.coupons is None else frozenset(given.coupons),
        forced_codes=frozenset(given.offers),
        excluded_codes=frozenset(given.exclude),
    )
