"""Sessions on PostgreSQL: one successor whoever asks how often, and no life after the end."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.principal import PrincipalKind
from app.domain.identity.session import DEFAULT_RULES, SessionEnd
from app.domain.shared.channel import Channel
from app.resolvers.front_desk import FrontDesk
from app.resolvers.purging import purge_sessions
from app.resolvers.sessions import refreshed
from app.security.keys import SigningKeys, new_key_pem
from tests.storage.desks import desk_of
from tests.support.front import NOW, arrival, front_of, opened, signed_in_pair
from tests.support.rows import put_member

ME, OTHER = 1, 2
WINDOW = DEFAULT_RULES.window


@pytest.fixture
async def front(engine: AsyncEngine) -> FrontDesk:
    for user_id in (ME, OTHER):
        await put_member(engine, user_id)
    return front_of(engine)


async def rows(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def acts(engine: AsyncEngine) -> Counter[str]:
    found = await rows(engine, "SELECT act FROM audit_event")
    return Counter(str(act) for (act,) in found)


async def generation(engine: AsyncEngine) -> object:
    [(generation,)] = await rows(engine, "SELECT generation FROM member_session")
    return generation


async def test_a_session_is_opened_with_its_record_and_seen(engine: AsyncEngine, front: FrontDesk):
    at = arrival(device="device-01", app_version="1.2.3", request_id="r1")
    await opened(front, ME, at)
    [session] = await front.sessions.alive(ME, NOW - DEFAULT_RULES.idle)
    assert (session.channel, session.device, session.app_version) == (
        Channel.APP,
        "device-01",
        "1.2.3",
    )
    assert session.opened_at == session.last_seen_at == NOW
    record = "SELECT act, user_id, subject, actor, device, request_id, after FROM audit_event"
    [found] = await rows(engine, record)
    subject = f"session:{session.id}"
    assert found == ("session.open", ME, subject, "1", "device-01", "r1", {"by": "SMS"})


async def test_a_refresh_gives_a_new_pair_and_is_when_the_member_was_seen(front: FrontDesk):
    first = await signed_in_pair(front, ME)
    later = arrival(timedelta(hours=1), app_version="1.3.0")
    second = await refreshed(front, first.refresh_token, later)
    assert second is not None
    assert second.refresh_token != first.refresh_token
    assert second.expires_at == later.moment + timedelta(minutes=10)
    [session] = await front.sessions.alive(ME, NOW)
    assert (session.last_seen_at, session.app_version) == (later.moment, "1.3.0")
    assert await refreshed(front, second.refresh_token, arrival(timedelta(hours=2))) is not None


async def test_within_the_window_the_same_successor_is_told_again(
    engine: AsyncEngine, front: FrontDesk
):
    """The first answer was lost on the way."""
    first = await signed_in_pair(front, ME)
    once = await refreshed(front, first.refresh_token, arrival())
    again = await refreshed(front, first.refresh_token, arrival(WINDOW - timedelta(microseconds=1)))
    assert once is not None
    assert again is not None
    assert once.refresh_token == again.refresh_token
    assert await generation(engine) == 1


async def test_used_again_after_the_window_it_ends_the_session_for_everyone(
    engine: AsyncEngine, front: FrontDesk
):
    first = await signed_in_pair(front, ME)
    second = await refreshed(front, first.refresh_token, arrival())
    assert second is not None
    assert await refreshed(front, first.refresh_token, arrival(WINDOW, device="thief-001")) is None
    assert await refreshed(front, second.refresh_token, arrival(WINDOW)) is None
    assert await rows(engine, "SELECT end_reason FROM member_session") == [("REUSED",)]
    assert await acts(engine) == {"session.open": 1, "session.refresh_reused": 1}
    seen = "SELECT device, after FROM audit_event WHERE act = 'session.refresh_reused'"
    assert await rows(engine, seen) == [("thief-001", {"generation": 1, "presented": 0})]
    revocations: Any = front.revocations
    [(kind, _)] = revocations.told
    assert kind is PrincipalKind.MEMBER


async def test_a_token_older_than_the_last_ends_the_session_even_within_the_window(
    front: FrontDesk,
):
    first = await signed_in_pair(front, ME)
    second = await refreshed(front, first.refresh_token, arrival())
    assert second is not None
    third = await refreshed(front, second.refresh_token, arrival())
    assert third is not None
    assert await refreshed(front, first.refresh_token, arrival()) is None
    assert await refreshed(front, third.refresh_token, arrival()) is None


async def test_a_forged_token_changes_nothing(engine: AsyncEngine, front: FrontDesk):
    """Who knows the numbers of a session but no token of it cannot end it."""
    first = await signed_in_pair(front, ME)
    strangers = front_of(engine, SigningKeys.of([new_key_pem().decode()]))
    [session] = await front.sessions.alive(ME, NOW - DEFAULT_RULES.idle)
    named = f"{ME}-{session.id}.0."
    guesses = [named + "A" * 43, first.refresh_token.replace(f"{ME}-", f"{OTHER}-"), "x", ""]
    for guess in guesses:
        assert await refreshed(front, guess, arrival()) is None
    assert await refreshed(strangers, first.refresh_token, arrival()) is None
    assert await acts(engine) == {"session.open": 1}
    assert await refreshed(front, first.refresh_token, arrival()) is not None


async def test_a_session_that_was_idle_too_long_is_over(front: FrontDesk):
    first = await signed_in_pair(front, ME)
    assert await refreshed(front, first.refresh_token, arrival(DEFAULT_RULES.idle)) is None
    late = arrival(DEFAULT_RULES.idle - timedelta(seconds=1))
    assert await refreshed(front, first.refresh_token, late) is not None


@pytest.mark.parametrize("at_once", [2, 8])
async def test_of_all_who_refresh_at_once_all_get_the_one_successor(
    engine: AsyncEngine, front: FrontDesk, at_once: int
):
    first = await signed_in_pair(front, ME)
    turns = (refreshed(front, first.refresh_token, arrival()) for _ in range(at_once))
    answers = await asyncio.gather(*turns)
    assert len({pair and pair.refresh_token for pair in answers}) == 1
    assert None not in answers
    assert await generation(engine) == 1


async def test_a_statement_turns_a_session_for_one_asker_only(
    engine: AsyncEngine, front: FrontDesk
):
    """The conditional statement itself, without what judges around it."""
    await signed_in_pair(front, ME)
    [session] = await front.sessions.alive(ME, NOW - DEFAULT_RULES.idle)

    async def rotate() -> bool:
        async with front.works.begin(None) as work:
            return await work.sessions.rotate(ME, session.id, 0, NOW, None)

    won = await asyncio.gather(*(rotate() for _ in range(8)))
    assert won.count(True) == 1
    assert await generation(engine) == 1


async def test_signing_in_again_on_a_device_ends_its_session_before(front: FrontDesk):
    first = await opened(front, ME, arrival(device="device-01"))
    other = await opened(front, ME, arrival(device="device-02"))
    second = await opened(front, ME, arrival(device="device-01"))
    assert second.ended == (first.session_id,)
    alive = await front.sessions.alive(ME, NOW - DEFAULT_RULES.idle)
    assert {session.id for session in alive} == {other.session_id, second.session_id}
    assert await refreshed(front, first.pair.refresh_token, arrival()) is None


async def test_nobody_has_more_sessions_than_are_allowed(front: FrontDesk):
    last = await opened(front, ME, arrival())
    for minutes in range(1, DEFAULT_RULES.most + 3):
        last = await opened(front, ME, arrival(timedelta(minutes=minutes)))
    alive = await front.sessions.alive(ME, NOW - DEFAULT_RULES.idle)
    assert len(alive) == DEFAULT_RULES.most
    assert alive[0].id == last.session_id
    assert all(session.last_seen_at > NOW + timedelta(minutes=2) for session in alive)


async def test_ending_is_of_one_member_and_once(front: FrontDesk):
    mine, others = await opened(front, ME), await opened(front, OTHER)
    async with front.works.begin(None) as work:
        end = work.sessions.end
        both = [mine.session_id, others.session_id]
        assert await end(ME, both, NOW, SessionEnd.SIGNED_OUT) == (mine.session_id,)
        assert await end(ME, None, NOW, SessionEnd.SIGNED_OUT) == ()
    assert await refreshed(front, mine.pair.refresh_token, arrival()) is None
    assert await refreshed(front, others.pair.refresh_token, arrival()) is not None


async def test_the_purge_takes_what_is_over_for_long_and_nothing_else(
    engine: AsyncEngine, front: FrontDesk
):
    kept, ended, idle = [await opened(front, ME) for _ in range(3)]
    later = NOW + timedelta(days=100)
    assert await refreshed(front, kept.pair.refresh_token, arrival(timedelta(days=50))) is not None
    async with front.works.begin(None) as work:
        await work.sessions.end(ME, [ended.session_id], NOW, SessionEnd.SIGNED_OUT)
        assert await work.sessions.purge(NOW, NOW, 10) == 0
        gone = await work.sessions.purge(later - timedelta(days=30), NOW + timedelta(days=1), 1)
        gone += await work.sessions.purge(later - timedelta(days=30), NOW + timedelta(days=1), 10)
    assert gone == 2
    assert await rows(engine, "SELECT id FROM member_session") == [(kept.session_id,)]
    assert idle.session_id != kept.session_id


async def test_the_sweep_keeps_what_is_over_for_a_month(engine: AsyncEngine, front: FrontDesk):
    first = await opened(front, ME)
    async with front.works.begin(None) as work:
        await work.sessions.end(ME, [first.session_id], NOW, SessionEnd.SIGNED_OUT)
    kept = NOW + DEFAULT_RULES.kept
    assert await purge_sessions(desk_of(engine, [], kept)) == 0
    assert await purge_sessions(desk_of(engine, [], kept + timedelta(seconds=1))) == 1


async def test_a_member_who_goes_takes_their_sessions_along(engine: AsyncEngine, front: FrontDesk):
    first = await signed_in_pair(front, ME)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM member WHERE user_id = 1"))
    assert await refreshed(front, first.refresh_token, arrival()) is None


async def test_what_lies_in_the_database_makes_no_token(engine: AsyncEngine, front: FrontDesk):
    """Every word of the row, tried as a proof."""
    await signed_in_pair(front, ME)
    [row] = await rows(engine, "SELECT id, encode(seed, 'base64') FROM member_session")
    seed = str(row[1]).replace("+", "-").replace("/", "_").rstrip("=")
    assert await refreshed(front, f"{ME}-{row[0]}.0.{seed}", arrival()) is None
