"""Where promotions are published."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.promotions.promotion import Promotion


class PromotionStore(Protocol):
    async def publish(self, promotions: Sequence[Promotion], by: str) -> int:
        """Makes these promotions live, all or none, and returns the catalog version that holds
        them; a promotion whose document is as it was makes no new version of it, and where none
        has changed the catalog version stays too. Others stay live as they are. Every process is
        told after the commit. `by`: who publishes, for the record.

        A code that occurs twice: ValueError. A promotion that its own document would not give
        back: the error of the documents. Database down: `StorageUnavailable`, nothing live.
        """
        ...
