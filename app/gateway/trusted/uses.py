"""Counts of who used which document, in memory; written down every few seconds, never in the way
of a request. A process that is killed loses what it had not written yet."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from app.gateway.trusted.manifest import TrustedDocument
from app.gateway.trusted.shelf import Shelf
from app.gateway.trusted.versions import Client
from app.ports.clock import Clock
from app.ports.contract_usage import ContractUsageRepository, UsedDocument, Uses
from app.ports.errors import StorageUnavailable

LOG = logging.getLogger("youhui.contract")
FLUSH_EVERY_S = 10.0
KEPT_FOR = timedelta(days=400)


class UseCounts:
    """Implements `CountsUses`."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._counts: dict[UsedDocument, Uses] = {}

    def count(self, client: Client, document: TrustedDocument) -> None:
        channel, version = client.channel or "", ""
        if self._shelf.knows(client):
            version = str(client.version)
        used = UsedDocument(channel, version, document.sha256, document.name)
        self._counted(used, Uses(1, self._clock.now()))

    def _counted(self, used: UsedDocument, uses: Uses) -> None:
        before = self._counts.get(used)
        self._counts[used] = uses if before is None else before + uses

    async def flush(self, repository: ContractUsageRepository) -> None:
        """Writes down what was counted since; with the database down it is counted on."""
        taken, self._counts = self._counts, {}
        try:
            await repository.add(taken)
        except BaseException as fault:
            for used, uses in taken.items():
                self._counted(used, uses)
            if not isinstance(fault, StorageUnavailable):
                raise
            LOG.warning("用量暂未写入 / contract usage is not written down yet: %s", fault)

    @asynccontextmanager
    async def flushing(
        self, repository: ContractUsageRepository, every_s: float = FLUSH_EVERY_S
    ) -> AsyncIterator[None]:
        """Flushes while the block runs, and a last time at its end."""
        task = asyncio.ensure_future(self._flush_for_ever(repository, every_s))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self.flush(repository)

    async def _flush_for_ever(self, repository: ContractUsageRepository, every_s: float) -> None:
        forgotten = False
        while True:
            await asyncio.sleep(every_s)
            await self.flush(repository)
            if not forgotten:
                forgotten = await self._forgotten(repository)

    async def _forgotten(self, repository: ContractUsageRepository) -> bool:
        try:
            await repository.forget_before((self._clock.now() - KEPT_FOR).date())
        except StorageUnavailable:
            return False
        return True
