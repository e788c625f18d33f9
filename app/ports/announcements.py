"""News between processes that a newer catalog version is there."""

from collections.abc import AsyncGenerator
from typing import Protocol


class CatalogAnnouncements(Protocol):
    """A hint that saves waiting, never the truth: each process polls as well."""

    async def announce(self, version: int) -> None:
        """Tells every process of a version, after the commit that made it. When the channel is
        down nobody is told: never an error, never a wait beyond a short timeout."""
        ...

    def versions(self) -> AsyncGenerator[int, None]:
        """Versions as they are announced, without end; may repeat, skip and come late. While the
        channel is down it is silent and reconnects by itself."""
        ...
