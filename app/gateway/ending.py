"""How a serving process ends: first it says that it is no longer ready, then, once balancers have
noticed, its subscriptions are closed, which would hold it up, and the server finishes the requests
that have begun and stops."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from app.gateway.health import Health
from app.gateway.streams import Streams


class Ending:
    """`drain_s`: how long requests are still taken after SIGTERM; 0: not at all."""

    def __init__(self, health: Health, streams: Streams, drain_s: float = 0) -> None:
        self._health = health
        self.streams = streams
        self._drain_s = drain_s
        self._draining = False

    def follow_signals(self) -> None:
        """Stands before the server's own way of taking the signal. Called in the running loop; only
        the main thread takes signals: whoever serves in another ends it otherwise."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)
            if callable(before):
                signal.signal(number, self._before(loop, before))

    def _before(
        self, loop: asyncio.AbstractEventLoop, server: Callable[[int, FrameType | None], Any]
    ) -> Callable[[int, FrameType | None], None]:
        def taken(number: int, frame: FrameType | None) -> None:
            drain_s = self._drain_s if number == signal.SIGTERM and not self._draining else 0
            self._draining = True
            if drain_s == 0:
                loop.call_soon_threadsafe(self.streams.close)
                server(number, frame)
                return
            self._health.stopping = True
            loop.call_soon_threadsafe(loop.call_later, drain_s, self._end, number, server)

        return taken

    def _end(self, number: int, server: Callable[[int, FrameType | None], Any]) -> None:
        self.streams.close()
        server(number, None)
