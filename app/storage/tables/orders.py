"""Orders. User-owned: keys lead with `user_id`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.orders.status import OrderStatus
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod
from app.storage.tables.base import Row, instant, not_negative, one_of, positive, whole, words


class FuelOrderRow(Row, table=True):
    """`terms`: all that was frozen at placement; what habits, lists and sweeps look at stands in
    columns beside it. `refunded_lines`: fen of each line of the ledger that refunds took back in
    all. `completed_at` stays when a completed order is refunded. `volume_ml` is truncated."""

    __tablename__ = "fuel_order"
    __table_args__ = (
        UniqueConstraint("user_id", "quote_id"),
        one_of("fuel_grade", FuelGrade),
        one_of("fuel_type", FuelType),
        one_of("status", OrderStatus),
        one_of("payment_method", PaymentMethod),
        CheckConstraint(
            "(fuel_type = 'DIESEL') = starts_with(fuel_grade, 'DIESEL')", name="type_of_grade"
        ),
        positive("pump_amount_fen"),
        not_negative("volume_ml"),
        not_negative("discount_fen"),
        not_negative("payable_fen"),
        CheckConstraint("completed_at >= placed_at", name="completed_after_placed"),
        CheckConstraint(
            "status <> 'COMPLETED' OR completed_at IS NOT NULL", name="completed_dated"
        ),
        CheckConstraint(
            "status IN ('PLACED', 'CANCELLED', 'EXPIRED') OR paid_at IS NOT NULL",
            name="paid_dated",
        ),
        CheckConstraint("refunded_fen BETWEEN 0 AND payable_fen", name="refunded_within"),
        CheckConstraint("0 <= ALL (refunded_lines)", name="refunded_lines_not_negative"),
        Index(
            "ix_fuel_order__user_id_completed",
            "user_id",
            "fuel_type",
            text("completed_at DESC"),
            text("id DESC"),
            postgresql_where=text("completed_at IS NOT NULL"),
        ),
        Index("ix_fuel_order__user_id_placed_at_id", "user_id", "placed_at", "id"),
        Index("ix_fuel_order__id", "id"),
        Index("ix_fuel_order__unpaid", "pay_before", postgresql_where=text("status = 'PLACED'")),
        Index(
            "ix_fuel_order__unfulfilled",
            "paid_at",
            postgresql_where=text(
                "fulfilled_at IS NULL AND status IN ('PAID', 'PARTIALLY_REFUNDED')"
            ),
        ),
        Index(
            "ix_fuel_order__uncompleted",
            "fulfilled_at",
            postgresql_where=text(
                "completed_at IS NULL AND status IN ('FULFILLED', 'PARTIALLY_REFUNDED')"
            ),
        ),
    )

    user_id: int = Field(
        sa_column=whole(ForeignKey("member.user_id"), primary_key=True, autoincrement=False)
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    station_id: int = Field(sa_column=whole(ForeignKey("station.id"), index=True))
    fuel_grade: str = Field(sa_column=words())
    fuel_type: str = Field(sa_column=words())
    pump_amount_fen: int = Field(sa_column=whole())
    volume_ml: int = Field(sa_column=whole())
    discount_fen: int = Field(sa_column=whole())
    payable_fen: int = Field(sa_column=whole())
    status: str = Field(sa_column=words())
    payment_method: str = Field(sa_column=words())
    placed_at: datetime = Field(sa_column=instant())
    completed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    quote_id: str = Field(sa_column=words())
    nozzle_no: str | None = Field(default=None, sa_column=words(nullable=True))
    terms: Mapping[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    pay_before: datetime = Field(sa_column=instant())
    paid_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    fulfilled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    refunded_lines: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    refunded_fen: int = Field(default=0, sa_column=whole(server_default=text("0")))
