"""Stations: found, sorted by what this viewer would pay, and looked up by id."""

import hashlib
import json
from dataclasses import dataclass, fields, replace

from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.promotions.placement import can_apply_at
from app.domain.recommendation.ranking import (
    Field,
    Ordering,
    RankKey,
    ReasonForRank,
    Standing,
    ranked,
    reason_for_rank,
)
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.geo import Coordinates
from app.domain.stations.search import Allowed, Circle, Found, StationCriteria, search
from app.domain.stations.station import Label, Region, Station, StationDetails
from app.resolvers.context import RequestContext
from app.resolvers.errors import BadCursor, BadRadius, PlaceMissing
from app.resolvers.keys import CouponKey
from app.resolvers.pages import Cursor, Page, Placed, check_first, key_after
from app.resolvers.personal_prices import Place, check_fill, personal_prices
from app.resolvers.shopping import shopping
from app.resolvers.wallet import coupon_by_key

LARGEST_RADIUS_M = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilter:
    """None and empty ask for nothing. `offer_code` and `coupon`: where that can be used; one that
    is given and cannot be read (`unknown_use`) can be used nowhere."""

    brands: tuple[str, ...] = ()
    amenities: tuple[str, ...] = ()
    open_now: bool = False
    text: str | None = None
    favourites_only: bool = False
    region_code: str | None = None
    offer_code: str | None = None
    coupon: CouponKey | None = None
    unknown_use: bool = False


_FILTERS = tuple(field.name for field in fields(StationFilter))
_NOTHING = (None, False, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class StationsWanted:
    """`fuel_grade` and `fill` None: the viewer's usual."""

    near: Coordinates | None
    radius_m: int
    fuel_grade: FuelGrade | None
    filter: StationFilter
    ordering: Ordering
    fill: Fill | None
    first: int
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class FoundStation:
    """`distance_m` None: searched without a place. `reason`: why it is recommended to a viewer."""

    station: Station
    distance_m: int | None
    reason: ReasonForRank | None = None


@dataclass(frozen=True, slots=True)
class _Sorting:
    """What the list is sorted by; None where the order does not look at it."""

    fuel_grade: FuelGrade | None
    fill: Fill | None


async def find_stations(context: RequestContext, wanted: StationsWanted) -> Page[FoundStation]:
    """A page of stations. Every station found that sells the grade is priced for the viewer when
    the order looks at prices; the cards of the page reuse these prices.

    Bad radius, page size, cursor or fill, or no bound at all: `BadRequest`. Database down, and
    the order or the filter needs what is the viewer's: `StorageUnavailable`.
    """
    listing = _check(wanted)
    after = key_after(wanted.after, listing, (int, int, int))
    found = await _found(context, wanted)
    sorting = await _sorting(context, wanted)
    standings = await _standings(context, found, sorting)
    fill = sorting.fill or AmountFill(0)
    behind = ranked(wanted.ordering, standings.values(), fill, _rank_key(after))
    reasons = await _reasons(context, wanted.ordering, standings)
    cursor = Cursor(
        listing=listing,
        version=context.catalog.version,
        key=(),
        fuel_grade=sorting.fuel_grade,
        fill=_fill_text(sorting.fill),
    )
    by_id = context.catalog.stations.by_id
    items = tuple(
        Placed(
            replace(cursor, key=key),
            FoundStation(by_id[s.station_id], s.distance_m, reasons.get(s.station_id)),
        )
        for key, s in behind[: wanted.first]
    )
    return Page(items, len(behind) > wanted.first, len(behind) < len(standings))


def _check(wanted: StationsWanted) -> str:
    """What the request must meet; answers the listing that its cursors name."""
    check_first(wanted.first)
    if not 1 <= wanted.radius_m <= LARGEST_RADIUS_M:
        raise BadRadius(LARGEST_RADIUS_M)
    check_fill(wanted.fill)
    if wanted.near is None and wanted.ordering is Ordering.DISTANCE:
        raise PlaceMissing("sorting by DISTANCE needs `near`")
    if wanted.near is None and not _criteria(wanted.filter, None, frozenset(), None).names_a_set:
        raise PlaceMissing("give `near`, or filter by region, text, offer, coupon or favourites")
    return _listing(wanted)


def _listing(wanted: StationsWanted) -> str:
    """Names the list: all that was asked, but the page."""
    near = wanted.near
    place = (near.latitude_e7, near.longitude_e7, wanted.radius_m) if near else None
    asked = (
        place,
        wanted.ordering.value,
        _asked_of(wanted.filter),
        wanted.fuel_grade and wanted.fuel_grade.value,
        _fill_text(wanted.fill),
    )
    return "stations:" + hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _asked_of(wanted: StationFilter) -> list[tuple[str, str]]:
    """What the filter asks for; what it leaves out has no part, so that a filter that learns a new
    word keeps the cursors of those who do not use it."""
    return [
        (name, repr(value)) for name in _FILTERS if (value := getattr(wanted, name)) not in _NOTHING
    ]


def _rank_key(key: tuple[int | str, ...] | None) -> RankKey | None:
    if key is None:
        return None
    value, distance, station_id = key
    return int(value), int(distance), int(station_id)


async def _found(context: RequestContext, wanted: StationsWanted) -> tuple[Found, ...]:
    catalog, asked = context.catalog, wanted.filter
    favourites = await favourite_ids(context) if asked.favourites_only else None
    criteria = _criteria(
        asked,
        context,
        favourites or frozenset(),
        await _usable_at(context, asked),
    )
    circle = Circle(wanted.near, wanted.radius_m) if wanted.near else None
    return search(catalog.stations, criteria, catalog.brands, circle)


def _criteria(
    asked: StationFilter,
    context: RequestContext | None,
    favourites: frozenset[int],
    allowed: Allowed | None,
) -> StationCriteria:
    """`context` None: only to see what is asked for."""
    asks_use = asked.offer_code is not None or asked.coupon is not None or asked.unknown_use
    return StationCriteria(
        brands=asked.brands,
        amenities=asked.amenities,
        open_at=context.moment if context and asked.open_now else None,
        text=asked.text,
        only_ids=favourites if asked.favourites_only else None,
        region_code=asked.region_code,
        allowed=allowed or (_nowhere if asks_use else None),
    )


def _nowhere(_: Station) -> bool:
    return False


async def _usable_at(context: RequestContext, asked: StationFilter) -> Allowed | None:
    """Where the offer and the coupon asked for can be used; None: not asked, or nowhere."""
    codes = [asked.offer_code] if asked.offer_code is not None else []
    if asked.coupon is not None:
        coupon = await coupon_by_key(context, asked.coupon)
        codes.append(coupon.batch_code if coupon else "")
    promotions = [context.catalog.rules.by_code.get(code) for code in codes]
    known = [promotion for promotion in promotions if promotion is not None]
    if not known or len(known) < len(codes) or asked.unknown_use:
        return None
    return lambda station: all(can_apply_at(promotion, station) for promotion in known)


async def _sorting(context: RequestContext, wanted: StationsWanted) -> _Sorting:
    """The grade and fill given; else those that the cursor carries; else the viewer's usual."""
    if wanted.ordering is Ordering.DISTANCE:
        return _Sorting(None, None)
    after = wanted.after
    grade = wanted.fuel_grade or (_grade_of(after) if after else None)
    fill = wanted.fill or (_fill_of(after) if after else None)
    if grade is None or fill is None:
        buyer = await shopping(context)
        grade = grade or buyer.fuel_grade
        fill = fill or buyer.fill_for(None, grade).fill
    return _Sorting(grade, fill)


def _grade_of(cursor: Cursor) -> FuelGrade:
    try:
        return FuelGrade(cursor.fuel_grade or "")
    except ValueError as error:
        raise BadCursor from error


def _fill_text(fill: Fill | None) -> str | None:
    match fill:
        case None:
            return None
        case AmountFill():
            return f"A{fill.pump_amount_fen}"
        case LitresFill():
            return f"L{fill.volume_ml}"


def _fill_of(cursor: Cursor) -> Fill:
    kind, quantity = (cursor.fill or "?")[0], (cursor.fill or "?")[1:]
    kinds = {"A": AmountFill, "L": LitresFill}
    if kind not in kinds or not (quantity.isascii() and quantity.isdigit()):
        raise BadCursor
    fill = kinds[kind](int(quantity))
    check_fill(fill)
    return fill


async def _standings(
    context: RequestContext, found: tuple[Found, ...], sorting: _Sorting
) -> dict[int, Standing]:
    """By station id. Stations that do not sell the grade have no price."""
    unpriced = {
        f.station.id: Standing(station_id=f.station.id, distance_m=f.distance_m) for f in found
    }
    if sorting.fuel_grade is None or sorting.fill is None:
        return unpriced
    places: list[Place] = []
    for f in found:
        product = f.station.products.get(sorting.fuel_grade)
        if product is not None:
            places.append((f.station, product))
    prices = await personal_prices(context).price_all(places, sorting.fill)
    priced = {
        station.id: replace(
            unpriced[station.id],
            unit_price_mill=price.unit_price_mill,
            pump_price_mill=price.measure.pump_price_mill_per_litre,
        )
        for (station, _), price in zip(places, prices, strict=True)
    }
    return unpriced | priced


async def _reasons(
    context: RequestContext, ordering: Ordering, standings: dict[int, Standing]
) -> dict[int, ReasonForRank | None]:
    """By station id; only RECOMMENDED has reasons, and only for a signed-in viewer. None of them
    is taken from the viewer's history where personalisation is off (PIPL art. 24)."""
    if ordering is not Ordering.RECOMMENDED or context.viewer() is None:
        return {}
    buyer = await shopping(context)
    usual = buyer.habits.usual_station_ids if buyer.preferences.personalised else ()
    field = Field.of(standings.values(), usual)
    return {s.station_id: reason_for_rank(s, field) for s in standings.values()}


async def favourite_ids(context: RequestContext) -> frozenset[int]:
    """The viewer's favourite stations; a guest has none."""
    viewer = context.viewer()
    if viewer is None:
        return frozenset()
    return await viewer.loaders.favourites.load(viewer.user_id)


async def is_favourite(context: RequestContext, station_id: int) -> bool:
    """False for a guest."""
    return station_id in await favourite_ids(context)


async def station_details(context: RequestContext, station_id: int) -> StationDetails:
    """Phone and image; a station without any: both None."""
    details = await context.loaders.public.station_details.load(station_id)
    return details or StationDetails(station_id=station_id)


@dataclass(frozen=True, slots=True)
class Facets:
    """What stations have in common: only brands, amenities and grades that some station has."""

    brands: tuple[Label, ...]
    amenities: tuple[Label, ...]
    fuel_grades: tuple[FuelGrade, ...]


def station_facets(context: RequestContext) -> Facets:
    """Labels by code; grades in the order of display."""
    catalog = context.catalog
    brands = {station.brand_code for station in catalog.stations.ordered}
    amenities = {code for station in catalog.stations.ordered for code in station.amenities}
    grades = {grade for station in catalog.stations.ordered for grade in station.products}
    return Facets(
        tuple(label for code, label in sorted(catalog.brands.items()) if code in brands),
        tuple(label for code, label in sorted(catalog.amenities.items()) if code in amenities),
        tuple(grade for grade in FuelGrade if grade in grades),
    )


def regions(context: RequestContext, text: str, first: int) -> tuple[Region, ...]:
    """Places whose name holds the text, the closest first."""
    check_first(first)
    return context.catalog.gazetteer.search(text, first)
