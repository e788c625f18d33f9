"""What was answered to each idempotency key. User-owned: keys lead with `user_id`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.storage.tables.base import Row, instant, whole, words


class IdempotentRequestRow(Row, table=True):
    """The first answer to (`user_id`, `key`), told again as long as the row stays. `input_hash`:
    of operation and input, hexadecimal; `answer`: a receipt or the refusals, plain values."""

    __tablename__ = "idempotent_request"
    __table_args__ = (
        CheckConstraint("key ~ '^[A-Za-z0-9_-]{1,64}$'", name="key_shape"),
        CheckConstraint("input_hash ~ '^[0-9a-f]{64}$'", name="input_hash_shape"),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    key: str = Field(sa_column=words(primary_key=True))
    operation: str = Field(sa_column=words())
    input_hash: str = Field(sa_column=words())
    answer: Mapping[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_column=instant(index=True))
