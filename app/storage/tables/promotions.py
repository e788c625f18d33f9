"""Promotions as documents, never changed once written, the steps of each version's life, and the
version of each that is live. Reference tables: the same for everyone."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.promotions.lifecycle import Act, State
from app.storage.tables.base import (
    Row,
    flag,
    instant,
    one_of,
    positive,
    whole,
    words,
)


class PromotionVersionRow(Row, table=True):
    """One immutable version of a promotion's document; versions of a code count from 1.

    `published_by`, `published_at`: by whom and when the version was recorded; its steps tell who
    submitted, approved and published it.
    """

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


class PromotionStepRow(Row, table=True):
    """What was done to a version, in order: steps count from 1, and the last tells its state."""

    __tablename__ = "promotion_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["code", "version"], ["promotion_version.code", "promotion_version.version"]
        ),
        positive("step"),
        one_of("act", Act),
        one_of("state", State),
        CheckConstraint("btrim(done_by) <> ''", name="done_by_someone"),
    )

    code: str = Field(sa_column=words(primary_key=True))
    version: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    step: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    act: str = Field(sa_column=words())
    state: str = Field(sa_column=words())
    done_by: str = Field(sa_column=words())
    done_at: datetime = Field(sa_column=instant(server_default=text("clock_timestamp()")))
    note: str | None = Field(default=None, sa_column=words(nullable=True))


class PromotionLiveRow(Row, table=True):
    """Which version of a promotion is served; a code that is absent is not offered. `paused`:
    visible to explanations, never applied."""

    __tablename__ = "promotion_live"
    __table_args__ = (
        ForeignKeyConstraint(
            ["code", "version"], ["promotion_version.code", "promotion_version.version"]
        ),
    )

    code: str = Field(sa_column=words(primary_key=True))
    version: int = Field(sa_column=whole())
    paused: bool = Field(default=False, sa_column=flag(False))
