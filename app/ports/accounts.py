"""Points and fuel credit, kept as double-entry ledgers, inside a transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.unit import Unit


class AccountBook(Protocol):
    """Part of a `Work` that holds the member's lock: between a read and a write of one member's
    account nobody else changes it."""

    async def account(self, user_id: int, unit: Unit) -> Account:
        """With all lots that have something left. A member without one has an empty account."""
        ...

    async def lots(self, user_id: int, unit: Unit, seqs: Iterable[int]) -> tuple[Lot, ...]:
        """By their numbers, empty ones too, rising."""
        ...

    async def lots_of_order(self, user_id: int, unit: Unit, order_id: int) -> tuple[Lot, ...]:
        """What an order earned, empty lots too, rising."""
        ...

    async def entry_of(self, user_id: int, unit: Unit, cause: str) -> Entry | None:
        """The one entry of a cause."""
        ...

    async def undoing(self, user_id: int, unit: Unit, seq: int) -> tuple[Entry, ...]:
        """The entries that reverse the entry of that number, rising."""
        ...

    async def write(self, user_id: int, move: Move) -> None:
        """Adds the entry with its postings, writes the lots and the account as they are after it.
        The entry's number and cause must be new to the account."""
        ...

    async def due(self, moment: datetime, at_most: int) -> Sequence[int]:
        """Members with a lot that is to be released or expires by `moment`. For sweeps: it takes
        no lock, so whoever acts looks again under the member's."""
        ...
