"""When a promotion recurs, on the station's wall clock: times of day, weekdays, days of month.

One condition and three reason codes, since a window that crosses midnight belongs to the day it
starts for weekday and day of month too (design §2, Time).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Local times "HH:MM", [start, end); end <= start crosses midnight. "24:00" may end one."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Empty means any. `days_of_week`: 1 Monday to 7 Sunday. `days_of_month`: 1 to 31."""

    kind: Literal["SCHEDULE"] = "SCHEDULE"
    windows: tuple[TimeWindow, ...] = ()
    days_of_week: frozenset[int] = frozenset()
    days_of_month: frozenset[int] = frozenset()
