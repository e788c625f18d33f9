"""Staff, applications that sign members in, and service accounts. Reference tables: none is a
member's."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    LargeBinary,
    text,
)
from sqlmodel import Field

from app.domain.identity.permissions import Permission
from app.domain.identity.roles import Role
from app.storage.tables.base import (
    Row,
    each_of,
    instant,
    not_negative,
    positive,
    whole,
    word_list,
    words,
)


def _hash(column: str) -> CheckConstraint:
    return CheckConstraint(f"octet_length({column}) = 32", name=f"{column}_length")


def _bytes(primary_key: bool = False) -> Column[bytes]:
    return Column(LargeBinary, nullable=False, primary_key=primary_key)


class StaffRow(Row, table=True):
    """`folded_name`: as names are compared. `generation`: of the secrets, named by tokens;
    `totp_step`: the last that was taken."""

    __tablename__ = "staff"
    __table_args__ = (
        each_of("roles", Role),
        CheckConstraint("cardinality(roles) > 0", name="roles_some"),
        positive("generation"),
        not_negative("misses"),
        not_negative("totp_step"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    name: str = Field(sa_column=words())
    folded_name: str = Field(sa_column=words(unique=True))
    roles: list[str] = Field(sa_column=word_list())
    station_ids: list[int] = Field(
        sa_column=Column(ARRAY(BigInteger), nullable=False, server_default=text("'{}'"))
    )
    generation: int = Field(sa_column=whole(server_default=text("1")))
    password_hash: str = Field(sa_column=words())
    totp_sealed: bytes = Field(sa_column=_bytes())
    totp_step: int = Field(default=0, sa_column=whole(server_default=text("0")))
    misses: int = Field(default=0, sa_column=whole(server_default=text("0")))
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    added_at: datetime = Field(sa_column=instant())
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class StaffRecoveryCodeRow(Row, table=True):
    __tablename__ = "staff_recovery_code"
    __table_args__ = (_hash("code_hash"),)

    staff_id: int = Field(
        sa_column=whole(
            ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    code_hash: bytes = Field(sa_column=_bytes(primary_key=True))
    used_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class OAuthClientRow(Row, table=True):
    __tablename__ = "oauth_client"
    __table_args__ = (CheckConstraint("cardinality(redirect_uris) > 0", name="redirect_uris_some"),)

    client: str = Field(sa_column=words(primary_key=True))
    name: str = Field(sa_column=words())
    redirect_uris: list[str] = Field(sa_column=word_list())
    added_at: datetime = Field(sa_column=instant())
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class OAuthCodeRow(Row, table=True):
    """Found by the code's hash alone; `owner_id`: the member that it signs in, `session_id`: the
    session that it opened."""

    __tablename__ = "oauth_code"
    __table_args__ = (_hash("code_hash"),)

    code_hash: bytes = Field(sa_column=_bytes(primary_key=True))
    client: str = Field(sa_column=words(ForeignKey("oauth_client.client")))
    owner_id: int = Field(sa_column=whole())
    redirect_uri: str = Field(sa_column=words())
    challenge: str = Field(sa_column=words())
    device: str | None = Field(default=None, sa_column=words(nullable=True))
    made_at: datetime = Field(sa_column=instant(index=True))
    used_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    session_id: int | None = Field(default=None, sa_column=whole(nullable=True))


class ServiceAccountRow(Row, table=True):
    __tablename__ = "service_account"
    __table_args__ = (each_of("scopes", Permission), _hash("secret_hash"))

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    name: str = Field(sa_column=words(unique=True))
    secret_hash: bytes = Field(sa_column=_bytes())
    scopes: list[str] = Field(sa_column=word_list())
    added_by: str = Field(sa_column=words())
    added_at: datetime = Field(sa_column=instant())
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
