"""Counters of limits, budgets and stock, inside a transaction."""

from typing import Protocol

from app.domain.promotions.escrow import Bounds
from app.domain.promotions.usage import CounterKey, Used


class CounterBook(Protocol):
    """Part of a `Work`. Each method is one atomic act on one counter, exact under any concurrency:
    a counter that many share is changed by conditional statements, never read first and written
    then. What was added stays locked until the transaction ends, so counters come last in it, in
    the order of their keys.
    """

    async def add(self, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        """Adds `used` if the counter then stays within `bounds`; None: added.

        Else nothing is changed, and the answer is what has been used so far. The bounds are the
        caller's: another caller may know others.
        """
        ...

    async def give_back(self, key: CounterKey, used: Used) -> None:
        """Takes off what was added before; never below 0."""
        ...
