"""After a fault Redis is left alone for a moment, so that an outage costs one timeout, not one
for each request."""

import time
from collections.abc import Callable

PAUSE_S = 1.0


class Pause:
    """`clock`: a monotonic clock in seconds."""

    def __init__(
        self, seconds: float = PAUSE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until = float("-inf")

    @property
    def on(self) -> bool:
        return self._clock() < self._until

    def begin(self) -> None:
        self._until = self._clock() + self._seconds
