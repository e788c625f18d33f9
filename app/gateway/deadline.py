"""The time that an operation may take, and the end of its work when it took longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.resolvers.context import RequestContext


@asynccontextmanager
async def within(seconds: float, context: RequestContext) -> AsyncIterator[None]:
    """Raises `TimeoutError` after so long. Then, and when the caller itself is cancelled, whatever
    the block began is cancelled too, down to its statements at the database."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, asyncio.CancelledError):
        context.give_up()
        raise
