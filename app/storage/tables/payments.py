"""Payments and what providers told of them. User-owned: keys lead with `user_id`; a notice of a
payment that is not ours belongs to nobody."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.orders.payment import PaymentState
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.ports.payment_notices import NoticeKind
from app.ports.payments import NoticeOutcome
from app.storage.tables.base import Row, flag, instant, one_of, positive, whole, words

UNDECIDED = "state = 'OPEN' OR state = 'RETURNING' OR (state = 'CLOSED' AND NOT closed_there)"
"""Whose provider still has something to tell."""


class PaymentRow(Row, table=True):
    """Of one order's payments at most one is open and at most one pays it. `sheet`: kind and
    fields of what a client needs to pay; NULL until the provider has answered. `return_asked_at`:
    when the provider was first to give the money back; NULL: never, or a person did."""

    __tablename__ = "payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "order_id"], ["fuel_order.user_id", "fuel_order.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("user_id", "number"),
        one_of("method", PaymentMethod),
        one_of("scene", PaymentScene),
        one_of("state", PaymentState),
        positive("amount_fen"),
        positive("paid_fen"),
        CheckConstraint("char_length(number) BETWEEN 6 AND 32", name="number_length"),
        CheckConstraint(
            "(state IN ('OPEN', 'CLOSED')) = (paid_at IS NULL)"
            " AND (paid_at IS NULL) = (paid_fen IS NULL)"
            " AND (paid_at IS NULL) = (transaction_no IS NULL)",
            name="paid_told",
        ),
        CheckConstraint("(state = 'RETURNED') = (returned_at IS NOT NULL)", name="returned_dated"),
        CheckConstraint("state <> 'PAID' OR paid_fen = amount_fen", name="paid_in_full"),
        Index("ix_payment__user_id_order_id", "user_id", "order_id"),
        Index(
            "uq_payment__open",
            "user_id",
            "order_id",
            unique=True,
            postgresql_where=text("state = 'OPEN'"),
        ),
        Index(
            "uq_payment__paid",
            "user_id",
            "order_id",
            unique=True,
            postgresql_where=text("state = 'PAID'"),
        ),
        Index("ix_payment__disputed", "paid_at", postgresql_where=text("state = 'DISPUTED'")),
        Index("ix_payment__undecided", "asked_at", postgresql_where=text(UNDECIDED)),
        Index("ix_payment__paid_at", "paid_at", postgresql_where=text("paid_at IS NOT NULL")),
        Index(
            "ix_payment__returned_at",
            "returned_at",
            postgresql_where=text("returned_at IS NOT NULL"),
        ),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    order_id: int = Field(sa_column=whole())
    number: str = Field(sa_column=words())
    method: str = Field(sa_column=words())
    scene: str = Field(sa_column=words())
    amount_fen: int = Field(sa_column=whole())
    state: str = Field(sa_column=words())
    sheet: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    asked_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    checked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    closed_there: bool = Field(default=False, sa_column=flag(default=False))
    paid_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    paid_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
    transaction_no: str | None = Field(default=None, sa_column=words(nullable=True))
    return_asked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    returned_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class PaymentNoticeRow(Row, table=True):
    """A provider's notice of a payment of ours. `outcome` is set by the transaction that adds it."""

    __tablename__ = "payment_notice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "payment_id"], ["payment.user_id", "payment.id"], ondelete="CASCADE"
        ),
        one_of("kind", NoticeKind),
        one_of("outcome", NoticeOutcome),
        Index("ix_payment_notice__user_id_payment_id", "user_id", "payment_id"),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    notice_key: str = Field(sa_column=words(primary_key=True))
    payment_id: int = Field(sa_column=whole())
    kind: str = Field(sa_column=words())
    state: str = Field(sa_column=words())
    amount_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
    outcome: str | None = Field(default=None, sa_column=words(nullable=True))
    received_at: datetime = Field(sa_column=instant())


class StrayNoticeRow(Row, table=True):
    """A genuine notice of a payment that no member of ours has."""

    __tablename__ = "stray_notice"
    __table_args__ = (one_of("kind", NoticeKind),)

    notice_key: str = Field(sa_column=words(primary_key=True))
    kind: str = Field(sa_column=words())
    number: str = Field(sa_column=words())
    state: str = Field(sa_column=words())
    amount_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
    received_at: datetime = Field(sa_column=instant(index=True))
