"""Applications on real sockets of this machine, for the time of a test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the test run's."""
        yield


@asynccontextmanager
async def served(app: Starlette, on: socket.socket) -> AsyncIterator[None]:
    server = _Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
        )
    )
    task = asyncio.create_task(server.serve(sockets=[on]))
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


def listener() -> socket.socket:
    """On a port that is free."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen()
    return bound


def address(of: socket.socket) -> str:
    return f"http://127.0.0.1:{of.getsockname()[1]}"
