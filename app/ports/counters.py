"""Counters of limits, budgets and stock, inside a transaction."""

from typing import Protocol


class CounterBook(Protocol):
    """Counters of limits, budgets and stock. Part of a `Work`: written and read inside its transaction."""
