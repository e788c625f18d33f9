"""Units of work over the store in memory."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from app.domain.referral.rules import ReferralRules
from app.ports.work import UnknownMember, Work
from tests.simulation.books.accounts import MemoryAccounts
from tests.simulation.books.counters import MemoryCounters
from tests.simulation.books.coupons import MemoryCoupons
from tests.simulation.books.orders import MemoryOrders, MemoryRefunds
from tests.simulation.books.payments import MemoryPayments
from tests.simulation.books.referrals import MemoryReferrals
from tests.simulation.books.small import (
    MemoryAudit,
    MemoryFunding,
    MemoryInvoices,
    MemoryJobs,
    MemoryRequests,
)
from tests.simulation.store import Store, Transaction


@dataclass(slots=True)
class MemoryWork:
    """Implements `app.ports.work.Work`."""

    tx: Transaction
    referral_rules: ReferralRules
    joined_at: datetime
    requests: MemoryRequests = field(init=False)
    orders: MemoryOrders = field(init=False)
    refunds: MemoryRefunds = field(init=False)
    invoices: MemoryInvoices = field(init=False)
    payments: MemoryPayments = field(init=False)
    coupons: MemoryCoupons = field(init=False)
    counters: MemoryCounters = field(init=False)
    accounts: MemoryAccounts = field(init=False)
    referrals: MemoryReferrals = field(init=False)
    funding: MemoryFunding = field(init=False)
    audit: MemoryAudit = field(init=False)
    jobs: MemoryJobs = field(init=False)

    def __post_init__(self) -> None:
        self.requests = MemoryRequests(self.tx)
        self.orders = MemoryOrders(self.tx)
        self.refunds = MemoryRefunds(self.tx)
        self.invoices = MemoryInvoices(self.tx)
        self.payments = MemoryPayments(self.tx)
        self.coupons = MemoryCoupons(self.tx)
        self.counters = MemoryCounters(self.tx)
        self.accounts = MemoryAccounts(self.tx)
        self.referrals = MemoryReferrals(self.tx, self.referral_rules, self.joined_at)
        self.funding = MemoryFunding(self.tx)
        self.audit = MemoryAudit(self.tx)
        self.jobs = MemoryJobs(self.tx)

    def attempt(self) -> AbstractAsyncContextManager[None]:
        return self.tx.savepoint()


@dataclass(frozen=True, slots=True)
class MemoryWorks:
    """Implements `app.ports.work.Works`. `members`: who exists."""

    store: Store
    members: frozenset[int]
    referral_rules: ReferralRules
    joined_at: datetime

    @asynccontextmanager
    async def begin(self, user_id: int | None) -> AsyncIterator[Work]:
        async with self.store.transaction() as tx:
            if user_id is not None:
                await tx.statement(f"begin {user_id}")
                if user_id not in self.members:
                    raise UnknownMember(user_id)
                await tx.lock("members", (user_id,))
            # Operators' acts on many members' coupons are commands: no actor runs them.
            yield cast("Work", MemoryWork(tx, self.referral_rules, self.joined_at))
