"""Subscriptions over server-sent events, one request each ("distinct connections mode" of the
GraphQL over SSE protocol): events `next` with an answer, then `complete`. Lines end with LF."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

import orjson

from app.gateway.streams import Answer

KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


def event_of(answer: object) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"


async def once(answer: object) -> AsyncIterator[bytes]:
    """A single answer, for a query that asked for events."""
    yield event_of(answer)
    yield COMPLETE


async def events_of(
    answers: AsyncGenerator[Answer, None], silence_s: float
) -> AsyncIterator[bytes]:
    """A comment whenever nothing came for `silence_s`, so that nobody takes the stream for dead."""
    async with aclosing(answers):
        following = asyncio.ensure_future(anext(answers))
        try:
            while True:
                await asyncio.wait({following}, timeout=silence_s)
                if not following.done():
                    yield KEEP_ALIVE
                    continue
                try:
                    answer = following.result()
                except StopAsyncIteration:
                    yield COMPLETE
                    return
                yield event_of(answer)
                following = asyncio.ensure_future(anext(answers))
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
