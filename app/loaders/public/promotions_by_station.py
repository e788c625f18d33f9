"""Promotions that can ever apply at a station, by station id."""

from collections.abc import Sequence

from app.domain.checkout.catalog import Catalog
from app.domain.promotions.placement import can_apply_at
from app.domain.promotions.promotion import Promotion
from app.loaders.batching import BatchLoader


class Placements:
    """Remembers, for the catalog that was asked about last, what applies where: the answer is the
    same for every request of one version. One for a process."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._by_station: dict[int, tuple[Promotion, ...]] = {}

    def at(self, catalog: Catalog, station_id: int) -> tuple[Promotion, ...]:
        """In the order of the rule book; none for a station that does not exist."""
        if catalog is not self._catalog:
            self._catalog, self._by_station = catalog, {}
        found = self._by_station.get(station_id)
        if found is None:
            found = self._by_station[station_id] = placed_at(catalog, station_id)
        return found


def placed_at(catalog: Catalog, station_id: int) -> tuple[Promotion, ...]:
    station = catalog.stations.by_id.get(station_id)
    if station is None:
        return ()
    return tuple(p for p in catalog.rules.by_code.values() if can_apply_at(p, station))


class PromotionsByStationLoader(BatchLoader[int, tuple[Promotion, ...]]):
    """Batches of them too: what a coupon gives is a promotion. No statement, no shared cache: the
    rules of a version are in memory."""

    def __init__(self, catalog: Catalog, placements: Placements) -> None:
        super().__init__()
        self._catalog = catalog
        self._placements = placements

    async def load_batch(self, keys: Sequence[int]) -> list[tuple[Promotion, ...]]:
        return [self._placements.at(self._catalog, key) for key in keys]
