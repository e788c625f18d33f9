"""Coupons and points. User-owned: keys lead with `user_id`."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    text,
)
from sqlmodel import Field

from app.domain.wallet.coupon import CouponOrigin, CouponStatus
from app.storage.tables.base import Row, instant, one_of, whole, words


class CouponRow(Row, table=True):
    """A coupon of a batch, valid in [valid_from, valid_until). `cause`: what it was given for, once
    a member; NULL: claimed. `order_id`: the order that holds or used it. `recalled_at`: since when
    it is to be revoked instead of coming back from that order."""

    __tablename__ = "coupon"
    __table_args__ = (
        one_of("status", CouponStatus),
        one_of("origin", CouponOrigin),
        CheckConstraint("valid_from < valid_until", name="valid_span"),
        CheckConstraint(
            "order_id IS NULL OR status IN ('RESERVED', 'REDEEMED')", name="order_holds"
        ),
        ForeignKeyConstraint(["user_id", "order_id"], ["fuel_order.user_id", "fuel_order.id"]),
        Index(
            "ix_coupon__user_id_cause",
            "user_id",
            "cause",
            unique=True,
            postgresql_where=text("cause IS NOT NULL"),
        ),
        Index(
            "ix_coupon__user_id_order_id",
            "user_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index(
            "ix_coupon__valid_until_usable",
            "valid_until",
            postgresql_where=text("status = 'USABLE'"),
        ),
        Index("ix_coupon__user_id_valid_until_id", "user_id", "valid_until", "id"),
        Index(
            "ix_coupon__user_id_id_open",
            "user_id",
            "id",
            postgresql_where=text("status IN ('USABLE', 'RESERVED')"),
        ),
    )

    user_id: int = Field(
        sa_column=whole(ForeignKey("member.user_id"), primary_key=True, autoincrement=False)
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    batch_code: str = Field(sa_column=words())
    status: str = Field(default="USABLE", sa_column=words(server_default=text("'USABLE'")))
    claimed_at: datetime = Field(sa_column=instant())
    valid_from: datetime = Field(sa_column=instant())
    valid_until: datetime = Field(sa_column=instant())
    origin: str = Field(default="CLAIM", sa_column=words(server_default=text("'CLAIM'")))
    cause: str | None = Field(default=None, sa_column=words(nullable=True))
    order_id: int | None = Field(default=None, sa_column=whole(nullable=True))
    recalled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
