"""How coupons come to members by operators' hands: runs of issuing and of making codes, the codes,
and what members typed that was none."""

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

from app.domain.wallet.runs import RunKind
from app.storage.tables.base import Row, instant, not_negative, one_of, whole, words


def _counted() -> Column[int]:
    return whole(server_default=text("0"))


class CouponRunRow(Row, table=True):
    """One operator's act on a whole audience, done in chunks. `cursor`: how far it has come, moved
    in the transaction of each chunk: the greatest user id of a segment, the last line of a file,
    codes made. `audience`: "segment:NAME", "file:SHA-256" or "codes:COUNT"."""

    __tablename__ = "coupon_run"
    __table_args__ = (
        one_of("kind", RunKind),
        *(not_negative(name) for name in ("cursor", "seen", "issued", "had", "unknown", "short")),
        Index("ix_coupon_run__open", "batch_code", postgresql_where=text("finished_at IS NULL")),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    kind: str = Field(sa_column=words())
    batch_code: str = Field(sa_column=words())
    audience: str = Field(sa_column=words())
    started_by: str = Field(sa_column=words())
    started_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    cursor: int = Field(default=0, sa_column=_counted())
    seen: int = Field(default=0, sa_column=_counted())
    issued: int = Field(default=0, sa_column=_counted())
    had: int = Field(default=0, sa_column=_counted())
    unknown: int = Field(default=0, sa_column=_counted())
    short: int = Field(default=0, sa_column=_counted())


class CouponCodeRow(Row, table=True):
    """A code that gives one coupon, once. `code_hash`: HMAC-SHA256 under a key of the server's; the
    code itself stands nowhere. Shared by all members until one redeems it: no key to a member, who
    may lie in another database."""

    __tablename__ = "coupon_code"
    __table_args__ = (
        CheckConstraint("octet_length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint(
            "(redeemed_by IS NULL) = (redeemed_at IS NULL)", name="redeemed_by_someone"
        ),
        CheckConstraint("redeemed_at IS NULL OR revoked_at IS NULL", name="redeemed_or_revoked"),
    )

    code_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    batch_code: str = Field(sa_column=words(index=True))
    run_id: int = Field(sa_column=whole(ForeignKey("coupon_run.id"), index=True))
    redeemed_by: int | None = Field(default=None, sa_column=whole(nullable=True))
    redeemed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class CodeMissRow(Row, table=True):
    """Well-formed codes that a member typed on a day of UTC and that do not exist: who guesses is
    seen here."""

    __tablename__ = "code_miss"
    __table_args__ = (not_negative("misses"),)

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    day_began_at: datetime = Field(sa_column=instant(primary_key=True))
    misses: int = Field(default=0, sa_column=_counted())
