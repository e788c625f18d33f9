"""What each funder owes: written with payments and refunds, summed for a day's settlement."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from app.domain.orders.settlement import FundingEntry, Settlement


class FundingBook(Protocol):
    """Part of a `Work`."""

    async def add(self, entries: Sequence[FundingEntry]) -> None:
        """An order is owed for once, and a refund taken back once: what one of them had entries
        for already is a fault, never a second entry."""
        ...


class SettlementRepository(Protocol):
    """Reads over all members, for commands. When the database is down: `StorageUnavailable`."""

    async def settlement(self, day: date) -> Settlement:
        """Of one day of the stations' own calendars; entries, orders and refunds as they stood at
        one instant."""
        ...
