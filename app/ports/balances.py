"""Balances and statements of points and fuel credit, outside of any use case that writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """A request for entries, newest first. `before`: the number of the last one seen, exclusive."""

    user_id: int
    unit: Unit
    first: int
    before: int | None = None


class BalanceRepository(Protocol):
    """Each method runs one statement. When the database is down: `StorageUnavailable`."""

    async def balances(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[Unit, Balance]]:
        """As they are at the moment: what has ended by then is gone. Accounts that members do not
        have are absent."""
        ...

    async def page(self, wanted: StatementPage) -> tuple[Entry, ...]:
        """Up to `first` + 1 entries, without postings: one more tells that there is a next page."""
        ...

    async def entries(
        self, keys: Sequence[tuple[int, Unit, int]]
    ) -> Mapping[tuple[int, Unit, int], Entry]:
        """By (user_id, unit, number), without postings: another member's entry is never found."""
        ...
