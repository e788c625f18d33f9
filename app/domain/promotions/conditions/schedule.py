"""When a promotion recurs, on the station's wall clock: times of day, weekdays, days of month.

One condition and three reason codes, since a window that crosses midnight belongs to the day it
starts for weekday and day of month too (design §2, Time).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from app.domain.promotions.conditions.wall_clock import WallSpan, next_instant_inside
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.shared.senseless import SenselessValue

MINUTES_A_DAY = 24 * 60
HORIZON_DAYS = 3 * 366
"""Any pair of weekday and day of month meets within two years, so this sees the next time."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Local times "HH:MM", [start, end); end <= start crosses midnight. "24:00" may end one."""

    start: str
    end: str

    def __post_init__(self) -> None:
        if not _CLOCK.fullmatch(self.start):
            raise SenselessValue(
                f"开始时间 {self.start!r} 不对，应为 00:00 到 23:59 的 HH:MM",
                f"start {self.start!r} is no time of day: write HH:MM from 00:00 to 23:59",
            )
        if self.end != "24:00" and not _CLOCK.fullmatch(self.end):
            raise SenselessValue(
                f"结束时间 {self.end!r} 不对，应为 00:00 到 24:00 的 HH:MM",
                f"end {self.end!r} is no time of day: write HH:MM from 00:00 to 24:00",
            )

    @property
    def text(self) -> str:
        return f"{self.start}-{self.end}"

    @property
    def start_minute(self) -> int:
        return _minute(self.start)

    @property
    def end_minute(self) -> int:
        """Minutes from the midnight before the start: above 1,440 when it crosses the next."""
        end = _minute(self.end)
        return end if end > self.start_minute else end + MINUTES_A_DAY

    def on(self, day: date) -> WallSpan:
        """The span of wall time that the window covers when it starts on `day`."""
        midnight = datetime.combine(day, time())
        return WallSpan(
            midnight + timedelta(minutes=self.start_minute),
            midnight + timedelta(minutes=self.end_minute),
        )


ALL_DAY = TimeWindow(start="00:00", end="24:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Empty means any. `days_of_week`: 1 Monday to 7 Sunday. `days_of_month`: 1 to 31."""

    kind: Literal["SCHEDULE"] = "SCHEDULE"
    windows: tuple[TimeWindow, ...] = ()
    days_of_week: frozenset[int] = frozenset()
    days_of_month: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not (self.windows or self.days_of_week or self.days_of_month):
            raise SenselessValue(
                "时段条件至少要有 windows、days_of_week、days_of_month 之一",
                "a schedule must name windows, days_of_week or days_of_month",
            )
        _require_range(self.days_of_week, "days_of_week", 7)
        _require_range(self.days_of_month, "days_of_month", 31)

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. All failing ones of TIME_WINDOW, DAY_OF_WEEK and DAY_OF_MONTH, each with
        the next instant at which the whole schedule holds."""
        codes = self._failing_codes(situation.local.replace(tzinfo=None))
        if not codes:
            return ()
        opens = self._next_opening(situation.moment, situation.local)
        return tuple(
            Reason(code=code, available_from=opens, accepted=self._accepted(code)) for code in codes
        )

    def _failing_codes(self, wall: datetime) -> tuple[ReasonCode, ...]:
        """Judged for the day on which the window now open began; while none is open, for today."""
        began = [day for day in (wall.date(), wall.date() - _ONE_DAY) if self._open(day, wall)]
        if not began:
            return (ReasonCode.TIME_WINDOW, *self._failing_days(wall.date()))
        return min((self._failing_days(day) for day in began), key=len)

    def _open(self, began: date, wall: datetime) -> bool:
        return any(wall in window.on(began) for window in self.windows or (ALL_DAY,))

    def _failing_days(self, day: date) -> tuple[ReasonCode, ...]:
        failing: list[ReasonCode] = []
        if self.days_of_week and day.isoweekday() not in self.days_of_week:
            failing.append(ReasonCode.DAY_OF_WEEK)
        if self.days_of_month and day.day not in self.days_of_month:
            failing.append(ReasonCode.DAY_OF_MONTH)
        return tuple(failing)

    def _accepted(self, code: ReasonCode) -> tuple[str, ...]:
        if code is ReasonCode.TIME_WINDOW:
            return tuple(window.text for window in self.windows)
        days = self.days_of_week if code is ReasonCode.DAY_OF_WEEK else self.days_of_month
        return tuple(str(day) for day in sorted(days))

    def _next_opening(self, moment: datetime, local: datetime) -> datetime | None:
        """The first instant after `moment` at which the schedule holds; None: not within three
        years. A day's window may reopen after the next day's first (where the clock goes back), so
        that day is asked too."""
        for day in self._days_from(local.date() - _ONE_DAY):
            opening = self._opening_on(day, moment, local)
            if opening is not None:
                following = day + _ONE_DAY
                rival = (
                    None
                    if self._failing_days(following)
                    else self._opening_on(following, moment, local)
                )
                return opening if rival is None else min(opening, rival)
        return None

    def _opening_on(self, day: date, moment: datetime, local: datetime) -> datetime | None:
        spans = [window.on(day) for window in self.windows or (ALL_DAY,)]
        found = [next_instant_inside(span, moment, local.tzinfo) for span in spans]
        return min((instant for instant in found if instant is not None), default=None)

    def _days_from(self, first: date) -> Iterator[date]:
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if not self._failing_days(day):
                yield day


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _require_range(days: Collection[int], what: str, last: int) -> None:
    wrong = sorted(day for day in days if not 1 <= day <= last)
    if wrong:
        listed = ", ".join(map(str, wrong))
        raise SenselessValue(
            f"{what} 只能取 1 到 {last}，不能是 {listed}",
            f"{what} go from 1 to {last}, not {listed}",
        )
