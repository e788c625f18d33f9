"""Reads one catalog version out of the public tables: rows straight to slotted values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Interval,
    Select,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
)

from app.documents.findings import DocumentInvalid
from app.documents.promotions import read_promotion
from app.domain.checkout.catalog import Catalog
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import (
    Label,
    OpeningPeriod,
    PriceHistory,
    PricePoint,
    Region,
    Remoteness,
    Station,
    StationProduct,
)
from app.storage.tables import (
    AmenityRow,
    BrandRow,
    CatalogVersionRow,
    CeilingPriceRow,
    PromotionLiveRow,
    PromotionVersionRow,
    PumpPriceRow,
    RegionRow,
    StationProductRow,
    StationRow,
    table_of,
)

VERSION = table_of(CatalogVersionRow)
STATION = table_of(StationRow)
PRODUCT = table_of(StationProductRow)
LIVE = table_of(PromotionLiveRow)
DOCUMENT = table_of(PromotionVersionRow)

GRADES = {grade.value: grade for grade in FuelGrade}
PLACE_IN_DISPLAY = {grade: place for place, grade in enumerate(FuelGrade)}
REMOTENESS = {remoteness.value: remoteness for remoteness in Remoteness}

KnownPromotions = Mapping[tuple[str, int, bool], Promotion]
"""By (code, version, paused): a version never changes, so its document is parsed once."""


@dataclass(frozen=True, slots=True)
class CatalogReading:
    """`promotions`: those live. `unreadable`: code and fault of each live document that this
    program cannot parse; in its place stands the version that the reading before this one had, or
    nothing. `stations_version`: see `CatalogVersionRow`. The next reading is given this one, and
    reads only what has changed."""

    catalog: Catalog
    stations_version: int
    promotions: KnownPromotions
    unreadable: Mapping[str, str]


def newest_version(connection: Connection) -> int:
    """The newest committed version; 0 before the first."""
    version = connection.execute(select(VERSION.c.version)).scalar_one_or_none()
    return 0 if version is None else version


def read_catalog(connection: Connection, last: CatalogReading | None) -> CatalogReading:
    """All public rows as one catalog. The connection's transaction must be REPEATABLE READ: then
    no catalog mixes two versions. Blocking."""
    query = select(VERSION.c.version, VERSION.c.stations_version)
    row = connection.execute(query).one_or_none()
    version, stations_version = (0, 0) if row is None else row
    promotions, unreadable = _promotions(connection, {} if last is None else last.promotions)
    rules = RuleBook.of(str(version), promotions.values())
    if last is not None and last.stations_version == stations_version:
        catalog = replace(last.catalog, version=version, rules=rules)
    else:
        catalog = Catalog(
            version=version,
            stations=StationDirectory.of(_stations(connection)),
            rules=rules,
            brands=_labels(connection, BrandRow),
            amenities=_labels(connection, AmenityRow),
            regions=_regions(connection),
        )
    return CatalogReading(catalog, stations_version, promotions, unreadable)


def _rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """All rows as the driver makes them: SQLAlchemy's own conversions would double the time."""
    text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    return connection.exec_driver_sql(text).all()


def _promotions(
    connection: Connection, known: KnownPromotions
) -> tuple[dict[tuple[str, int, bool], Promotion], dict[str, str]]:
    """Reads the documents of those versions alone that are not known. One that cannot be read holds
    up no other promotion and no price: what was served of its code stays."""
    live = select(LIVE.c.code, LIVE.c.version, LIVE.c.paused).order_by(LIVE.c.code)
    keys = [(code, version, paused) for code, version, paused in _rows(connection, live)]
    unknown = [key[:2] for key in keys if key not in known]
    documents = _documents(connection, unknown)
    served = {key[0]: key for key in known}
    promotions: dict[tuple[str, int, bool], Promotion] = {}
    unreadable: dict[str, str] = {}
    for key in keys:
        code, version, paused = key
        try:
            promotions[key] = known.get(key) or _parsed(documents[code, version], paused=paused)
        except (DocumentInvalid, ValueError) as fault:
            unreadable[code] = str(fault)
            if code in served:
                promotions[served[code]] = known[served[code]]
    return promotions, unreadable


def _documents(
    connection: Connection, versions: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], str]:
    if not versions:
        return {}
    codes, numbers = zip(*versions, strict=True)
    unnested = func.unnest(
        literal(list(codes), ARRAY(Text)), literal(list(numbers), ARRAY(BigInteger))
    )
    asked = unnested.table_valued("code", "version").render_derived()
    query = select(DOCUMENT.c.code, DOCUMENT.c.version, cast(DOCUMENT.c.document, Text)).join(
        asked, (DOCUMENT.c.code == asked.c.code) & (DOCUMENT.c.version == asked.c.version)
    )
    return {(code, version): document for code, version, document in connection.execute(query)}


def _parsed(document: str, *, paused: bool) -> Promotion:
    promotion = read_promotion(document)
    return replace(promotion, paused=True) if paused else promotion


def _products(connection: Connection) -> dict[int, dict[FuelGrade, StationProduct]]:
    """By station, in display order. A product without a pump price is not sold yet: left out."""
    pump_prices = _histories(connection, _prices_query(PumpPriceRow, "station_id"))
    ceilings = _histories(connection, _prices_query(CeilingPriceRow, "zone_code"))
    query = select(
        PRODUCT.c.station_id,
        PRODUCT.c.fuel_grade,
        PRODUCT.c.nozzles,
        PRODUCT.c.floor_price_mill_per_litre,
        STATION.c.price_zone_code,
    ).join(STATION, STATION.c.id == PRODUCT.c.station_id)
    found: dict[int, list[StationProduct]] = defaultdict(list)
    for station_id, grade, nozzles, floor_price, zone_code in _rows(connection, query):
        history = pump_prices.get((station_id, grade))
        if history is not None:
            product = StationProduct(
                station_id=station_id,
                fuel_grade=GRADES[grade],
                nozzles=tuple(nozzles),
                pump_price=history,
                ceiling=ceilings.get((zone_code, grade)),
                floor_price_mill_per_litre=floor_price,
            )
            found[station_id].append(product)
    for products in found.values():
        products.sort(key=lambda product: PLACE_IN_DISPLAY[product.fuel_grade])
    return {id_: {p.fuel_grade: p for p in products} for id_, products in found.items()}


def _prices_query(
    row: type[PumpPriceRow] | type[CeilingPriceRow], owner: str
) -> Select[*tuple[Any, ...]]:
    """Prices in force a day ago or since, and those to come, in time order. The past beyond that
    is nobody's question; the day covers clocks that differ."""
    table = table_of(row)
    until = func.lead(table.c.effective_from).over(
        partition_by=(table.c[owner], table.c.fuel_grade), order_by=table.c.effective_from
    )
    spans = select(
        table.c[owner],
        table.c.fuel_grade,
        table.c.effective_from,
        table.c.price_mill_per_litre,
        until.label("until"),
    ).subquery()
    recent = spans.c.until > func.now() - cast(literal("1 day"), Interval)
    return (
        select(spans.c[owner], spans.c.fuel_grade, spans.c.effective_from, spans.c[3])
        .where(or_(spans.c.until.is_(None), recent))
        .order_by(spans.c[owner], spans.c.fuel_grade, spans.c.effective_from)
    )


def _histories(
    connection: Connection, query: Select[*tuple[Any, ...]]
) -> dict[tuple[int | str, str], PriceHistory]:
    points: dict[tuple[int | str, str], list[PricePoint]] = defaultdict(list)
    effective_from: datetime
    for owner, grade, effective_from, price in _rows(connection, query):
        points[owner, grade].append(PricePoint(effective_from, price))
    return {key: PriceHistory(tuple(of_key)) for key, of_key in points.items()}


def _stations(connection: Connection) -> list[Station]:
    products = _products(connection)
    names = (
        "id code name brand_code region_code address latitude_e7 longitude_e7 time_zone opening"
        " amenities tags remoteness peak_hours service_fee_fen generated"
    )
    query = select(*(STATION.c[name] for name in names.split())).order_by(STATION.c.id)
    return [_station(row, products) for row in _rows(connection, query)]


def _station(row: Any, products: Mapping[int, Mapping[FuelGrade, StationProduct]]) -> Station:
    return Station(
        id=row.id,
        code=row.code,
        name=row.name,
        brand_code=row.brand_code,
        region_code=row.region_code,
        address=row.address,
        latitude_e7=row.latitude_e7,
        longitude_e7=row.longitude_e7,
        time_zone=row.time_zone,
        opening=tuple(OpeningPeriod(opens, closes) for opens, closes in row.opening),
        amenities=tuple(row.amenities),
        tags=frozenset(row.tags),
        remoteness=REMOTENESS[row.remoteness],
        peak_hours=frozenset(row.peak_hours),
        service_fee_fen=row.service_fee_fen,
        generated=row.generated,
        products=products.get(row.id, {}),
    )


def _labels(connection: Connection, row: type[BrandRow] | type[AmenityRow]) -> dict[str, Label]:
    table = table_of(row)
    query = select(table.c.code, table.c.name_zh, table.c.name_en, table.c.icon_url)
    return {
        code: Label(code=code, name=LocalizedText(zh=zh, en=en), icon_url=icon_url)
        for code, zh, en, icon_url in _rows(connection, query.order_by(table.c.code))
    }


def _regions(connection: Connection) -> dict[str, Region]:
    table = table_of(RegionRow)
    query = select(table.c.code, table.c.name, table.c.latitude_e7, table.c.longitude_e7)
    return {
        code: Region(code=code, name=name, latitude_e7=latitude, longitude_e7=longitude)
        for code, name, latitude, longitude in _rows(connection, query.order_by(table.c.code))
    }
