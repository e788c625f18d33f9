"""Sessions: what a refresh token is worth, and which sessions make room for another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identity.session import (
    DEFAULT_RULES,
    RefreshVerdict,
    Session,
    SessionEnd,
    SessionRules,
    displaced,
    judge_refresh,
)
from app.domain.shared.channel import Channel

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
NEXT, AGAIN, REUSED, OVER = RefreshVerdict


def session(number=1, *, seen=NOW, generation=5, device=None, channel=Channel.APP, ended=None):
    return Session(
        user_id=7,
        id=number,
        channel=channel,
        device=device,
        app_version=None,
        opened_at=NOW - timedelta(days=100),
        last_seen_at=seen,
        generation=generation,
        ended_at=ended,
    )


@pytest.mark.parametrize(
    ("generation", "after", "verdict"),
    [
        (5, timedelta(), NEXT),
        (5, timedelta(days=90) - timedelta(microseconds=1), NEXT),
        (5, timedelta(days=90), OVER),
        (4, timedelta(), AGAIN),
        (4, timedelta(seconds=10) - timedelta(microseconds=1), AGAIN),
        (4, timedelta(seconds=10), REUSED),
        (4, timedelta(days=90), OVER),
        (3, timedelta(), REUSED),
        (0, timedelta(), REUSED),
        (6, timedelta(), OVER),
    ],
)
def test_what_a_token_is_worth(generation, after, verdict):
    assert judge_refresh(session(), generation, NOW + after) is verdict


@pytest.mark.parametrize("generation", range(7))
def test_nothing_revives_what_has_ended(generation):
    assert judge_refresh(session(ended=NOW), generation, NOW) is OVER


def test_a_clock_that_is_behind_ends_no_session():
    """Another process turned it a moment ago, by a clock that is ahead of ours."""
    assert judge_refresh(session(), 4, NOW - timedelta(seconds=3)) is AGAIN


@given(
    generation=st.integers(0, 12),
    current=st.integers(0, 12),
    after=st.timedeltas(timedelta(days=-1), timedelta(days=200)),
)
def test_only_the_current_token_turns_a_session(generation, current, after):
    verdict = judge_refresh(session(generation=current), generation, NOW + after)
    assert verdict is not NEXT or generation == current
    assert verdict is not REUSED or generation < current


def test_a_device_that_signs_in_anew_replaces_its_own_session_alone():
    mine = [session(1, device="aaaaaaaa"), session(2, device="bbbbbbbb"), session(3)]
    assert displaced(mine, Channel.APP, "aaaaaaaa") == ((1, SessionEnd.REPLACED),)
    assert displaced(mine, Channel.H5, "aaaaaaaa") == ()
    assert displaced(mine, Channel.APP, None) == ()


def test_too_many_sessions_drop_the_one_unseen_for_longest():
    rules = SessionRules(most=3)
    mine = [session(n, seen=NOW - timedelta(days=n)) for n in (3, 1, 4, 2)]
    crowd = {(3, SessionEnd.CROWDED_OUT), (4, SessionEnd.CROWDED_OUT)}
    assert set(displaced(mine, Channel.APP, None, rules)) == crowd
    assert displaced(mine[:2], Channel.APP, None, rules) == ()


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from([None, "aaaaaaaa", "bbbbbbbb"]))))
def test_with_the_new_one_there_are_never_too_many(seen):
    mine = [
        session(number, seen=NOW - timedelta(hours=hours), device=device)
        for number, (hours, device) in enumerate(seen, 1)
    ]
    gone = [number for number, _ in displaced(mine, Channel.APP, "aaaaaaaa")]
    assert len(set(gone)) == len(gone)
    assert len(mine) - len(gone) + 1 <= DEFAULT_RULES.most
