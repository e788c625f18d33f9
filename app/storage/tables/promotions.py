"""Promotions as published documents, never changed once written, and the version of each that is
live. Reference tables: the same for everyone."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.storage.tables.base import Row, instant, not_negative, positive, whole, words


class PromotionVersionRow(Row, table=True):
    """One immutable version of a promotion's document; versions of a code count from 1."""

    __tablename__ = "promotion_version"
    __table_args__ = (
        positive("version"),
        CheckConstraint("document ->> 'code' = code", name="document_code"),
    )

    code: str = Field(sa_column=words(primary_key=True))
    version: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    published_at: datetime = Field(sa_column=instant(server_default=text("now()")))
    published_by: str = Field(sa_column=words())


class PromotionLiveRow(Row, table=True):
    """Which version of a promotion is live; a code that is absent is not offered."""

    __tablename__ = "promotion_live"
    __table_args__ = (
        ForeignKeyConstraint(
            ["code", "version"], ["promotion_version.code", "promotion_version.version"]
        ),
    )

    code: str = Field(sa_column=words(primary_key=True))
    version: int = Field(sa_column=whole())


class BatchStockRow(Row, table=True):
    """Coupons issued so far of a batch. Who inserts coupons adds to it in the same transaction:
    counting the coupons themselves would ask every shard."""

    __tablename__ = "batch_stock"
    __table_args__ = (not_negative("issued"),)

    batch_code: str = Field(sa_column=words(primary_key=True))
    issued: int = Field(default=0, sa_column=whole(server_default=text("0")))
