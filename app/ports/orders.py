"""Orders, inside a transaction."""

from typing import Protocol


class OrderBook(Protocol):
    """Orders. Part of a `Work`: written and read inside its transaction."""
