"""What is kept for a while only."""

from datetime import timedelta

from app.resolvers.desk import Desk

ANSWERS_KEPT = timedelta(days=7)
"""How long a key's first answer is told again."""
AT_ONCE = 1_000
"""Answers forgotten in one transaction: it holds their rows' locks."""


async def purge_answers(desk: Desk) -> int:
    """The schedule `requests.purge`: forgets what was answered to idempotency keys. How many."""
    forgotten = 0
    while True:
        async with desk.works.begin(None) as work:
            gone = await work.requests.purge(desk.moment - ANSWERS_KEPT, AT_ONCE)
        forgotten += gone
        if gone < AT_ONCE:
            return forgotten
