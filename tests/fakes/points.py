"""Points in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.loyalty.points import PointsBalance
from app.ports.errors import StorageUnavailable


@dataclass
class FakePointsRepository:
    by_id: dict[int, PointsBalance] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def balances(self, user_ids: Sequence[int]) -> Mapping[int, PointsBalance]:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
        return {key: self.by_id[key] for key in user_ids if key in self.by_id}
