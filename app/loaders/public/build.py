"""Builds the public loaders of one request."""

from datetime import datetime

from app.domain.checkout.catalog import Catalog
from app.loaders.public import PublicLoaders
from app.loaders.public.issued_by_batch import IssuedByBatchLoader
from app.loaders.public.promotions_by_station import Placements, PromotionsByStationLoader
from app.loaders.public.station_details import StationDetailsByIdLoader
from app.loaders.public.usage_by_code import UsageByCodeLoader, UsageByDeviceLoader
from app.ports.public_cache import PublicCache
from app.ports.station_details import StationDetailsRepository
from app.ports.stock import StockRepository
from app.ports.usage import UsageRepository


def build_public_loaders(
    catalog: Catalog,
    moment: datetime,
    *,
    station_details: StationDetailsRepository,
    stock: StockRepository,
    usage: UsageRepository,
    cache: PublicCache | None = None,
    placements: Placements | None = None,
) -> PublicLoaders:
    """Inside the running loop, once a request, at its moment. `placements`: the process's own, so that what was
    found out for one request serves the next; None: this request's alone."""
    return PublicLoaders(
        station_details=StationDetailsByIdLoader(station_details, catalog.version, cache),
        promotions_by_station=PromotionsByStationLoader(catalog, placements or Placements()),
        issued_by_batch=IssuedByBatchLoader(stock),
        usage_by_code=UsageByCodeLoader(usage, moment),
        usage_by_device=UsageByDeviceLoader(usage, moment),
    )
