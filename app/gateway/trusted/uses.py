"""Counts of who used which document, in memory; written down every few seconds, never in the way
of a request. A process that is killed loses what it had not written yet."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
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
        """Writes down what was counted since. What cannot be written is counted on: no use is worth
        an answer, or a process."""
        taken, self._counts = self._counts, {}
        try:
            await repository.add(taken)
        except Exception as fault:  # noqa: BLE001 -- a table that is not there yet, among others
            for used, uses in taken.items():
                self._counted(used, uses)
            why = str(fault) if isinstance(fault, StorageUnavailable) else type(fault).__name__
            LOG.warning("用量暂未写入 / contract usage is not written down yet: %s", why)

    @asynccontextmanager
    async def flushing(
        self, repository: ContractUsageRepository, every_s: float = FLUSH_EVERY_S
    ) -> AsyncIterator[None]:
        """Flushes while the block runs, and a last time at its end. A flush is never broken off:
        it might have been written already, and would be counted twice."""
        ending = asyncio.Event()
        task = asyncio.ensure_future(self._flush_until(ending, repository, every_s))
        try:
            yield
        finally:
            ending.set()
            await asyncio.wait({task})
            await self.flush(repository)

    async def _flush_until(
        self, ending: asyncio.Event, repository: ContractUsageRepository, every_s: float
    ) -> None:
        forgotten = False
        while not ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), every_s)
                return
            await self.flush(repository)
            forgotten = forgotten or await self._forgotten(repository)

    async def _forgotten(self, repository: ContractUsageRepository) -> bool:
        try:
            await repository.forget_before((self._clock.now() - KEPT_FOR).date())
        except Exception:  # noqa: BLE001 -- as above: it is tried again
            return False
        return True
