"""Points and fuel credit in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.unit import Unit
from app.ports.balances import StatementPage
from app.ports.errors import StorageUnavailable


@dataclass
class FakeBalanceRepository:
    """`entries_by_id`: each member's, rising."""

    by_id: dict[int, dict[Unit, Balance]] = field(default_factory=dict)
    entries_by_id: dict[int, list[Entry]] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def balances(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[Unit, Balance]]:
        self._ask()
        return {key: self.by_id[key] for key in user_ids if key in self.by_id}

    async def page(self, wanted: StatementPage) -> tuple[Entry, ...]:
        self._ask()
        of_unit = [e for e in self._entries(wanted.user_id) if e.unit is wanted.unit]
        before = wanted.before
        found = [e for e in reversed(of_unit) if before is None or e.seq < before]
        return tuple(found[: wanted.first + 1])

    async def entries(
        self, keys: Sequence[tuple[int, Unit, int]]
    ) -> Mapping[tuple[int, Unit, int], Entry]:
        self._ask()
        return {
            (user_id, e.unit, e.seq): e
            for user_id, unit, seq in keys
            for e in self._entries(user_id)
            if (e.unit, e.seq) == (unit, seq)
        }

    def _entries(self, user_id: int) -> list[Entry]:
        return [replace(e, postings=()) for e in self.entries_by_id.get(user_id, [])]

    def _ask(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
