"""Promotions in memory."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.domain.promotions.promotion import Promotion
from app.ports.promotions import LivePromotion


class MemoryPromotions:
    """A `PromotionStore` in memory."""

    def __init__(self, *live: Promotion) -> None:
        self.version = 1
        self._live = {promotion.code: _live(promotion, 1) for promotion in live}

    async def publish(self, promotions: Sequence[Promotion], by: str) -> int:
        for promotion in promotions:
            held = self._live.get(promotion.code)
            if held is None or held.promotion != promotion:
                self.version += 1
                version = held.version + 1 if held else 1
                self._live[promotion.code] = _live(promotion, version, by)
        return self.version

    async def live(self) -> Mapping[str, LivePromotion]:
        return dict(self._live)


def _live(promotion: Promotion, version: int, by: str = "tests") -> LivePromotion:
    return LivePromotion(
        promotion=promotion,
        version=version,
        published_at=datetime(2026, 3, 1, tzinfo=UTC),
        published_by=by,
    )
