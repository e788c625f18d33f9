"""Books that only keep what they are given: requests, audit, funding, invoices, jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.audit.record import AuditRecord
from app.domain.orders.invoice import Invoice
from app.domain.orders.settlement import FundingEntry
from app.ports.jobs import Job
from app.ports.requests import AnsweredRequest
from tests.simulation.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryRequests:
    tx: Transaction

    async def find(self, user_id: int, key: str) -> AnsweredRequest | None:
        await self.tx.statement("requests.find")
        found = self.tx.get("requests", (user_id, key))
        return None if found is None else found[0]

    async def keep(self, user_id: int, key: str, answered: AnsweredRequest, at: datetime) -> None:
        await self.tx.statement("requests.keep")
        assert self.tx.get("requests", (user_id, key)) is None, "the key is new for this member"
        await self.tx.put("requests", (user_id, key), (answered, at))

    async def purge(self, before: datetime, at_most: int) -> int:
        await self.tx.statement("requests.purge")
        old = [key for key, (_, at) in self.tx.rows("requests").items() if at < before]
        for key in old[:at_most]:
            await self.tx.remove("requests", key)
        return len(old[:at_most])


@dataclass(frozen=True, slots=True)
class MemoryAudit:
    tx: Transaction

    async def add(self, record: AuditRecord) -> None:
        await self.tx.statement("audit.add")
        await self.tx.put("audit", (self.tx.new_id(),), record)


@dataclass(frozen=True, slots=True)
class MemoryFunding:
    tx: Transaction

    async def add(self, entries: Sequence[FundingEntry]) -> None:
        await self.tx.statement("funding.add")
        for entry in entries:
            key = (entry.user_id, entry.order_id, entry.refund_id, entry.code, entry.funder)
            assert self.tx.get("funding", key) is None, f"owed twice: {key}"
            await self.tx.put("funding", key, entry)


@dataclass(frozen=True, slots=True)
class MemoryInvoices:
    tx: Transaction

    async def invoice(self, user_id: int, order_id: int) -> Invoice | None:
        await self.tx.statement("invoices.invoice")
        return self.tx.get("invoices", (user_id, order_id))

    async def save(self, invoice: Invoice) -> None:
        await self.tx.statement("invoices.save")
        await self.tx.put("invoices", (invoice.user_id, invoice.order_id), invoice)


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    """A waiting job's key keeps another of its name and key out; at most, it is brought forward."""

    tx: Transaction

    async def defer(self, job: Job) -> None:
        await self.tx.statement("jobs.defer")
        if job.key is None:
            await self.tx.put("jobs", (self.tx.new_id(),), job)
            return
        await self.tx.lock("jobs", (job.name, job.key))
        waits: Job | None = self.tx.get("jobs", (job.name, job.key))
        if waits is None or (waits.at is not None and (job.at is None or job.at < waits.at)):
            await self.tx.put("jobs", (job.name, job.key), job)
