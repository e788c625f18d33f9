"""Which schedules hold at a minute of a wall clock, for many promotions at once.

A window belongs to the day it starts (design §2, Time): so a schedule holds if today is one of its
days and the wall time lies in a window of today, or yesterday was and a window crossed midnight.
Windows begin and end on whole minutes, so seconds change nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.promotions.conditions.schedule import MINUTES_A_DAY, Schedule
from app.domain.promotions.dimension import Dimension, Spans, dimension_of

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Recurrence:
    """`windows`: minutes of the day a window starts on; past 1,440: of the day after.
    `scheduled`: the promotions with a schedule; a day or a window that is not named is any."""

    weekdays: Dimension[int]
    month_days: Dimension[int]
    windows: Spans
    scheduled: int

    @classmethod
    def of(cls, schedules: dict[int, Schedule], size: int) -> "Recurrence":
        """`schedules`: by the promotion's place in order; `size`: of all promotions."""
        weekdays = {i: s.days_of_week for i, s in schedules.items() if s.days_of_week}
        month_days = {i: s.days_of_month for i, s in schedules.items() if s.days_of_month}
        windows = {
            i: [(w.start_minute, w.end_minute) for w in s.windows] or [(0, MINUTES_A_DAY)]
            for i, s in schedules.items()
        }
        spans = Spans.of(windows, size)
        everyone = (1 << size) - 1
        return cls(
            dimension_of(weekdays, size),
            dimension_of(month_days, size),
            spans,
            everyone & ~spans.others,
        )

    def at(self, local: datetime) -> int:
        """Those whose schedule holds at a station's wall time, and those that have none."""
        minute = local.hour * 60 + local.minute
        today = self._on(local) & self.windows.at(minute)
        overnight = self.windows.at(minute + MINUTES_A_DAY) & self.scheduled
        if not overnight:
            return today
        return today | overnight & self._on(local - _ONE_DAY)

    def _on(self, day: datetime) -> int:
        return self.weekdays.at(day.isoweekday()) & self.month_days.at(day.day)
