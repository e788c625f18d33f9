"""What each funder owes, by order and refund, inside a transaction."""

from typing import Protocol


class FundingBook(Protocol):
    """What each funder owes, by order and refund. Part of a `Work`: written and read inside its transaction."""
