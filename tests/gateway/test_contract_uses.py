"""Uses of trusted documents: counted in memory, written down now and then, never twice."""

import asyncio
from datetime import timedelta
from typing import Any

from app.gateway.trusted.gate import DocumentMode
from app.gateway.trusted.manifest import sha256_of
from app.gateway.trusted.uses import UseCounts
from app.ports.contract_usage import UsedDocument, Uses
from app.ports.errors import StorageUnavailable
from tests.gateway.asking import ask
from tests.gateway.support import NOW
from tests.gateway.test_trusted_documents import ALIAS, OK, SHELF, TWICE, client_of, post, told


class Ledger:
    """A repository in memory; `down` and `broken` make it fail."""

    def __init__(self) -> None:
        self.kept: dict[UsedDocument, Uses] = {}
        self.down = self.broken = False
        self.forgotten: list[Any] = []
        self.written = asyncio.Event()

    async def next_write(self) -> None:
        """Until somebody wrote something, or tried to."""
        self.written.clear()
        await self.written.wait()

    async def add(self, uses: Any) -> None:
        if uses:
            self.written.set()
        if self.down:
            raise StorageUnavailable("down")
        if self.broken:
            raise LookupError("no such table")
        for used, more in uses.items():
            self.kept[used] = self.kept[used] + more if used in self.kept else more

    async def forget_before(self, day: Any) -> int:
        self.forgotten.append(day)
        return 0


async def test_uses_are_counted_by_who_used_what_and_written_once(edge):
    counts, ledger = UseCounts(SHELF, edge.clock), Ledger()
    client = client_of(edge, DocumentMode.TRUSTED, uses=counts)
    for version in ("1.1.0", "1.1.0", "1.3.0"):
        told(client, "mini-program", version)
    told(client, "mini-program", "1.7.0")  # newer than any manifest: nobody's
    told(client, None, None)
    ask(client, "{ ok }")  # refused: no use
    post(client, documentId=ALIAS, variables={"number": 1})
    ok = sha256_of(OK)
    expected = {
        UsedDocument("mini-program", "1.1.0", ok, "Ok"): Uses(2, NOW),
        UsedDocument("mini-program", "1.3.0", ok, "Ok"): Uses(1, NOW),
        UsedDocument("mini-program", "", ok, "Ok"): Uses(1, NOW),
        UsedDocument("", "", ok, "Ok"): Uses(1, NOW),
        UsedDocument("", "", sha256_of(TWICE), "Twice"): Uses(1, NOW),
    }
    ledger.down = True
    await counts.flush(ledger)
    assert ledger.kept == {}
    ledger.down = False
    await counts.flush(ledger)
    await counts.flush(ledger)
    assert ledger.kept == expected


async def test_a_process_that_ends_writes_down_what_is_left(edge):
    counts, ledger = UseCounts(SHELF, edge.clock), Ledger()
    async with counts.flushing(ledger, every_s=3_600):
        told(client_of(edge, DocumentMode.TRUSTED, uses=counts), "app", "2.0.0")
    assert list(ledger.kept.values()) == [Uses(1, NOW)]


async def test_uses_are_written_down_while_it_serves_and_old_days_forgotten_once(edge):
    counts, ledger = UseCounts(SHELF, edge.clock), Ledger()
    client = client_of(edge, DocumentMode.TRUSTED, uses=counts)
    async with asyncio.timeout(30), counts.flushing(ledger, every_s=0.001):
        for _ in range(2):
            told(client, "app", "2.0.0")
            await ledger.next_write()
        ledger.broken = True
        told(client, "app", "2.0.0")
        await ledger.next_write()
        ledger.broken = False
    assert sum(uses.count for uses in ledger.kept.values()) == 3
    assert ledger.forgotten == [(NOW - timedelta(days=400)).date()]
