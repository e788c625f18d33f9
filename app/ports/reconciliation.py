"""Our side of the reconciliation: payments and refunds over all members, for commands and jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.orders.reconciliation import LineKey, OwnLine
from app.domain.shared.payment import PaymentMethod


class ReconciliationRepository(Protocol):
    """When the database is down: `StorageUnavailable`."""

    async def moved(
        self, method: PaymentMethod, start: datetime, end: datetime
    ) -> Sequence[OwnLine]:
        """Payments that were paid, and refunds that were asked for, in [start, end)."""
        ...

    async def by_numbers(self, numbers: Sequence[str]) -> Mapping[LineKey, OwnLine]:
        """Those of these payment numbers, of any day and state, with all their refunds."""
        ...
