"""Jobs: what is to be done later, deferred by the transaction that causes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`name`: the task's, e.g. "orders.expire". `given`: its arguments, plain values; never
    personal data. `at`: not before this instant; None: as soon as possible.

    `key`: while a job of the same name and key waits, another is not added; the one that waits
    takes the earlier of both times.
    """

    name: str
    given: Mapping[str, int | str]
    at: datetime | None = None
    key: str | None = None


class JobQueue(Protocol):
    """Part of a `Work`: a job exists exactly if the transaction commits. Every job may run more
    than once, early by a skewed clock, or twice at a time: its task judges by what is stored."""

    async def defer(self, job: Job) -> None: ...
