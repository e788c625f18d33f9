"""Consents, copies of a member's data, and erasure. User-owned: keys lead with `user_id`."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    text,
)
from sqlmodel import Field

from app.domain.identity.privacy import ExportState
from app.storage.tables.base import Row, instant, one_of, whole, words


def _owner() -> Column[int]:
    member = ForeignKey("member.user_id", ondelete="CASCADE")
    return whole(member, primary_key=True, autoincrement=False)


class ConsentRow(Row, table=True):
    """`policy`: its version. One for each that the member consented to: the history stays."""

    __tablename__ = "consent"

    user_id: int = Field(sa_column=_owner())
    policy: str = Field(sa_column=words(primary_key=True))
    given_at: datetime = Field(sa_column=instant())


class DataExportRow(Row, table=True):
    """`archive`: everything in JSON, sealed for this row; NULL until it is made."""

    __tablename__ = "data_export"
    __table_args__ = (
        one_of("state", ExportState),
        CheckConstraint(
            "(state = 'READY') = (archive IS NOT NULL)"
            " AND (state = 'READY') = (expires_at IS NOT NULL)",
            name="ready_has_archive",
        ),
        Index(
            "ix_data_export__expires_at",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    user_id: int = Field(sa_column=_owner())
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    state: str = Field(sa_column=words())
    requested_at: datetime = Field(sa_column=instant())
    expires_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    archive: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class ErasureRow(Row, table=True):
    """A member's wish to be forgotten; one that was taken back is no row. `done_at`: done."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("requested_at <= due_at", name="due_later"),
        Index("ix_erasure__due_at", "due_at", postgresql_where=text("done_at IS NULL")),
    )

    user_id: int = Field(sa_column=_owner())
    requested_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())
    done_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
