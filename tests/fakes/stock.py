"""Coupons issued, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.ports.errors import StorageUnavailable


@dataclass
class FakeStockRepository:
    by_batch: dict[str, int] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def issued(self, batch_codes: Sequence[str]) -> Mapping[str, int]:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
        return {code: self.by_batch.get(code, 0) for code in batch_codes}
