"""Limits (限次、限额) of a promotion, and the periods that they count in.

Source: design §2, Limits. Periods are those of the promotion's own zone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.promotions.refusals import refuse_below_zero, refuse_not_above_zero
from app.domain.shared.senseless import SenselessValue

EVER_START = date(1970, 1, 1)
"""Where EVER starts: before anything that is counted."""


class LimitPer(StrEnum):
    """Whose uses a limit counts. PERSON: a natural person, over all their accounts. TOTAL: all."""

    USER = "USER"
    DEVICE = "DEVICE"
    PERSON = "PERSON"
    STATION = "STATION"
    TOTAL = "TOTAL"

    @property
    def shared(self) -> bool:
        """Others than the viewer raise it too, whatever account the viewer uses."""
        return self in (LimitPer.STATION, LimitPer.TOTAL)


class LimitPeriod(StrEnum):
    """A day, a week from Monday, a calendar month, or the promotion's whole life."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    EVER = "EVER"

    def start(self, moment: datetime, time_zone: str) -> date:
        """The first day of the period that `moment` lies in, on the zone's calendar."""
        if self is LimitPeriod.EVER:
            return EVER_START
        today = moment.astimezone(ZoneInfo(time_zone)).date()
        if self is LimitPeriod.WEEK:
            return today - timedelta(days=today.weekday())
        return today.replace(day=1) if self is LimitPeriod.MONTH else today

    def next_start(self, moment: datetime, time_zone: str) -> datetime | None:
        """The instant, in UTC, at which the next period begins; None: never."""
        first = self.start(moment, time_zone)
        match self:
            case LimitPeriod.DAY:
                following = first + timedelta(days=1)
            case LimitPeriod.WEEK:
                following = first + timedelta(days=7)
            case LimitPeriod.MONTH:
                following = (first + timedelta(days=31)).replace(day=1)
            case LimitPeriod.EVER:
                return None
        return datetime.combine(following, time(), ZoneInfo(time_zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `max_uses` orders, and at most `max_fen` of discount, in each period.

    At least one of the two is given. `max_uses` counts orders (>= 1), `max_fen` money (>= 0).
    """

    per: LimitPer
    period: LimitPeriod = LimitPeriod.EVER
    max_uses: int | None = None
    max_fen: int | None = None

    def __post_init__(self) -> None:
        if self.max_uses is None and self.max_fen is None:
            raise SenselessValue(
                "限制须写 max_uses（次数）或 max_fen（金额）",
                "a limit names max_uses, max_fen or both",
            )
        if self.max_uses is not None:
            refuse_not_above_zero(self.max_uses, "max_uses")
        if self.max_fen is not None:
            refuse_below_zero(self.max_fen, "max_fen")
