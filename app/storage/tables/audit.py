"""Audit records: written, never changed. They outlive what they tell of, so nothing references."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.audit.record import ActorKind
from app.domain.shared.channel import Channel
from app.storage.tables.base import Row, instant, not_negative, one_of, whole, words


class AuditEventRow(Row, table=True):
    """One act. `user_id`: whose the subject is; 0: nobody's. `device` is an opaque id; `before`
    and `after` hold plain values, never personal data in clear."""

    __tablename__ = "audit_event"
    __table_args__ = (
        not_negative("user_id"),
        one_of("actor_kind", ActorKind),
        one_of("channel", Channel),
        CheckConstraint("act ~ '^[a-z_]+([.][a-z_]+)+$'", name="act_shape"),
        Index("ix_audit_event__user_id_subject_id", "user_id", "subject", "id"),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = Field(sa_column=instant())
    act: str = Field(sa_column=words())
    subject: str = Field(sa_column=words())
    actor_kind: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    channel: str | None = Field(default=None, sa_column=words(nullable=True))
    device: str | None = Field(default=None, sa_column=words(nullable=True))
    request_id: str | None = Field(default=None, sa_column=words(nullable=True))
    before: Mapping[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    after: Mapping[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
