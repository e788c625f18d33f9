"""Orders of the station list, each total, so that a page can go on after any place in it.

A key is three integers, compared in turn, least first; the last is the station's id. Keys hold
nothing of the snapshot: a page goes on after a key even where that station has gone or moved.

A station that does not sell the grade keeps its place in the answer, after all that sell it: the
grade sorts the list, it does not filter it (contract: "Sorts by it").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.pricing.fill import MILL_ML_PER_FEN, AmountFill, Fill
from app.domain.shared.money import half_up_ratio

WAY_FEN_PER_KM = 130
"""What a kilometre of distance costs the driver, in fen: there and back, at 8 litres per 100 km
and 8.1 yuan per litre. As the crow flies; the road's bends and the driver's time stay out."""

COMPARED_AT_MILL_PER_LITRE = 8_000
"""Turns a fill given as an amount into the one volume that all stations are compared at."""

NOT_SOLD = 2**62
"""Stands where a price would: above every real one."""

RankKey = tuple[int, int, int]


class Ordering(StrEnum):
    EFFECTIVE_PRICE = "EFFECTIVE_PRICE"
    DISTANCE = "DISTANCE"
    RECOMMENDED = "RECOMMENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an order looks at. `unit_price_mill`: effective, mills per litre; None: not sold here.
    `distance_m` None: searched without a centre, all are equally near."""

    station_id: int
    distance_m: int | None = None
    unit_price_mill: int | None = None
    pump_price_mill: int | None = None


class ReasonForRank(StrEnum):
    """Why a station stands where it does under RECOMMENDED; the first that is true."""

    USUAL_STATION = "USUAL_STATION"
    CHEAPEST = "CHEAPEST"
    NEAREST = "NEAREST"
    OFFERS_APPLY = "OFFERS_APPLY"


def rank_key(ordering: Ordering, standing: Standing, fill: Fill) -> RankKey:
    """The place of a station in an order; the less, the earlier.

    EFFECTIVE_PRICE: unit price, then distance, then id. DISTANCE: distance, then id.
    RECOMMENDED: `trip_cost_fen`, then distance, then id. `fill` matters to RECOMMENDED alone.
    """
    distance = standing.distance_m or 0
    match ordering:
        case Ordering.DISTANCE:
            return (distance, 0, standing.station_id)
        case Ordering.EFFECTIVE_PRICE:
            price = standing.unit_price_mill
            return (NOT_SOLD if price is None else price, distance, standing.station_id)
        case Ordering.RECOMMENDED:
            cost = trip_cost_fen(standing, fill)
            return (NOT_SOLD if cost is None else cost, distance, standing.station_id)


def trip_cost_fen(standing: Standing, fill: Fill) -> int | None:
    """Fuel and way in fen: effective unit price × the compared volume + distance × way per km.

    The savings against any price common to all stations, less the cost of the way, differ from
    this by a constant and the sign: the order is "savings less the cost of the way" (design §3)
    and no dear station rises by a large discount on a larger price. None: not sold here.
    """
    if standing.unit_price_mill is None:
        return None
    fuel = half_up_ratio(standing.unit_price_mill * compared_volume_ml(fill), MILL_ML_PER_FEN)
    return fuel + way_cost_fen(standing.distance_m or 0)


def way_cost_fen(distance_m: int) -> int:
    """The cost of the way in fen, half-up."""
    return half_up_ratio(distance_m * WAY_FEN_PER_KM, 1_000)


def compared_volume_ml(fill: Fill) -> int:
    """The volume in millilitres that stations are compared at: the same at every price."""
    if isinstance(fill, AmountFill):
        return half_up_ratio(fill.pump_amount_fen * MILL_ML_PER_FEN, COMPARED_AT_MILL_PER_LITRE)
    return fill.volume_ml


def ranked(
    ordering: Ordering,
    standings: Iterable[Standing],
    fill: Fill,
    after: RankKey | None = None,
) -> list[tuple[RankKey, Standing]]:
    """Standings with their keys, in order; with `after`, those behind that key."""
    keyed = [(rank_key(ordering, standing, fill), standing) for standing in standings]
    if after is not None:
        keyed = [entry for entry in keyed if entry[0] > after]
    keyed.sort(key=lambda entry: entry[0])
    return keyed


@dataclass(frozen=True, slots=True)
class Field:
    """All stations of one answer, as far as reasons compare with them. `cheapest_mill` and
    `nearest_m` are None where no station sells the grade or the search has no centre."""

    cheapest_mill: int | None
    nearest_m: int | None
    usual_station_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, standings: Iterable[Standing], usual: Iterable[int] = ()) -> "Field":
        sold = [s for s in standings if s.unit_price_mill is not None]
        prices = [s.unit_price_mill for s in sold if s.unit_price_mill is not None]
        distances = [s.distance_m for s in sold if s.distance_m is not None]
        return cls(min(prices, default=None), min(distances, default=None), frozenset(usual))


def reason_for_rank(standing: Standing, field: Field) -> ReasonForRank | None:
    """Why it is recommended; None where nothing speaks for it or it does not sell the grade."""
    price = standing.unit_price_mill
    if price is None:
        return None
    if standing.station_id in field.usual_station_ids:
        return ReasonForRank.USUAL_STATION
    if price == field.cheapest_mill:
        return ReasonForRank.CHEAPEST
    if standing.distance_m is not None and standing.distance_m == field.nearest_m:
        return ReasonForRank.NEAREST
    if standing.pump_price_mill is not None and price < standing.pump_price_mill:
        return ReasonForRank.OFFERS_APPLY
    return None
