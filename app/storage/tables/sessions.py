"""Where members are signed in. User-owned: keys lead with `user_id`."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, LargeBinary, text
from sqlmodel import Field

from app.domain.identity.session import SessionEnd
from app.domain.shared.channel import Channel
from app.storage.tables.base import Row, instant, not_negative, one_of, whole, words


class MemberSessionRow(Row, table=True):
    """`seed` proves refresh tokens together with the server's key: of itself it makes none.
    `generation`: of the one that is to be used next; it and `last_seen_at` are written at each
    refresh, so no index has them."""

    __tablename__ = "member_session"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("end_reason", SessionEnd),
        not_negative("generation"),
        CheckConstraint("octet_length(seed) = 32", name="seed_length"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    channel: str = Field(sa_column=words())
    device: str | None = Field(default=None, sa_column=words(nullable=True))
    app_version: str | None = Field(default=None, sa_column=words(nullable=True))
    seed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    generation: int = Field(default=0, sa_column=whole(server_default=text("0")))
    opened_at: datetime = Field(sa_column=instant(index=True))
    last_seen_at: datetime = Field(sa_column=instant())
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True, index=True))
    end_reason: str | None = Field(default=None, sa_column=words(nullable=True))
