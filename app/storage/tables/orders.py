"""Orders, as far as habits need them. User-owned: keys lead with `user_id`."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, text
from sqlmodel import Field

from app.domain.orders.status import OrderStatus
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod
from app.storage.tables.base import Row, instant, not_negative, one_of, positive, whole, words


class FuelOrderRow(Row, table=True):
    """`completed_at` stays when a completed order is refunded. `volume_ml` is truncated."""

    __tablename__ = "fuel_order"
    __table_args__ = (
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
        Index(
            "ix_fuel_order__user_id_completed",
            "user_id",
            "fuel_type",
            text("completed_at DESC"),
            text("id DESC"),
            postgresql_where=text("completed_at IS NOT NULL"),
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
    payment_method: str | None = Field(default=None, sa_column=words(nullable=True))
    placed_at: datetime = Field(sa_column=instant())
    completed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
