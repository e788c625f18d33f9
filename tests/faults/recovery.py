"""How soon requests succeed again after something was broken."""

import asyncio
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Recovery:
    """`answers`: (port, begun, ended) of requests without a fault. `broken`: (what, since, port of
    the server that must answer; None: any). Times are the event loop's, in seconds."""

    answers: list[tuple[int, float, float]] = field(default_factory=list[tuple[int, float, float]])
    broken: list[tuple[str, float, int | None]] = field(
        default_factory=list[tuple[str, float, int | None]]
    )

    def answered(self, port: int, begun: float) -> None:
        self.answers.append((port, begun, asyncio.get_running_loop().time()))

    def broke(self, what: str, port: int | None = None) -> None:
        self.broken.append((what, asyncio.get_running_loop().time(), port))

    def table(self) -> Iterator[tuple[str, int, float, float]]:
        """(what, how often, median, longest) in seconds, of requests that were begun after it broke.
        What never answered again before the end is left out."""
        waits: dict[str, list[float]] = defaultdict(list)
        for what, since, port in self.broken:
            ended = [
                end
                for server, begun, end in self.answers
                if begun >= since and port in (None, server)
            ]
            if ended:
                waits[what].append(min(ended) - since)
        for what, seconds in waits.items():
            yield what, len(seconds), statistics.median(seconds), max(seconds)
