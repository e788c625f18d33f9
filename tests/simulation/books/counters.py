"""Counters in memory: one conditional statement each, under the row's lock."""

from dataclasses import dataclass

from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used
from app.ports.counters import Bounds
from tests.simulation.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryCounters:
    tx: Transaction

    async def add(self, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        await self.tx.statement(f"counters.add {key.code}")
        await self.tx.lock("counters", tuple(key))
        had: Used = self.tx.get("counters", tuple(key)) or NOTHING_USED
        then = Used(had.uses + used.uses, had.fen + used.fen)
        if bounds.max_uses is not None and then.uses > bounds.max_uses:
            return had
        if bounds.max_fen is not None and then.fen > bounds.max_fen:
            return had
        await self.tx.put("counters", tuple(key), then)
        return None

    async def give_back(self, key: CounterKey, used: Used) -> None:
        await self.tx.statement(f"counters.give_back {key.code}")
        await self.tx.lock("counters", tuple(key))
        had: Used = self.tx.get("counters", tuple(key)) or NOTHING_USED
        left = Used(had.uses - used.uses, had.fen - used.fen)
        assert min(left) >= 0, f"{key} given back more than was used: {had} - {used}"
        await self.tx.put("counters", tuple(key), left)
