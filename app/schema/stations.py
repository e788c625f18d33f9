"""Stations: searched, listed, and one by one."""

from typing import Annotated

import strawberry

from app.domain.stations import station as domain
from app.domain.stations.directory import coordinates_of
from app.domain.stations.geo import Coordinates as Place
from app.domain.stations.geo import distance_m
from app.resolvers import offers as resolve_offers
from app.resolvers import stations as resolve
from app.resolvers.keys import StationKey
from app.resolvers.pages import Page
from app.resolvers.stations import FoundStation
from app.schema import ids
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.enums import Datum, FuelGrade, Ordering
from app.schema.info import Info, words_of
from app.schema.offers import OfferConnection
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.products import StationProduct
from app.schema.texts.checkout import RANK_REASONS
from app.schema.texts.validity import opening_text
from app.schema.values import (
    Coordinates,
    CoordinatesInput,
    FillInput,
    Node,
    Tag,
)


@access(PUBLIC)
@strawberry.type
class Station(Node):
    name: str
    address: str
    time_zone: str
    _station: strawberry.Private[domain.Station]

    @classmethod
    def of(cls, station: domain.Station) -> "Station":
        return cls(
            id=ids.encode(StationKey(station.id)),
            name=station.name,
            address=station.address,
            time_zone=station.time_zone,
            _station=station,
        )

    @strawberry.field
    def brand(self, info: Info) -> Tag:
        code = self._station.brand_code
        return Tag.of(code, info.context.catalog.brands.get(code), words_of(info))

    @strawberry.field
    def region(self, info: Info) -> str:
        return words_of(info).region(self._station.region_code)

    @strawberry.field
    async def phone(self, info: Info) -> str | None:
        return (await resolve.station_details(info.context, self._station.id)).phone

    @strawberry.field
    async def image_url(self, info: Info) -> str | None:
        return (await resolve.station_details(info.context, self._station.id)).image_url

    @strawberry.field
    def location(self, datum: Datum = Datum.GCJ02) -> Coordinates:
        return Coordinates.of(coordinates_of(self._station), datum)

    @strawberry.field
    def open_now(self, info: Info) -> bool:
        return self._station.is_open_at(info.context.moment)

    @strawberry.field(description="Localised, e.g. 06:00–23:00.")
    def opening_hours(self, info: Info) -> str | None:
        return opening_text(self._station.opening, words_of(info))

    @strawberry.field
    def amenities(self, info: Info) -> list[Tag]:
        labels, words = info.context.catalog.amenities, words_of(info)
        return [Tag.of(code, labels.get(code), words) for code in self._station.amenities]

    @strawberry.field
    def distance_meters(
        self, from_: Annotated[CoordinatesInput, strawberry.argument(name="from")]
    ) -> int:
        return distance_m(from_.to_domain(), coordinates_of(self._station))

    @strawberry.field(metadata=field_access(OWN), description="Viewer: null on a fault.")
    async def is_favourite(self, info: Info) -> bool | None:
        return await resolve.is_favourite(info.context, self._station.id)

    @strawberry.field
    def products(self, fuel_grade: FuelGrade | None = strawberry.UNSET) -> list[StationProduct]:
        return [
            StationProduct.of(product)
            for grade, product in self._station.products.items()
            if not fuel_grade or grade is fuel_grade
        ]

    @strawberry.field
    def product(self, fuel_grade: FuelGrade) -> StationProduct | None:
        product = self._station.products.get(fuel_grade)
        return StationProduct.of(product) if product else None

    @strawberry.field(description="Null on a fault.")
    async def offers(
        self,
        info: Info,
        fuel_grade: FuelGrade | None = strawberry.UNSET,
        first: int = 10,
        after: str | None = strawberry.UNSET,
    ) -> OfferConnection | None:
        page = await resolve_offers.station_offers(
            info.context, self._station.id, fuel_grade or None, first, decode_cursor(after or None)
        )
        return OfferConnection.of(page)


@access(PUBLIC)
@strawberry.type
class StationEdge:
    cursor: str
    node: Station
    distance_meters: int | None = strawberry.field(description="Null without `near`.")
    reason: str | None = strawberry.field(
        metadata=field_access(OWN), description="Viewer: why it is recommended."
    )


@access(PUBLIC)
@strawberry.type
class StationConnection:
    edges: list[StationEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[FoundStation], info: Info) -> "StationConnection":
        edges = [
            StationEdge(
                cursor=encode_cursor(placed.cursor),
                node=Station.of(placed.item.station),
                distance_meters=placed.item.distance_m,
                reason=_reason(placed.item, info),
            )
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


def _reason(found: FoundStation, info: Info) -> str | None:
    if found.reason is None:
        return None
    return RANK_REASONS[found.reason].in_language(info.context.language)


@access(PUBLIC)
@strawberry.type
class StationFacets:
    brands: list[Tag]
    amenities: list[Tag]
    fuel_grades: list[FuelGrade]


@access(PUBLIC)
@strawberry.type
class Region:
    code: str
    name: str
    _region: strawberry.Private[domain.Region]

    @classmethod
    def of(cls, region: domain.Region) -> "Region":
        return cls(code=region.code, name=region.name, _region=region)

    @strawberry.field
    def center(self, datum: Datum = Datum.GCJ02) -> Coordinates:
        place = Place(self._region.latitude_e7, self._region.longitude_e7)
        return Coordinates.of(place, datum)


@strawberry.input(description="`brands` and `amenities` are Tag codes, `regionCode` a Region code.")
class StationFilter:
    brands: list[str] | None = strawberry.UNSET
    amenities: list[str] | None = strawberry.UNSET
    open_now: bool | None = strawberry.UNSET
    text: str | None = strawberry.UNSET
    favourites_only: bool | None = strawberry.UNSET
    region_code: str | None = strawberry.UNSET
    offer_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Stations where it can be used."
    )
    coupon_id: strawberry.ID | None = strawberry.UNSET

    def to_domain(self) -> resolve.StationFilter:
        # An empty id is one that was given, and is nobody's.
        offer = ids.offer_code(self.offer_id) if isinstance(self.offer_id, str) else None
        coupon = ids.coupon_key(self.coupon_id) if isinstance(self.coupon_id, str) else None
        unreadable = (isinstance(self.offer_id, str) and offer is None) or (
            isinstance(self.coupon_id, str) and coupon is None
        )
        return resolve.StationFilter(
            brands=tuple(self.brands or ()),
            amenities=tuple(self.amenities or ()),
            open_now=self.open_now or False,
            text=self.text or None,
            favourites_only=self.favourites_only or False,
            region_code=self.region_code or None,
            offer_code=offer,
            coupon=coupon,
            unknown_use=unreadable,
        )


NO_FILTER = resolve.StationFilter()


@access(PUBLIC)
@strawberry.type
class StationQueries:
    @strawberry.field(
        metadata=field_access(OWN),
        description="Stations, each with the price this viewer would really pay. Without `near`: "
        "filter by region, text, offer or favourites.",
    )
    async def stations(
        self,
        info: Info,
        near: CoordinatesInput | None = strawberry.UNSET,
        radius_meters: int = 10_000,
        fuel_grade: Annotated[
            FuelGrade | None,
            strawberry.argument(
                description="Sorts by it; left out: the viewer's usual, else GASOLINE_92."
            ),
        ] = strawberry.UNSET,
        filter: StationFilter | None = strawberry.UNSET,  # noqa: A002 the contract's own word
        sort: Ordering = Ordering.EFFECTIVE_PRICE,
        fill: Annotated[
            FillInput | None,
            strawberry.argument(
                description="Sorts by it: give `effectivePrice` the same. Left out: the viewer's "
                "usual, else 200 yuan."
            ),
        ] = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> StationConnection | None:
        wanted = resolve.StationsWanted(
            near=near.to_domain() if near else None,
            radius_m=radius_meters,
            fuel_grade=fuel_grade or None,
            filter=filter.to_domain() if filter else NO_FILTER,
            ordering=sort,
            fill=fill.to_domain() if fill else None,
            first=first,
            after=decode_cursor(after or None),
        )
        return StationConnection.of(await resolve.find_stations(info.context, wanted), info)

    @strawberry.field
    def station(self, info: Info, id: strawberry.ID) -> Station | None:  # noqa: A002 the contract's own word
        found = info.context.catalog.stations.by_id.get(ids.station_id(id))
        return Station.of(found) if found else None

    @strawberry.field(description="What the filter chips offer; public.")
    def station_facets(self, info: Info) -> StationFacets | None:
        facets, words = resolve.station_facets(info.context), words_of(info)
        return StationFacets(
            brands=[Tag.of(label.code, label, words) for label in facets.brands],
            amenities=[Tag.of(label.code, label, words) for label in facets.amenities],
            fuel_grades=list(facets.fuel_grades),
        )

    @strawberry.field(description="Places by name, for a search without location; public.")
    def regions(self, info: Info, text: str, first: int = 10) -> list[Region] | None:
        return [Region.of(region) for region in resolve.regions(info.context, text, first)]
