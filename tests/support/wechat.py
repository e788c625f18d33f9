"""The simulator of WeChat's login, for tests that do not run in its event loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.integrations.wechat_login_simulator.simulator import create_simulator
from tests.support.serving import listener, served


@contextmanager
def wechat() -> Iterator[int]:
    """The simulator's port; it runs in a thread of its own."""
    at, loop, ready = listener(), asyncio.new_event_loop(), threading.Event()
    over = asyncio.Event()

    async def serve() -> None:
        async with served(create_simulator(), at):
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield at.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
