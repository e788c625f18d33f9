"""What one operation costs outside: adapters count, whoever watches the operation reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """`statements`: of SQL. `cache_hits`, `cache_misses`: keys asked of the shared cache.
    `engine_s`: seconds of computing prices."""

    statements: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    engine_s: float = 0.0


_CURRENT: ContextVar[Tally | None] = ContextVar("tally", default=None)


def current_tally() -> Tally | None:
    """The tally of the operation that runs here; None outside of any. Tasks that the operation
    starts, its loaders' among them, count in the same one."""
    return _CURRENT.get()


@contextmanager
def tallied() -> Iterator[Tally]:
    """All that is counted within the block, whoever does it."""
    tally = Tally()
    token = _CURRENT.set(tally)
    try:
        yield tally
    finally:
        _CURRENT.reset(token)
