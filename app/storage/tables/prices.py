"""Prices in force over time. Reference tables: the same for everyone."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from app.domain.shared.fuel import FuelGrade
from app.storage.tables.base import Row, instant, one_of, positive, whole, words


class PriceZoneRow(Row, table=True):
    """An area with one official price per grade. `code` is "province_code:zone", e.g.
    "530000:yunnan-1"; `zone` is "default" where a province has only one."""

    __tablename__ = "price_zone"
    __table_args__ = (UniqueConstraint("province_code", "zone"),)

    code: str = Field(sa_column=words(primary_key=True))
    province_code: str = Field(sa_column=words())
    zone: str = Field(sa_column=words())
    province_name: str = Field(sa_column=words())
    name: str = Field(sa_column=words())


class CeilingPriceRow(Row, table=True):
    """The official price (国标价) of a zone and grade from an instant on."""

    __tablename__ = "ceiling_price"
    __table_args__ = (one_of("fuel_grade", FuelGrade), positive("price_mill_per_litre"))

    zone_code: str = Field(sa_column=words(ForeignKey("price_zone.code"), primary_key=True))
    fuel_grade: str = Field(sa_column=words(primary_key=True))
    effective_from: datetime = Field(sa_column=instant(primary_key=True))
    price_mill_per_litre: int = Field(sa_column=whole())
    source_url: str | None = Field(default=None, sa_column=words(nullable=True))


class PumpPriceRow(Row, table=True):
    """The pump price (枪价) of a product from an instant on."""

    __tablename__ = "pump_price"
    __table_args__ = (
        ForeignKeyConstraint(
            ["station_id", "fuel_grade"],
            ["station_product.station_id", "station_product.fuel_grade"],
            ondelete="CASCADE",
        ),
        positive("price_mill_per_litre"),
    )

    station_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    fuel_grade: str = Field(sa_column=words(primary_key=True))
    effective_from: datetime = Field(sa_column=instant(primary_key=True))
    price_mill_per_litre: int = Field(sa_column=whole())
