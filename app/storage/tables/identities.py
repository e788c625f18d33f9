"""Who members are elsewhere: identities at providers, phones, one-time passwords. Looked up before
anybody knows whose they are, so these are reference tables, kept whole wherever members lie."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from app.domain.identity.identity import IdentityProvider
from app.storage.tables.base import Row, flag, instant, not_negative, one_of, whole, words


def _hash(name: str, *, key: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False, primary_key=key)


def _of_32_bytes(column: str) -> CheckConstraint:
    return CheckConstraint(f"octet_length({column}) = 32", name=f"{column}_length")


class IdentityRow(Row, table=True):
    """`subject`: the provider's id of the person in the app (openid); `union_id`: in all apps of
    one owner, NULL until it is told."""

    __tablename__ = "identity"
    __table_args__ = (
        one_of("provider", IdentityProvider),
        Index("ix_identity__union_id", "union_id", postgresql_where=text("union_id IS NOT NULL")),
        Index("ix_identity__owner_id_provider_app_id", "owner_id", "provider", "app_id"),
    )

    provider: str = Field(sa_column=words(primary_key=True))
    app_id: str = Field(sa_column=words(primary_key=True))
    subject: str = Field(sa_column=words(primary_key=True))
    owner_id: int = Field(sa_column=whole())
    union_id: str | None = Field(default=None, sa_column=words(nullable=True))
    first_at: datetime = Field(sa_column=instant())
    last_at: datetime = Field(sa_column=instant())


class MemberPhoneRow(Row, table=True):
    """`phone_hash`: the blind index of the number, by which alone it is found; `sealed`: the number,
    for whoever must write to it."""

    __tablename__ = "member_phone"
    __table_args__ = (_of_32_bytes("phone_hash"),)

    phone_hash: bytes = Field(sa_column=_hash("phone_hash", key=True))
    owner_id: int = Field(sa_column=whole(unique=True))
    sealed: bytes = Field(sa_column=_hash("sealed"))
    bound_at: datetime = Field(sa_column=instant())


class JoinedAccountRow(Row, table=True):
    """An account that was joined to another and exists no more: what still names it finds the
    other. Never two steps: when the other is joined too, this row follows."""

    __tablename__ = "joined_account"
    __table_args__ = (CheckConstraint("joined_id <> owner_id", name="not_itself"),)

    joined_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    owner_id: int = Field(sa_column=whole(index=True))
    joined_at: datetime = Field(sa_column=instant())


class SmsCodeRow(Row, table=True):
    """The last one-time password of a phone, both only as hashes under a key of the server's."""

    __tablename__ = "sms_code"
    __table_args__ = (
        _of_32_bytes("phone_hash"),
        _of_32_bytes("code_hash"),
        not_negative("misses"),
    )

    phone_hash: bytes = Field(sa_column=_hash("phone_hash", key=True))
    code_hash: bytes = Field(sa_column=_hash("code_hash"))
    made_at: datetime = Field(sa_column=instant(index=True))
    misses: int = Field(default=0, sa_column=whole(server_default=text("0")))
    used: bool = Field(default=False, sa_column=flag(default=False))


class SmsCountRow(Row, table=True):
    """Codes sent on a day of UTC to a phone, or for an address; `subject_hash`: of either."""

    __tablename__ = "sms_count"
    __table_args__ = (_of_32_bytes("subject_hash"), not_negative("sent"))

    subject_hash: bytes = Field(sa_column=_hash("subject_hash", key=True))
    day_began_at: datetime = Field(sa_column=instant(primary_key=True, index=True))
    sent: int = Field(sa_column=whole())
