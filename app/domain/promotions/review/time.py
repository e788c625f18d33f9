"""Windows that never open while the promotion is valid."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.promotions.conditions.schedule import ALL_DAY, HORIZON_DAYS, Schedule
from app.domain.promotions.conditions.wall_clock import WallSpan
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review.remark import Remark, Severity

_ONE_DAY = timedelta(days=1)
MARGIN = timedelta(hours=26)
"""Schedules follow the station's wall clock: no two clocks on earth are further apart."""


def opening(promotion: Promotion, moment: datetime | None) -> Iterator[Remark]:
    """On the validity and the schedules. Faults of the zone itself are refused elsewhere."""
    validity = promotion.validity
    if moment is not None and validity.ends_at is not None and validity.ends_at <= moment:
        yield Remark(
            code=promotion.code,
            path=("validity", "ends_at"),
            severity=Severity.WARNING,
            zh="已经过期，发布后不会生效；请延长结束时间",
            en="it has ended already and will apply to nothing: move the end",
        )
    indexes = [i for i, c in enumerate(promotion.conditions) if isinstance(c, Schedule)]
    schedules = [c for c in promotion.conditions if isinstance(c, Schedule)]
    if not schedules or _opens(promotion, schedules, timedelta()):
        return
    elsewhere = _opens(promotion, schedules, MARGIN)
    yield Remark(
        code=promotion.code,
        path=("conditions", indexes[0]),
        severity=Severity.WARNING if elsewhere else Severity.ERROR,
        zh="有效期内时段从不开放（各时段条件须同时满足）；改时段、星期、日期或有效期",
        en="within the validity its windows never open (all schedules must hold at once): change "
        "the windows, the days or the validity",
    )


def _opens(promotion: Promotion, schedules: Sequence[Schedule], margin: timedelta) -> bool:
    """Whether all schedules hold at some moment of the validity, on a clock of its zone."""
    valid = _valid(promotion, margin)
    day = valid.start.date() - _ONE_DAY
    last = min(valid.end.date(), day + timedelta(days=HORIZON_DAYS))
    while day <= last:
        if any(_meets(spans, valid) for spans in _together(schedules, day)):
            return True
        day += _ONE_DAY
    return False


def _valid(promotion: Promotion, margin: timedelta) -> WallSpan:
    validity = promotion.validity
    zone = ZoneInfo(validity.time_zone)
    start = validity.starts_at or (
        validity.ends_at - timedelta(days=HORIZON_DAYS) if validity.ends_at else None
    )
    first = datetime(2026, 1, 1) if start is None else start.astimezone(zone).replace(tzinfo=None)  # noqa: DTZ001 - wall time
    end = validity.ends_at
    last = (
        first + timedelta(days=HORIZON_DAYS)
        if end is None
        else end.astimezone(zone).replace(tzinfo=None)
    )
    return WallSpan(first - margin, last + margin)


def _together(schedules: Sequence[Schedule], day: date) -> Iterator[WallSpan]:
    """Spans in which all schedules hold, of which the first one's window begins on `day`."""
    spans = _spans(schedules[0], day)
    for schedule in schedules[1:]:
        others = [s for d in (day - _ONE_DAY, day, day + _ONE_DAY) for s in _spans(schedule, d)]
        spans = [both for a in spans for b in others if (both := _intersection(a, b))]
    yield from spans


def _spans(schedule: Schedule, day: date) -> list[WallSpan]:
    """The schedule's windows that begin on `day`."""
    if schedule.days_of_week and day.isoweekday() not in schedule.days_of_week:
        return []
    if schedule.days_of_month and day.day not in schedule.days_of_month:
        return []
    return [window.on(day) for window in schedule.windows or (ALL_DAY,)]


def _intersection(a: WallSpan, b: WallSpan) -> WallSpan | None:
    start, end = max(a.start, b.start), min(a.end, b.end)
    return WallSpan(start, end) if start < end else None


def _meets(span: WallSpan, valid: WallSpan) -> bool:
    return _intersection(span, valid) is not None
