"""Demo data as rows: for each table its columns and their values, in the order of writing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from psycopg.types.json import Jsonb

from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.stations.station import Label
from app.domain.wallet.coupon import Coupon
from app.ports.seeding import SeedContents, SeedMember, SeedStation
from app.storage.orders import ORDER_COLUMNS, order_values
from app.storage.seed_accounts import account_tables
from app.storage.seed_orders import order_life_tables
from app.storage.seed_table import TableRows, Values, rows_of


def reference_tables(contents: SeedContents) -> Iterator[TableRows]:
    """Words and facts, which a real import may have brought before."""
    yield _labels("brand", contents.brands)
    yield _labels("amenity", contents.amenities)
    yield TableRows(
        table="region",
        columns=("code", "name", "latitude_e7", "longitude_e7"),
        rows=((r.code, r.name, r.latitude_e7, r.longitude_e7) for r in contents.regions),
        total=len(contents.regions),
        kept=True,
    )
    yield TableRows(
        table="price_zone",
        columns=("code", "province_code", "zone", "province_name", "name"),
        rows=((z.code, z.province_code, z.zone, z.province_name, z.name) for z in contents.zones),
        total=len(contents.zones),
        kept=True,
    )
    yield TableRows(
        table="ceiling_price",
        columns=(
            *("zone_code", "fuel_grade", "effective_from", "price_mill_per_litre"),
            "source_url",
        ),
        rows=(
            (z.code, grade.value, point.effective_from, point.price_mill_per_litre, z.source_url)
            for z in contents.zones
            for grade, point in z.ceilings.items()
        ),
        total=sum(len(zone.ceilings) for zone in contents.zones),
        kept=True,
    )


def _labels(table: str, labels: Sequence[Label]) -> TableRows:
    return TableRows(
        table=table,
        columns=("code", "name_zh", "name_en", "icon_url"),
        rows=((each.code, each.name.zh, each.name.en, each.icon_url) for each in labels),
        total=len(labels),
        kept=True,
    )


def stations(contents: SeedContents) -> TableRows:
    return TableRows(
        table="station",
        columns=(
            *("id", "code", "name", "brand_code", "region_code", "price_zone_code", "address"),
            *("latitude_e7", "longitude_e7", "time_zone", "opening", "amenities", "tags"),
            *("remoteness", "peak_hours", "service_fee_fen", "generated", "phone", "image_url"),
        ),
        rows=map(_station, contents.stations),
        total=len(contents.stations),
    )


def _station(seeded: SeedStation) -> Values:
    station = seeded.station
    return (
        station.id,
        station.code,
        station.name,
        station.brand_code,
        station.region_code,
        seeded.zone_code,
        station.address,
        station.latitude_e7,
        station.longitude_e7,
        station.time_zone,
        Jsonb([[period.opens_minute, period.closes_minute] for period in station.opening]),
        list(station.amenities),
        sorted(station.tags),
        station.remoteness.value,
        sorted(station.peak_hours),
        station.service_fee_fen,
        station.generated,
        seeded.details.phone,
        seeded.details.image_url,
    )


def product_tables(contents: SeedContents) -> Iterator[TableRows]:
    products = [p for each in contents.stations for p in each.station.products.values()]
    yield TableRows(
        table="station_product",
        columns=("station_id", "fuel_grade", "nozzles", "floor_price_mill_per_litre"),
        rows=(
            (p.station_id, p.fuel_grade.value, list(p.nozzles), p.floor_price_mill_per_litre)
            for p in products
        ),
        total=len(products),
    )
    yield TableRows(
        table="pump_price",
        columns=("station_id", "fuel_grade", "effective_from", "price_mill_per_litre"),
        rows=(
            (p.station_id, p.fuel_grade.value, point.effective_from, point.price_mill_per_litre)
            for p in products
            for point in p.pump_price.points
        ),
        total=sum(len(product.pump_price.points) for product in products),
    )


def member_tables(contents: SeedContents) -> Iterator[TableRows]:
    yield from _profile_tables(contents)
    yield from _share_codes(contents)
    yield from _history_tables(contents)
    yield from order_life_tables(contents)
    yield from account_tables(contents)


def _profile_tables(contents: SeedContents) -> Iterator[TableRows]:
    members = contents.members
    yield TableRows(
        table="member",
        columns=(
            *("user_id", "nickname", "phone_masked", "tier", "segments"),
            *("generated", "joined_at"),
        ),
        rows=map(_member, members),
        total=len(members),
    )
    yield TableRows(
        table="member_preferences",
        columns=(
            *("user_id", "theme", "language", "usual_fuel_grade", "usual_pump_amount_fen"),
            *("usual_volume_ml", "usual_payment_method", "use_points", "personalised"),
            "topics_off",
        ),
        rows=map(_preferences, members),
        total=len(members),
    )
    yield TableRows(
        table="favourite_station",
        columns=("user_id", "station_id", "added_at"),
        rows=(
            # The first one listed was added last.
            (each.member.user_id, station_id, contents.moment - timedelta(days=30 + place))
            for each in members
            for place, station_id in enumerate(each.favourites)
        ),
        total=sum(len(each.favourites) for each in members),
    )


def _share_codes(contents: SeedContents) -> Iterator[TableRows]:
    """Those that the examples name; others are made when they are first asked for."""
    yield from rows_of(
        "referral_code",
        [
            {"code": each.share_code, "owner_id": each.member.user_id}
            for each in contents.members
            if each.share_code is not None
        ],
    )


def _history_tables(contents: SeedContents) -> Iterator[TableRows]:
    members = contents.members
    yield TableRows(
        table="fuel_order",
        columns=ORDER_COLUMNS,
        rows=(tuple(order_values(order).values()) for each in members for order in each.orders),
        total=sum(len(each.orders) for each in members),
    )
    yield TableRows(
        table="coupon",
        columns=(
            *("user_id", "id", "batch_code", "status", "claimed_at", "valid_from"),
            "valid_until",
        ),
        rows=(_coupon(coupon) for each in members for coupon in each.coupons),
        total=sum(len(each.coupons) for each in members),
    )


def _member(seeded: SeedMember) -> Values:
    member = seeded.member
    return (
        member.user_id,
        member.nickname,
        member.phone_masked,
        member.tier.value,
        sorted(member.segments),
        True,
        seeded.joined_at,
    )


def _preferences(seeded: SeedMember) -> Values:
    set_by_member = seeded.member.preferences
    fill, grade = set_by_member.usual_fill, set_by_member.usual_fuel_grade
    method = set_by_member.usual_payment_method
    return (
        seeded.member.user_id,
        set_by_member.theme.value,
        set_by_member.language,
        grade and grade.value,
        fill.pump_amount_fen if isinstance(fill, AmountFill) else None,
        fill.volume_ml if isinstance(fill, LitresFill) else None,
        method and method.value,
        set_by_member.use_points,
        set_by_member.personalised,
        sorted(topic.value for topic in set_by_member.topics_off),
    )


def _coupon(coupon: Coupon) -> Values:
    return (
        coupon.user_id,
        coupon.id,
        coupon.batch_code,
        coupon.stored_status.value,
        coupon.claimed_at,
        coupon.valid_from,
        coupon.valid_until,
    )


def issued_by_batch(contents: SeedContents) -> Counter[str]:
    """Coupons of the seed, by batch."""
    return Counter(coupon.batch_code for each in contents.members for coupon in each.coupons)
