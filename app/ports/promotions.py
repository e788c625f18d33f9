"""Where promotions are published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.promotions.promotion import Promotion


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePromotion:
    """A live promotion with its version (from 1), and when and by whom it was published.

    `promotion` None: this program cannot read its document (an older or newer one wrote it).
    """

    promotion: Promotion | None
    version: int
    published_at: datetime
    published_by: str


class PromotionStore(Protocol):
    async def publish(self, promotions: Sequence[Promotion], by: str) -> int:
        """Makes these promotions live, all or none, and returns the catalog version that holds
        them; a promotion whose document is as it was makes no new version of it, and where none
        has changed the catalog version stays too. Others stay live as they are. Every process is
        told after the commit. `by`: who publishes, for the record.

        A code that occurs twice: ValueError. Database down: `StorageUnavailable`, nothing live.
        """
        ...

    async def live(self) -> Mapping[str, LivePromotion]:
        """All live promotions by code, in the order of codes. Database down:
        `StorageUnavailable`."""
        ...
