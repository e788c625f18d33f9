"""What a worker can be asked to do: use cases under the names of their jobs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.resolvers.desk import Desk

Act = Callable[..., Awaitable[Any]]
"""A use case: the desk, then a job's arguments by their names. It judges by what is stored: run
twice, early, or twice at a time, it does what is to be done once."""


@dataclass(frozen=True, slots=True)
class Task:
    """Run for each job of its name; when it fails, again after a while, and again."""

    name: str
    act: Act


@dataclass(frozen=True, slots=True)
class Sweep:
    """Looks by itself, every so often, for what is due. `cron`: minute hour day month weekday, in
    UTC, a sixth field for seconds; None: as often as the settings say. Not repeated when it
    fails: the next one comes anyway."""

    name: str
    act: Callable[[Desk], Awaitable[Any]]
    cron: str | None = None
