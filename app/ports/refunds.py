"""Refunds of orders, inside a transaction."""

from typing import Protocol


class RefundBook(Protocol):
    """Refunds of orders. Part of a `Work`: written and read inside its transaction."""
