"""Builds the public loaders of one request."""

from app.domain.checkout.catalog import Catalog
from app.loaders.public import PublicLoaders
from app.loaders.public.issued_by_batch import IssuedByBatchLoader
from app.loaders.public.promotions_by_station import Placements, PromotionsByStationLoader
from app.loaders.public.station_details import StationDetailsByIdLoader
from app.ports.public_cache import PublicCache
from app.ports.station_details import StationDetailsRepository
from app.ports.stock import StockRepository


def build_public_loaders(
    catalog: Catalog,
    *,
    station_details: StationDetailsRepository,
    stock: StockRepository,
    cache: PublicCache | None = None,
    placements: Placements | None = None,
) -> PublicLoaders:
    """Inside the running loop, once a request. `placements`: the process's own, so that what was
    found out for one request serves the next; None: this request's alone."""
    return PublicLoaders(
        station_details=StationDetailsByIdLoader(station_details, catalog.version, cache),
        promotions_by_station=PromotionsByStationLoader(catalog, placements or Placements()),
        issued_by_batch=IssuedByBatchLoader(stock),
    )
