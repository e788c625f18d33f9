"""Stations and the words to find them by. Reference tables: the same for everyone."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Remoteness
from app.storage.tables.base import (
    Row,
    flag,
    instant,
    not_negative,
    one_of,
    whole,
    word_list,
    words,
)


class BrandRow(Row, table=True):
    __tablename__ = "brand"

    code: str = Field(sa_column=words(primary_key=True))
    name_zh: str = Field(sa_column=words())
    name_en: str | None = Field(default=None, sa_column=words(nullable=True))
    icon_url: str | None = Field(default=None, sa_column=words(nullable=True))


class AmenityRow(Row, table=True):
    __tablename__ = "amenity"

    code: str = Field(sa_column=words(primary_key=True))
    name_zh: str = Field(sa_column=words())
    name_en: str | None = Field(default=None, sa_column=words(nullable=True))
    icon_url: str | None = Field(default=None, sa_column=words(nullable=True))


class RegionRow(Row, table=True):
    """A place that can be found by name. Coordinates are WGS84 in 1e-7 degree."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("latitude_e7 BETWEEN -900000000 AND 900000000", name="latitude_range"),
        CheckConstraint("longitude_e7 BETWEEN -1800000000 AND 1800000000", name="longitude_range"),
    )

    code: str = Field(sa_column=words(primary_key=True))
    name: str = Field(sa_column=words())
    latitude_e7: int = Field(sa_column=whole())
    longitude_e7: int = Field(sa_column=whole())


class StationRow(Row, table=True):
    """`code` is "source:source_id". `opening`: [[opens_minute, closes_minute], …], [] is always
    open. `region_code` may be finer than the regions found by name, so it references none."""

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("code ~ '^[^:]+:.+$'", name="code_form"),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("latitude_e7 BETWEEN -900000000 AND 900000000", name="latitude_range"),
        CheckConstraint("longitude_e7 BETWEEN -1800000000 AND 1800000000", name="longitude_range"),
        CheckConstraint("jsonb_typeof(opening) = 'array'", name="opening_list"),
        CheckConstraint(
            "0 <= ALL (peak_hours) AND 23 >= ALL (peak_hours)", name="peak_hours_range"
        ),
        one_of("remoteness", Remoteness),
        not_negative("service_fee_fen"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    code: str = Field(sa_column=words())
    name: str = Field(sa_column=words())
    brand_code: str = Field(sa_column=words(ForeignKey("brand.code"), index=True))
    region_code: str = Field(sa_column=words())
    price_zone_code: str | None = Field(
        default=None, sa_column=words(ForeignKey("price_zone.code"), nullable=True, index=True)
    )
    address: str = Field(sa_column=words())
    latitude_e7: int = Field(sa_column=whole())
    longitude_e7: int = Field(sa_column=whole())
    time_zone: str = Field(sa_column=words())
    opening: list[list[int]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")),
    )
    amenities: list[str] = Field(default_factory=list, sa_column=word_list())
    tags: list[str] = Field(default_factory=list, sa_column=word_list())
    remoteness: str = Field(default="URBAN", sa_column=words(server_default=text("'URBAN'")))
    peak_hours: list[int] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(SmallInteger), nullable=False, server_default=text("'{}'")),
    )
    service_fee_fen: int = Field(default=0, sa_column=whole(server_default=text("0")))
    generated: bool = Field(default=False, sa_column=flag(default=False))
    phone: str | None = Field(default=None, sa_column=words(nullable=True))
    image_url: str | None = Field(default=None, sa_column=words(nullable=True))
    source_updated_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class StationProductRow(Row, table=True):
    __tablename__ = "station_product"
    __table_args__ = (
        one_of("fuel_grade", FuelGrade),
        not_negative("floor_price_mill_per_litre"),
    )

    station_id: int = Field(
        sa_column=whole(
            ForeignKey("station.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    fuel_grade: str = Field(sa_column=words(primary_key=True))
    nozzles: list[str] = Field(default_factory=list, sa_column=word_list())
    floor_price_mill_per_litre: int = Field(default=0, sa_column=whole(server_default=text("0")))
