"""Public loaders: stations, prices, rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiodataloader import DataLoader

from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import CounterKey, Used
from app.domain.stations.station import StationDetails


@dataclass(frozen=True, slots=True)
class PublicLoaders:
    """`station_details` and `promotions_by_station` by station id; `issued_by_batch` by batch
    code, `usage_by_code` by promotion code, `usage_by_device` by (device, promotion code)."""

    station_details: DataLoader[int, StationDetails | None]
    promotions_by_station: DataLoader[int, tuple[Promotion, ...]]
    issued_by_batch: DataLoader[str, int]
    usage_by_code: DataLoader[str, Mapping[CounterKey, Used]]
    usage_by_device: DataLoader[tuple[str, str], Mapping[CounterKey, Used]]
