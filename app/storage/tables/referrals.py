"""Referral: codes, who invited whom, and what the rules are."""

from datetime import datetime
from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.referral.referral import SideState
from app.storage.tables.base import Row, instant, not_negative, one_of, whole, words


class ReferralRulesRow(Row, table=True):
    """The rules as they were published; the highest version is in force."""

    __tablename__ = "referral_rules"

    version: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    published_by: str = Field(sa_column=words())
    published_at: datetime = Field(sa_column=instant())


class ReferralCodeRow(Row, table=True):
    """A reference table: a code is looked up by itself. `former_owner_id`: whose it was before that
    account was joined to its owner's; NULL: it is the owner's own, the one that they are shown."""

    __tablename__ = "referral_code"
    __table_args__ = (
        Index(
            "uq_referral_code__owner_id_own",
            "owner_id",
            unique=True,
            postgresql_where=text("former_owner_id IS NULL"),
        ),
    )

    code: str = Field(sa_column=words(primary_key=True))
    owner_id: int = Field(sa_column=whole(index=True))
    former_owner_id: int | None = Field(default=None, sa_column=whole(nullable=True))


class ReferrerRow(Row, table=True):
    """User-owned. `rewarded`: friends that the referrer is rewarded for, less those reversed."""

    __tablename__ = "referrer"
    __table_args__ = (not_negative("rewarded"),)

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    rewarded: int = Field(default=0, sa_column=whole(server_default=text("0")))


class ReferralRow(Row, table=True):
    """User-owned by the friend; the referrer's list is found by an index. `order_id`: the order
    that qualified, `rewards_at`: the end of its cooling."""

    __tablename__ = "referral"
    __table_args__ = (
        one_of("friend_state", SideState),
        one_of("referrer_state", SideState),
        CheckConstraint("user_id <> referrer_id", name="not_oneself"),
        CheckConstraint("(order_id IS NULL) = (rewards_at IS NULL)", name="order_dated"),
        ForeignKeyConstraint(["user_id", "order_id"], ["fuel_order.user_id", "fuel_order.id"]),
        Index(
            "ix_referral__referrer_id_bound_at_user_id",
            "referrer_id",
            text("bound_at DESC"),
            text("user_id DESC"),
        ),
        Index(
            "ix_referral__rewards_at_cooling",
            "rewards_at",
            postgresql_where=text("friend_state = 'COOLING' OR referrer_state = 'COOLING'"),
        ),
        Index(
            "ix_referral__user_id_reversing",
            "user_id",
            postgresql_where=text("friend_state = 'REVERSING' OR referrer_state = 'REVERSING'"),
        ),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    referrer_id: int = Field(sa_column=whole())
    bound_at: datetime = Field(sa_column=instant())
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    order_id: int | None = Field(default=None, sa_column=whole(nullable=True))
    rewards_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    friend_state: str = Field(default="BOUND", sa_column=words(server_default=text("'BOUND'")))
    friend_at: datetime = Field(sa_column=instant())
    friend_coupon_id: int | None = Field(default=None, sa_column=whole(nullable=True))
    referrer_state: str = Field(default="BOUND", sa_column=words(server_default=text("'BOUND'")))
    referrer_at: datetime = Field(sa_column=instant())
    referrer_coupon_id: int | None = Field(default=None, sa_column=whole(nullable=True))
