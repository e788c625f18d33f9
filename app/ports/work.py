"""The unit of work: one transaction of a use case, in words of the ports."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.ports.accounts import AccountBook
from app.ports.applications import ApplicationBook
from app.ports.audit import AuditTrail
from app.ports.counters import CounterBook
from app.ports.coupons import CouponBook
from app.ports.funding import FundingBook
from app.ports.identities import AccountJoining, IdentityBook
from app.ports.invoices import InvoiceBook
from app.ports.jobs import JobQueue
from app.ports.orders import OrderBook
from app.ports.payments import PaymentBook
from app.ports.preferences import PreferenceBook
from app.ports.privacy import PrivacyBook
from app.ports.referrals import ReferralBook
from app.ports.refunds import RefundBook
from app.ports.requests import RequestRecords
from app.ports.sessions import SessionBook
from app.ports.sms import SmsCodeBook
from app.ports.staff import StaffBook


class UnknownMember(Exception):
    """The member whose work was to begin does not exist. `heir`: whose everything of theirs is now
    that their account was joined to another; None: it was not."""

    def __init__(self, user_id: int, heir: int | None = None) -> None:
        super().__init__(user_id)
        self.user_id = user_id
        self.heir = heir


class Work(Protocol):
    """Everything done through one of these books is committed together, or not at all."""

    @property
    def requests(self) -> RequestRecords: ...
    @property
    def orders(self) -> OrderBook: ...
    @property
    def refunds(self) -> RefundBook: ...
    @property
    def invoices(self) -> InvoiceBook: ...
    @property
    def payments(self) -> PaymentBook: ...
    @property
    def coupons(self) -> CouponBook: ...
    @property
    def counters(self) -> CounterBook: ...
    @property
    def accounts(self) -> AccountBook: ...
    @property
    def referrals(self) -> ReferralBook: ...
    @property
    def funding(self) -> FundingBook: ...
    @property
    def sessions(self) -> SessionBook: ...
    @property
    def identities(self) -> IdentityBook: ...
    @property
    def sms_codes(self) -> SmsCodeBook: ...
    @property
    def joining(self) -> AccountJoining: ...
    @property
    def privacy(self) -> PrivacyBook: ...
    @property
    def preferences(self) -> PreferenceBook: ...
    @property
    def staff(self) -> StaffBook: ...
    @property
    def applications(self) -> ApplicationBook: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def jobs(self) -> JobQueue: ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """A part that is undone when its block raises; the exception goes on, the rest stays."""
        ...


class Works(Protocol):
    """Where units of work begin."""

    def begin(self, user_id: int | None) -> AbstractAsyncContextManager[Work]:
        """A transaction that commits when the block ends, and is undone when it raises.

        It holds the member's lock from its first statement to its end: whatever is one member's
        happens one after the other, so nothing of theirs needs a lock of its own. None: it touches
        no member's rows; what all share is changed by single atomic statements only.

        Raises `UnknownMember`, `StorageUnavailable`: nothing was done; the latter, raised where
        the block ends, leaves open whether the commit arrived: repeat with the same key.
        Deadlocks are repeated by the caller: `StorageConflict`.
        """
        ...
