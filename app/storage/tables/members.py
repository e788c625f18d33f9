"""Members and what they have set. User-owned: keys lead with `user_id`."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, text
from sqlmodel import Field

from app.domain.profiles.member import MemberTier, Theme, Topic
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language
from app.storage.tables.base import (
    Row,
    each_of,
    flag,
    instant,
    one_of,
    positive,
    whole,
    word_list,
    words,
)


class MemberRow(Row, table=True):
    """`phone_masked` is all of a phone that is stored, e.g. "138****0001". `generated` marks demo
    members."""

    __tablename__ = "member"
    __table_args__ = (
        one_of("tier", MemberTier),
        CheckConstraint("position('*' IN phone_masked) > 0", name="phone_masked"),
    )

    user_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True)
    )
    nickname: str | None = Field(default=None, sa_column=words(nullable=True))
    phone_masked: str | None = Field(default=None, sa_column=words(nullable=True))
    tier: str = Field(default="BASIC", sa_column=words(server_default=text("'BASIC'")))
    segments: list[str] = Field(default_factory=list, sa_column=word_list())
    generated: bool = Field(default=False, sa_column=flag(default=False))
    joined_at: datetime = Field(sa_column=instant(server_default=text("now()")))


class MemberPreferencesRow(Row, table=True):
    """NULL: never set. Of the two usual fills at most one is set."""

    __tablename__ = "member_preferences"
    __table_args__ = (
        one_of("theme", Theme),
        one_of("language", Language),
        one_of("usual_fuel_grade", FuelGrade),
        one_of("usual_payment_method", PaymentMethod),
        each_of("topics_off", Topic),
        positive("usual_pump_amount_fen"),
        positive("usual_volume_ml"),
        CheckConstraint(
            "num_nonnulls(usual_pump_amount_fen, usual_volume_ml) <= 1", name="one_usual_fill"
        ),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    theme: str = Field(default="SYSTEM", sa_column=words(server_default=text("'SYSTEM'")))
    language: str = Field(default="zh-CN", sa_column=words(server_default=text("'zh-CN'")))
    usual_fuel_grade: str | None = Field(default=None, sa_column=words(nullable=True))
    usual_pump_amount_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
    usual_volume_ml: int | None = Field(default=None, sa_column=whole(nullable=True))
    usual_payment_method: str | None = Field(default=None, sa_column=words(nullable=True))
    use_points: bool = Field(default=False, sa_column=flag(default=False))
    personalised: bool = Field(default=True, sa_column=flag(default=True))
    topics_off: list[str] = Field(default_factory=list, sa_column=word_list())


class FavouriteStationRow(Row, table=True):
    __tablename__ = "favourite_station"

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    station_id: int = Field(
        sa_column=whole(
            ForeignKey("station.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            index=True,
        )
    )
    added_at: datetime = Field(sa_column=instant(server_default=text("now()")))
