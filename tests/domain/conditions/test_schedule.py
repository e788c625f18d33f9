"""Recurring windows follow the station's wall clock (design §2, Time)."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.promotions.conditions.schedule import HORIZON_DAYS, Schedule, TimeWindow
from app.domain.promotions.reason import ReasonCode
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.situation import Situation
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Demand, Remoteness, Station

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
NIGHT = TimeWindow(start="22:00", end="06:00")


def at(zone: str, text: str, fold: int = 0) -> datetime:
    """The instant of a wall time."""
    wall = datetime.fromisoformat(text)
    return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def situation(moment: datetime, zone: str) -> Situation:
    station = Station(
        id=1, code="t:1", name="站", brand_code="b", region_code="310000", address="",
        latitude_e7=0, longitude_e7=0, time_zone=zone,
    )  # fmt: skip
    return Situation(
        station=station, fuel_grade=FuelGrade.GASOLINE_92, moment=moment, local=station.local(moment),
        shopper=Shopper(), payment_method=None, scoped_amount_fen=0, volume_ml=Fraction(0),
        demand=Demand.OFF_PEAK, remoteness=Remoteness.URBAN,
    )  # fmt: skip


def judge(schedule: Schedule, moment: datetime, zone: str = SHANGHAI) -> list[ReasonCode]:
    return [reason.code for reason in schedule.failures(situation(moment, zone))]


def opening(schedule: Schedule, moment: datetime, zone: str = SHANGHAI) -> datetime | None:
    (found,) = {reason.available_from for reason in schedule.failures(situation(moment, zone))}
    assert found is None or found.tzinfo is UTC
    return found


@pytest.mark.parametrize(
    ("wall", "holds"),
    [("21:59:59", False), ("22:00", True), ("23:59:59", True), ("00:00", True),
     ("05:59:59", True), ("06:00", False)],
)  # fmt: skip
def test_a_window_across_midnight_is_half_open(wall: str, holds: bool) -> None:
    schedule = Schedule(windows=(NIGHT,))
    assert (judge(schedule, at(SHANGHAI, f"2026-03-10T{wall}")) == []) is holds


def test_the_window_after_midnight_belongs_to_the_day_it_began() -> None:
    saturday_night = Schedule(windows=(NIGHT,), days_of_week=frozenset({6}))
    assert judge(saturday_night, at(SHANGHAI, "2026-03-14T23:00")) == []
    assert judge(saturday_night, at(SHANGHAI, "2026-03-15T05:59")) == []
    assert judge(saturday_night, at(SHANGHAI, "2026-03-14T05:59")) == [ReasonCode.DAY_OF_WEEK]
    assert judge(saturday_night, at(SHANGHAI, "2026-03-15T22:00")) == [ReasonCode.DAY_OF_WEEK]


def test_the_first_of_the_month_may_belong_to_the_month_before() -> None:
    last_night = Schedule(windows=(NIGHT,), days_of_month=frozenset({28}))
    assert judge(last_night, at(SHANGHAI, "2026-03-01T01:00")) == []
    assert judge(last_night, at(SHANGHAI, "2026-02-28T01:00")) == [ReasonCode.DAY_OF_MONTH]


def test_all_failing_codes_are_reported_with_one_opening() -> None:
    schedule = Schedule(
        windows=(TimeWindow(start="07:00", end="09:00"),),
        days_of_week=frozenset({1}), days_of_month=frozenset({8, 18, 28}),
    )  # fmt: skip
    moment = at(SHANGHAI, "2026-03-10T12:00")
    assert judge(schedule, moment) == [
        ReasonCode.TIME_WINDOW, ReasonCode.DAY_OF_WEEK, ReasonCode.DAY_OF_MONTH,
    ]  # fmt: skip
    assert opening(schedule, moment) == at(SHANGHAI, "2026-05-18T07:00")
    accepted = {r.code: r.accepted for r in schedule.failures(situation(moment, SHANGHAI))}
    assert accepted == {
        ReasonCode.TIME_WINDOW: ("07:00-09:00",),
        ReasonCode.DAY_OF_WEEK: ("1",),
        ReasonCode.DAY_OF_MONTH: ("8", "18", "28"),
    }


def test_a_skipped_hour_never_matches() -> None:
    """On 2026-03-08 New York's clock goes from 02:00 to 03:00."""
    schedule = Schedule(windows=(TimeWindow(start="02:15", end="02:45"),))
    before = at(NEW_YORK, "2026-03-08T01:59")
    assert opening(schedule, before, NEW_YORK) == at(NEW_YORK, "2026-03-09T02:15")


def test_a_window_that_is_skipped_in_part_opens_at_the_jump() -> None:
    schedule = Schedule(windows=(TimeWindow(start="02:30", end="04:00"),))
    before = at(NEW_YORK, "2026-03-08T01:59")
    assert opening(schedule, before, NEW_YORK) == at(NEW_YORK, "2026-03-08T03:00")


def test_a_repeated_hour_matches_twice() -> None:
    """On 2026-11-01 New York's clock goes from 02:00 back to 01:00."""
    schedule = Schedule(windows=(TimeWindow(start="01:15", end="01:45"),))
    assert judge(schedule, at(NEW_YORK, "2026-11-01T01:20"), NEW_YORK) == []
    between = at(NEW_YORK, "2026-11-01T01:50")
    assert opening(schedule, between, NEW_YORK) == at(NEW_YORK, "2026-11-01T01:15", fold=1)
    assert judge(schedule, at(NEW_YORK, "2026-11-01T01:20", fold=1), NEW_YORK) == []


def test_the_clock_going_back_reopens_a_window() -> None:
    schedule = Schedule(windows=(TimeWindow(start="00:30", end="01:30"),))
    between = at(NEW_YORK, "2026-11-01T01:40")
    assert opening(schedule, between, NEW_YORK) == at(NEW_YORK, "2026-11-01T01:00", fold=1)


def test_the_next_day_may_open_before_yesterdays_window_reopens() -> None:
    schedule = Schedule(
        windows=(TimeWindow(start="23:00", end="01:30"), TimeWindow(start="01:45", end="01:50"))
    )
    between = at(NEW_YORK, "2026-11-01T01:35")
    assert opening(schedule, between, NEW_YORK) == at(NEW_YORK, "2026-11-01T01:45")


def test_a_rare_pair_of_days_is_found() -> None:
    schedule = Schedule(days_of_month=frozenset({31}), days_of_week=frozenset({1}))
    assert opening(schedule, at(SHANGHAI, "2026-09-01T00:00")) == at(SHANGHAI, "2027-05-31T00:00")


def test_every_weekday_meets_every_day_of_the_month_within_the_horizon() -> None:
    longest = 0
    for day_of_month in range(1, 32):
        for weekday in range(1, 8):
            start, days = date(2024, 1, 1), 366 * 12
            hits = [n for n in range(days)
                    if (d := start + timedelta(days=n)).day == day_of_month
                    and d.isoweekday() == weekday]  # fmt: skip
            gaps = [b - a for a, b in pairwise(hits)]
            longest = max(longest, *gaps)
    assert longest < HORIZON_DAYS


ZONES = st.sampled_from([NEW_YORK, "Australia/Sydney", "Australia/Lord_Howe", SHANGHAI,
                         "America/Santiago", "Africa/Casablanca"])  # fmt: skip
CLOCKS = st.builds(
    lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.sampled_from([0, 15, 30, 45])
)
WINDOWS = st.lists(st.builds(TimeWindow, start=CLOCKS, end=CLOCKS), min_size=1, max_size=2)
NEAR_JUMPS = st.sampled_from(["2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2026-09-06",
                              "2026-02-15", "2026-03-22", "2026-06-01"])  # fmt: skip


def naive_matches(schedule: Schedule, moment: datetime, zone: str) -> bool:
    """The definition, by enumerating every window of today and yesterday, in minutes."""
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        minute = (wall - datetime.combine(day, time())) // timedelta(minutes=1)
        if schedule.days_of_week and day.isoweekday() not in schedule.days_of_week:
            continue
        for window in schedule.windows:
            start, end = (int(c[:2]) * 60 + int(c[3:]) for c in (window.start, window.end))
            if start <= minute < (end if end > start else end + 1440):
                return True
    return False


@settings(max_examples=150, deadline=None)
@given(ZONES, WINDOWS, NEAR_JUMPS, st.integers(0, 3 * 96), st.frozensets(st.integers(1, 7)))
def test_the_opening_is_the_first_matching_minute(
    zone: str, windows: list[TimeWindow], day: str, quarter: int, weekdays: frozenset[int]
) -> None:
    schedule = Schedule(windows=tuple(windows), days_of_week=weekdays)
    moment = at(zone, day) - timedelta(days=1) + timedelta(minutes=15 * quarter)
    expected = None
    if not naive_matches(schedule, moment, zone):
        expected = next(
            instant for n in range(1, 9 * 96)
            if naive_matches(schedule, instant := moment + timedelta(minutes=15 * n), zone)
        )  # fmt: skip
    reasons = schedule.failures(situation(moment, zone))
    assert {r.available_from for r in reasons} == ({expected} if expected else set())


@pytest.mark.parametrize("start", ["24:00", "25:00", "7:00", "07:60", "", "07-00"])
def test_a_senseless_start_is_refused(start: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        TimeWindow(start=start, end="10:00")


@pytest.mark.parametrize("end", ["24:01", "25:00", "noon"])
def test_a_senseless_end_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        TimeWindow(start="08:00", end=end)


def test_the_day_may_end_at_24() -> None:
    schedule = Schedule(windows=(TimeWindow(start="20:00", end="24:00"),))
    assert judge(schedule, at(SHANGHAI, "2026-03-10T23:59:59")) == []
    assert judge(schedule, at(SHANGHAI, "2026-03-11T00:00")) == [ReasonCode.TIME_WINDOW]


@pytest.mark.parametrize(
    ("field", "days"),
    [("days_of_week", {0}), ("days_of_week", {8}), ("days_of_month", {0}), ("days_of_month", {32})],
)
def test_senseless_days_are_refused(field: str, days: set[int]) -> None:
    with pytest.raises(ValueError, match=f"{field} go from 1"):
        Schedule(**{field: frozenset(days)})


def test_an_empty_schedule_is_refused() -> None:
    with pytest.raises(ValueError, match="must name"):
        Schedule()
