"""Payments asked of a provider, and its notices, inside a transaction."""

from typing import Protocol


class PaymentBook(Protocol):
    """Payments asked of a provider, and its notices. Part of a `Work`: written and read inside its transaction."""
