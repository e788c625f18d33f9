"""Payments asked of a provider, and its notices, inside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.orders.payment import Payment
from app.domain.shared.payment import PaymentMethod, PaymentScene


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAsked:
    """A payment that is to be made: the book gives it its id and number."""

    user_id: int
    order_id: int
    method: PaymentMethod
    scene: PaymentScene
    amount_fen: int
    asked_at: datetime
    expires_at: datetime


class NoticeOutcome(StrEnum):
    """What a provider's notice did. IGNORED: it told nothing new, or nothing that we act on."""

    PAID = "PAID"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    DISPUTED = "DISPUTED"
    REFUND_TOLD = "REFUND_TOLD"
    IGNORED = "IGNORED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """A notice of a payment of ours: `notice_id` is the provider's name of it; the rest as it was
    told. No personal data."""

    user_id: int
    notice_id: str
    payment_id: int
    kind: str
    state: str
    amount_fen: int | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayNotice:
    """A genuine notice of a payment that is not ours: kept for the reconciliation."""

    notice_id: str
    kind: str
    number: str
    state: str
    amount_fen: int | None
    received_at: datetime


class PaymentBook(Protocol):
    """Part of a `Work`: written and read inside its transaction. All of one member's payments are
    changed under the member's lock; `due` and `stray` are nobody's."""

    async def add(self, asked: PaymentAsked) -> Payment:
        """An open payment without a sheet, with a new id and its number."""
        ...

    async def by_id(self, user_id: int, payment_id: int) -> Payment | None: ...

    async def of_order(self, user_id: int, order_id: int) -> tuple[Payment, ...]:
        """Oldest first. At most one is OPEN, at most one PAID."""
        ...

    async def save(self, payment: Payment) -> None:
        """Everything that can change: state, sheet, and what came of it."""
        ...

    async def record(self, notice: NoticeRecord) -> bool:
        """False: a notice of that id was recorded before, and nothing was done."""
        ...

    async def conclude(self, notice: NoticeRecord, outcome: NoticeOutcome) -> None:
        """What a recorded notice did."""
        ...

    async def stray(self, notice: StrayNotice) -> bool:
        """False: it was recorded before."""
        ...

    async def due(self, moment: datetime, most: int) -> Sequence[tuple[int, int]]:
        """(user id, payment id) of up to `most` payments to ask the provider about: open ones
        asked at least a minute ago, closed ones whose closing the provider has not confirmed, and
        those whose money is on its way back; not asked about within the last minute; longest
        unasked first. Read without locks: the caller judges each again under its member's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPayment:
    """`order_number`: of the order that it was to pay."""

    order_number: str
    payment: Payment


class PaymentRegister(Protocol):
    """For operators, over all members. When the database is down: `StorageUnavailable`."""

    async def disputed(self, at_most: int) -> Sequence[ListedPayment]:
        """The longest waiting first."""
        ...
