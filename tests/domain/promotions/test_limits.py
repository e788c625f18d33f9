"""Periods of limits, on the promotion's own calendar (design §2, Limits)."""

from datetime import UTC, date, datetime

import pytest

from app.domain.promotions.limits import EVER_START, Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.usage import Subjects, Usage, left_fen, limit_failures
from tests.domain.promotions.builders import NOON, batch, promotion

SHANGHAI = "Asia/Shanghai"
ANYONE = Subjects(7, None, None, "test:1")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("period", "moment", "start", "following"),
    [
        ("DAY", "2026-03-10T15:59:59+00:00", "2026-03-10", "2026-03-10T16:00:00+00:00"),
        ("DAY", "2026-03-10T16:00:00+00:00", "2026-03-11", "2026-03-11T16:00:00+00:00"),
        ("WEEK", "2026-03-15T23:59:59+08:00", "2026-03-09", "2026-03-16T00:00:00+08:00"),
        ("WEEK", "2026-03-16T00:00:00+08:00", "2026-03-16", "2026-03-23T00:00:00+08:00"),
        ("MONTH", "2026-12-31T23:59:59+08:00", "2026-12-01", "2027-01-01T00:00:00+08:00"),
        ("MONTH", "2028-02-29T12:00:00+08:00", "2028-02-01", "2028-03-01T00:00:00+08:00"),
    ],
)
def test_periods_in_shanghai(period: str, moment: str, start: str, following: str) -> None:
    found, at = LimitPeriod(period), instant(moment)
    assert found.start(at, SHANGHAI) == date.fromisoformat(start)
    assert found.next_start(at, SHANGHAI) == instant(following)


def test_ever_has_one_start_and_no_end() -> None:
    assert LimitPeriod.EVER.start(NOON, SHANGHAI) == EVER_START
    assert LimitPeriod.EVER.next_start(NOON, SHANGHAI) is None


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-03-08T12:00:00-04:00", "2026-03-09T04:00:00+00:00"),  # 23 hours long
        ("2026-11-01T12:00:00-05:00", "2026-11-02T05:00:00+00:00"),  # 25 hours long
    ],
)
def test_a_day_ends_at_local_midnight_however_long_it_is(day: str, following: str) -> None:
    found = LimitPeriod.DAY.next_start(instant(day), "America/New_York")
    assert found == instant(following)


def test_a_limit_does_not_reset_after_the_promotion_has_ended() -> None:
    limit = Limit(per=LimitPer.USER, period=LimitPeriod.DAY, max_fen=0)
    ending = promotion("A", 100, limits=(limit,), validity=Validity(ends_at=NOON.replace(hour=10)))
    lasting = promotion("A", 100, limits=(limit,))
    resets = [limit_failures(one, Usage(), ANYONE, NOON)[0].resets_at for one in (ending, lasting)]
    assert resets == [None, datetime(2026, 5, 18, 16, tzinfo=UTC)]


def test_what_is_left_is_the_least_of_all_bounds() -> None:
    limits = (
        Limit(per=LimitPer.USER, max_fen=900),
        Limit(per=LimitPer.STATION, max_fen=700),
        Limit(per=LimitPer.TOTAL, max_uses=1),
    )
    assert left_fen(promotion("A", 1, limits=limits, budget_fen=800), Usage(), ANYONE, NOON) == 700
    assert left_fen(promotion("A", 1), Usage(), ANYONE, NOON) is None
    own = promotion("A", 1, limits=limits[:1])
    assert left_fen(own, Usage(unread=True), ANYONE, NOON) == 900
    assert left_fen(own, Usage(own_unread=True), ANYONE, NOON) == 0
    shared = promotion("A", 1, limits=limits[1:2])
    assert left_fen(shared, Usage(unread=True), ANYONE, NOON) == 0


@pytest.mark.parametrize(
    ("rule", "is_shared", "limits_users"),
    [
        (promotion("A", 1), False, False),
        (promotion("A", 1, budget_fen=1), True, False),
        (promotion("A", 1, limits=(Limit(per=LimitPer.STATION, max_uses=1),)), True, False),
        (promotion("A", 1, limits=(Limit(per=LimitPer.USER, max_uses=1),)), False, True),
        (promotion("A", 1, limits=(Limit(per=LimitPer.DEVICE, max_uses=1),)), False, False),
        (batch("A", 1), False, False),
    ],
)
def test_rules_know_which_counters_they_need(
    rule: Promotion, is_shared: bool, limits_users: bool
) -> None:
    rules = RuleBook.of("1", [rule])
    assert (rules.shared_codes, rules.limits_users) == (("A",) * is_shared, limits_users)
