"""Waiting for what happens elsewhere, without a sleep that guesses how long it takes."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

LONGEST_S = 20
"""Then the test fails: a limit, not an expectation."""


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Returns as soon as the condition holds; TimeoutError when it never does."""
    async with asyncio.timeout(LONGEST_S):
        for _ in itertools.count():
            if await holds():
                return
            await asyncio.sleep(0.005)
