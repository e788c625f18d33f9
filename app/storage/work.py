"""The unit of work over one connection of PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.ports.errors import StorageConflict
from app.ports.order_news import OrderNews
from app.ports.sealing import PersonalSeal
from app.ports.work import UnknownMember
from app.storage.accounts import PostgresAccountBook
from app.storage.applications import PostgresApplicationBook
from app.storage.audit import PostgresAuditTrail
from app.storage.counters import DEFAULT_SLOTS, PostgresCounterBook
from app.storage.coupons import PostgresCouponBook
from app.storage.engine import unavailable_on_fault
from app.storage.funding import PostgresFundingBook
from app.storage.identities import PostgresIdentityBook
from app.storage.invoices import PostgresInvoiceBook
from app.storage.jobs import PostgresJobQueue
from app.storage.joining import PostgresAccountJoining
from app.storage.orders import PostgresOrderBook
from app.storage.payments import PostgresPaymentBook
from app.storage.preferences import PostgresPreferenceBook
from app.storage.privacy import PostgresPrivacyBook
from app.storage.referrals import PostgresReferralBook
from app.storage.refunds import PostgresRefundBook
from app.storage.requests import PostgresRequestRecords
from app.storage.sessions import PostgresSessionBook
from app.storage.sms_codes import PostgresSmsCodeBook
from app.storage.staff import PostgresStaffBook
from app.storage.tables import JoinedAccountRow, MemberRow, table_of

MEMBER = table_of(MemberRow)
JOINED = table_of(JoinedAccountRow)
LOCK_MEMBER = (
    select(MEMBER.c.user_id)
    .where(MEMBER.c.user_id == bindparam("member"))
    .with_for_update(key_share=True)
)
IN_THE_WAY = frozenset({"40P01", "40001"})
"""SQLSTATE of a deadlock and of a serialization failure: this transaction was undone for another."""


class PostgresWork:
    """Implements `app.ports.work.Work`. Each book is a thin cover of the one
    connection; none of them begins, commits or rolls back.

    `user_id`: the member whose lock is held; None: nobody's.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        user_id: int | None,
        sealer: PersonalSeal | None = None,
        slots: int = DEFAULT_SLOTS,
        *,
        demo_members: bool = False,
    ) -> None:
        self._demo_members = demo_members
        self.connection = connection
        self.user_id = user_id
        self._sealer = sealer
        self._slots = slots
        self.changed_orders: set[tuple[int, int]] = set()

    @property
    def accounts(self) -> PostgresAccountBook:
        return PostgresAccountBook(self.connection)

    @property
    def applications(self) -> PostgresApplicationBook:
        return PostgresApplicationBook(self.connection)

    @property
    def staff(self) -> PostgresStaffBook:
        return PostgresStaffBook(self.connection)

    @property
    def audit(self) -> PostgresAuditTrail:
        return PostgresAuditTrail(self.connection)

    @property
    def counters(self) -> PostgresCounterBook:
        return PostgresCounterBook(self.connection, self.user_id or 0, self._slots)

    @property
    def coupons(self) -> PostgresCouponBook:
        return PostgresCouponBook(self.connection)

    @property
    def jobs(self) -> PostgresJobQueue:
        return PostgresJobQueue(self.connection)

    @property
    def orders(self) -> PostgresOrderBook:
        return PostgresOrderBook(self.connection, self._changed)

    @property
    def payments(self) -> PostgresPaymentBook:
        return PostgresPaymentBook(self.connection)

    @property
    def preferences(self) -> PostgresPreferenceBook:
        return PostgresPreferenceBook(self.connection)

    @property
    def referrals(self) -> PostgresReferralBook:
        return PostgresReferralBook(self.connection)

    @property
    def refunds(self) -> PostgresRefundBook:
        return PostgresRefundBook(self.connection)

    @property
    def invoices(self) -> PostgresInvoiceBook:
        return PostgresInvoiceBook(self.connection, self._sealer)

    @property
    def funding(self) -> PostgresFundingBook:
        return PostgresFundingBook(self.connection)

    @property
    def requests(self) -> PostgresRequestRecords:
        return PostgresRequestRecords(self.connection)

    @property
    def sessions(self) -> PostgresSessionBook:
        return PostgresSessionBook(self.connection)

    @property
    def identities(self) -> PostgresIdentityBook:
        return PostgresIdentityBook(self.connection, self._sealer, demo_members=self._demo_members)

    @property
    def sms_codes(self) -> PostgresSmsCodeBook:
        return PostgresSmsCodeBook(self.connection)

    @property
    def joining(self) -> PostgresAccountJoining:
        return PostgresAccountJoining(self.connection, self._sealer)

    @property
    def privacy(self) -> PostgresPrivacyBook:
        return PostgresPrivacyBook(self.connection, self._sealer)

    def _changed(self, user_id: int, order_id: int) -> None:
        self.changed_orders.add((user_id, order_id))

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        async with self.connection.begin_nested():
            yield


class PostgresWorks:
    """Implements `app.ports.work.Works`. `sealer`: for personal data at rest; `slots`:
    parts of a counter that all share; `news`: told of orders that changed, after the commit. `demo_members`: whoever
    signs in first is no real member."""

    def __init__(
        self,
        engine: AsyncEngine,
        sealer: PersonalSeal | None = None,
        slots: int = DEFAULT_SLOTS,
        news: OrderNews | None = None,
        *,
        demo_members: bool = False,
    ) -> None:
        self._demo_members = demo_members
        self._engine = engine
        self._news = news
        self._sealer = sealer
        self._slots = slots

    @asynccontextmanager
    async def begin(self, user_id: int | None) -> AsyncIterator[PostgresWork]:
        async with _faults_named(), self._engine.begin() as connection:
            if user_id is not None:
                await _lock_member(connection, user_id)
            work = PostgresWork(
                connection,
                user_id,
                self._sealer,
                self._slots,
                demo_members=self._demo_members,
            )
            yield work
        if self._news is not None:
            for changed in work.changed_orders:
                self._news.announce(*changed)


async def _lock_member(connection: AsyncConnection, user_id: int) -> None:
    """Held to the end. NO KEY: rows that refer to the member may be added meanwhile."""
    if (await connection.execute(LOCK_MEMBER, {"member": user_id})).first() is None:
        heir = select(JOINED.c.owner_id).where(JOINED.c.joined_id == user_id)
        raise UnknownMember(user_id, await connection.scalar(heir))


@asynccontextmanager
async def _faults_named() -> AsyncIterator[None]:
    """`StorageConflict` for what repeating heals, `StorageUnavailable` for a database that is
    gone; the rest is a fault of ours and stays what it is."""
    async with unavailable_on_fault():
        try:
            yield
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) in IN_THE_WAY:
                raise StorageConflict(str(fault.orig)) from fault
            raise
