"""What follows an order's payment: refunds, its invoice, and what each funder owes. User-owned:
keys lead with `user_id`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.orders.invoice import InvoiceStatus
from app.domain.orders.refund_request import RefundStatus
from app.domain.shared.funder import Funder
from app.storage.tables.base import Row, instant, not_negative, one_of, positive, whole, words


def _owner(*args: Any) -> Column[Any]:
    return whole(*args, primary_key=True, autoincrement=False)


def _of_order() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["user_id", "order_id"], ["fuel_order.user_id", "fuel_order.id"])


def _fens() -> Column[Any]:
    return Column(ARRAY(BigInteger), nullable=False)


OPEN = "status IN ('REQUESTED', 'PROCESSING')"


class OrderRefundRow(Row, table=True):
    """It takes the order's lines from `lines_before` to `lines_after`, in fen before discounts.
    `restored`: [{"kind", "amount", "title"}, …], of a refund that is done."""

    __tablename__ = "order_refund"
    __table_args__ = (
        _of_order(),
        UniqueConstraint("user_id", "number"),
        one_of("status", RefundStatus),
        not_negative("money_fen"),
        CheckConstraint("fee_fen BETWEEN 0 AND money_fen", name="fee_part"),
        CheckConstraint(
            "cardinality(lines_before) = cardinality(lines_after)", name="lines_paired"
        ),
        CheckConstraint(f"({OPEN}) = (settled_at IS NULL)", name="settled_dated"),
        CheckConstraint("jsonb_typeof(restored) = 'array'", name="restored_list"),
        Index(
            "uq_order_refund__one_open",
            "user_id",
            "order_id",
            unique=True,
            postgresql_where=text(OPEN),
        ),
        Index("ix_order_refund__open", "requested_at", postgresql_where=text(OPEN)),
        Index("ix_order_refund__done", "settled_at", postgresql_where=text("status = 'DONE'")),
        Index("ix_order_refund__user_id_order_id", "user_id", "order_id"),
    )

    user_id: int = Field(sa_column=_owner())
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    order_id: int = Field(sa_column=whole())
    number: str = Field(sa_column=words())
    status: str = Field(sa_column=words())
    lines_before: list[int] = Field(sa_column=_fens())
    lines_after: list[int] = Field(sa_column=_fens())
    money_fen: int = Field(sa_column=whole())
    fee_fen: int = Field(default=0, sa_column=whole(server_default=text("0")))
    reason: str = Field(sa_column=words())
    requested_at: datetime = Field(sa_column=instant())
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    restored: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")),
    )


class InvoiceRow(Row, table=True):
    """One an order. `tax_number_sealed` and `email_sealed` open only with the sealing key.
    `number` and `issued_on`: as the paper says, while it stands; `failure`: why there is none."""

    __tablename__ = "invoice"
    __table_args__ = (
        _of_order(),
        one_of("status", InvoiceStatus),
        positive("amount_fen"),
        CheckConstraint(
            "(status = 'ISSUED') = (number IS NOT NULL) AND (number IS NULL) = (issued_on IS NULL)",
            name="issued_numbered",
        ),
        Index(
            "uq_invoice__number",
            "number",
            unique=True,
            postgresql_where=text("number IS NOT NULL"),
        ),
        Index("ix_invoice__status_requested_at", "status", "requested_at"),
    )

    user_id: int = Field(sa_column=_owner())
    order_id: int = Field(sa_column=_owner())
    status: str = Field(sa_column=words())
    title: str = Field(sa_column=words())
    tax_number_sealed: bytes | None = Field(
        default=None, sa_column=Column(LargeBinary, nullable=True)
    )
    email_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    amount_fen: int = Field(sa_column=whole())
    requested_at: datetime = Field(sa_column=instant())
    url: str | None = Field(default=None, sa_column=words(nullable=True))
    number: str | None = Field(default=None, sa_column=words(nullable=True))
    issued_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    failure: str | None = Field(default=None, sa_column=words(nullable=True))


class FundingEntryRow(Row, table=True):
    """What a funder owes for one offer of one order (`fen` > 0), or no longer owes by a refund of
    it (`fen` < 0, but for an odd fen). `station_day`: the station's own when it was paid, or when the refund was done."""

    __tablename__ = "funding_entry"
    __table_args__ = (
        _of_order(),
        ForeignKeyConstraint(["user_id", "refund_id"], ["order_refund.user_id", "order_refund.id"]),
        UniqueConstraint(
            "user_id",
            "order_id",
            "refund_id",
            "funder",
            "code",
            postgresql_nulls_not_distinct=True,
        ),
        one_of("funder", Funder),
        CheckConstraint("fen > 0 OR (fen < 0 AND refund_id IS NOT NULL)", name="fen_signed"),
        Index("ix_funding_entry__station_day_station_id", "station_day", "station_id"),
    )

    user_id: int = Field(sa_column=_owner())
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    order_id: int = Field(sa_column=whole())
    refund_id: int | None = Field(default=None, sa_column=whole(nullable=True))
    station_id: int = Field(sa_column=whole(ForeignKey("station.id"), index=True))
    station_day: date = Field(sa_column=Column(Date, nullable=False))
    funder: str = Field(sa_column=words())
    code: str = Field(sa_column=words())
    fen: int = Field(sa_column=whole())
