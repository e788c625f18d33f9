"""Computing is timed here: the inner rooms have no clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from app.ports.tally import current_tally


@contextmanager
def computing() -> Iterator[None]:
    """The block computes prices: its time counts as the engine's, in the operation's tally."""
    began = perf_counter()
    try:
        yield
    finally:
        tally = current_tally()
        if tally is not None:
            tally.engine_s += perf_counter() - began
