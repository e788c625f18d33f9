"""Public loaders: stations, prices, rules."""

from dataclasses import dataclass

from aiodataloader import DataLoader

from app.domain.promotions.promotion import Promotion
from app.domain.stations.station import StationDetails


@dataclass(frozen=True, slots=True)
class PublicLoaders:
    """`station_details` and `promotions_by_station` by station id; `issued` by batch code."""

    station_details: DataLoader[int, StationDetails | None]
    promotions_by_station: DataLoader[int, tuple[Promotion, ...]]
    issued_by_batch: DataLoader[str, int]
