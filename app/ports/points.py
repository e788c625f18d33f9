"""Points balances, read in batches."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.loyalty.points import PointsBalance


class PointsRepository(Protocol):
    async def balances(self, user_ids: Sequence[int]) -> Mapping[int, PointsBalance]:
        """One statement; members without points are absent. Database down: `StorageUnavailable`."""
        ...
