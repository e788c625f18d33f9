"""What has been used of promotions, counted by period: uses and fen, reserved orders included.

Whoever places, cancels or refunds an order moves its counters in the same transaction.
"""

from datetime import date

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, SmallInteger, text
from sqlmodel import Field

from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.storage.tables.base import Row, not_negative, one_of, whole, words

_OTHERS = tuple(per for per in LimitPer if per is not LimitPer.USER)


def _first_day() -> Column[date]:
    return Column(Date, primary_key=True)


def _slot() -> Column[int]:
    return Column(SmallInteger, primary_key=True, autoincrement=False, server_default=text("0"))


class PromotionUsageRow(Row, table=True):
    """One member's uses of a promotion in the period that starts on `period_start`, on the
    promotion's own calendar (EVER: 1970-01-01)."""

    __tablename__ = "promotion_usage"
    __table_args__ = (
        one_of("period", LimitPeriod),
        not_negative("uses"),
        not_negative("fen"),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    code: str = Field(sa_column=words(primary_key=True))
    period: str = Field(sa_column=words(primary_key=True))
    period_start: date = Field(sa_column=_first_day())
    uses: int = Field(default=0, sa_column=whole(server_default=text("0")))
    fen: int = Field(default=0, sa_column=whole(server_default=text("0")))


class PromotionCounterRow(Row, table=True):
    """The same for all members together (`subject` is then empty), a station (its code), a device
    or a natural person (their ids); of TOTAL, EVER of a batch, its issued coupons.

    A counter may stand in several parts (`slot`), so that many can count at once; what it says is
    their sum. `max_uses` and `max_fen`: the bound of the whole that was last counted against, NULL
    for none; `granted_uses` and `granted_fen`: what this part may come to of it. Over the parts of
    a counter the maxima are equal, and the grants sum to them.
    """

    __tablename__ = "promotion_counter"
    __table_args__ = (
        one_of("per", _OTHERS),
        one_of("period", LimitPeriod),
        CheckConstraint("(per = 'TOTAL') = (subject = '')", name="subject_named"),
        not_negative("slot"),
        not_negative("uses"),
        not_negative("fen"),
        CheckConstraint("uses <= granted_uses", name="uses_granted"),
        CheckConstraint("fen <= granted_fen", name="fen_granted"),
        CheckConstraint("granted_uses <= max_uses", name="granted_uses_within"),
        CheckConstraint("granted_fen <= max_fen", name="granted_fen_within"),
        CheckConstraint(
            "(granted_uses IS NULL) = (max_uses IS NULL)"
            " AND (granted_fen IS NULL) = (max_fen IS NULL)",
            name="grants_of_bounds",
        ),
    )

    code: str = Field(sa_column=words(primary_key=True))
    per: str = Field(sa_column=words(primary_key=True))
    subject: str = Field(sa_column=words(primary_key=True))
    period: str = Field(sa_column=words(primary_key=True))
    period_start: date = Field(sa_column=_first_day())
    slot: int = Field(default=0, sa_column=_slot())
    uses: int = Field(default=0, sa_column=whole(server_default=text("0")))
    fen: int = Field(default=0, sa_column=whole(server_default=text("0")))
    granted_uses: int | None = Field(default=None, sa_column=whole(nullable=True))
    granted_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
    max_uses: int | None = Field(default=None, sa_column=whole(nullable=True))
    max_fen: int | None = Field(default=None, sa_column=whole(nullable=True))
