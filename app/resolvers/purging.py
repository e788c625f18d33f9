"""What is kept for a while only."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.domain.identity.session import DEFAULT_RULES
from app.ports.work import Work
from app.resolvers.desk import Desk

ANSWERS_KEPT = timedelta(days=7)
"""How long a key's first answer is told again."""
AT_ONCE = 1_000
"""Rows forgotten in one transaction: it holds their locks."""


async def purge_sms_codes(desk: Desk) -> int:
    """The schedule `identities.purge`: forgets one-time passwords and counts that are over. How
    many."""
    async with desk.works.begin(None) as work:
        return await work.sms_codes.purge(desk.moment)


async def purge_answers(desk: Desk) -> int:
    """The schedule `requests.purge`: forgets what was answered to idempotency keys. How many."""
    before = desk.moment - ANSWERS_KEPT
    return await in_parts(desk, lambda work: work.requests.purge(before, AT_ONCE))


async def purge_sessions(desk: Desk) -> int:
    """The schedule `sessions.purge`: forgets sessions that were over for long, ended or idle."""
    ended_before = desk.moment - DEFAULT_RULES.kept
    seen_before = ended_before - DEFAULT_RULES.idle
    return await in_parts(
        desk, lambda work: work.sessions.purge(ended_before, seen_before, AT_ONCE)
    )


async def in_parts(desk: Desk, purge: Callable[[Work], Awaitable[int]]) -> int:
    """Purges at most `AT_ONCE` rows a transaction, until fewer were left. How many."""
    forgotten = 0
    while True:
        async with desk.works.begin(None) as work:
            gone = await purge(work)
        forgotten += gone
        if gone < AT_ONCE:
            return forgotten
