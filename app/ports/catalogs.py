"""Where a process finds the catalog version that it serves."""

from typing import Protocol

from app.domain.checkout.catalog import Catalog


class CatalogSource(Protocol):
    def current(self) -> Catalog:
        """The newest version this process has loaded: at once, never I/O.

        When the database or Redis is down, the last one loaded goes on being served.
        """
        ...
