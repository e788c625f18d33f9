"""Payment providers: where money really moves. Never called inside a transaction."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.domain.orders.payment import PaySheet
from app.domain.shared.payment import PaymentMethod, PaymentScene

__all__ = [
    "BillLine",
    "PaySheet",
    "PayerIds",
    "PaymentDeclined",
    "PaymentMethod",
    "PaymentProvider",
    "PaymentScene",
    "PaymentUnavailable",
    "PaymentWanted",
    "ProviderPayment",
    "ProviderRefund",
    "ProviderRefundState",
    "ProviderState",
    "RefundWanted",
]


class PaymentUnavailable(Exception):
    """The provider cannot be reached or did not answer in time: what was asked may have happened.
    Ask again with the same number, which names the same payment."""


class PaymentDeclined(Exception):
    """The provider refused for good; `code` is its own word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentWanted:
    """`number`: ours, unique for ever (at most 32 of A-Z a-z 0-9 _ -). `payer`: the provider's id
    of the payer (openid), where the scene needs one. `client_address`: the payer's IP address, which
    a browser's pay page is bound to; never stored."""

    number: str
    amount_fen: int
    title: str
    scene: PaymentScene
    expires_at: datetime
    payer: str | None = None
    client_address: str | None = None


class ProviderState(StrEnum):
    """Of a payment: UNKNOWN: never heard of it."""

    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"
    PAID = "PAID"
    CLOSED = "CLOSED"
    REFUNDED = "REFUNDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    number: str
    state: ProviderState
    amount_fen: int | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


class ProviderRefundState(StrEnum):
    UNKNOWN = "UNKNOWN"
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWanted:
    """`refund_number` names the refund for ever; repeating it repeats nothing."""

    refund_number: str
    number: str
    amount_fen: int
    total_fen: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefund:
    refund_number: str
    state: ProviderRefundState
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of the provider's bill of a day. `refund_number` None: a payment."""

    number: str
    refund_number: str | None
    amount_fen: int
    state: str
    at: datetime


class PaymentProvider(Protocol):
    """One method of payment. All of it raises `PaymentUnavailable`; `prepare` and `refund` also
    `PaymentDeclined`. Each call may be repeated."""

    @property
    def method(self) -> PaymentMethod: ...
    async def prepare(self, wanted: PaymentWanted) -> PaySheet: ...
    async def payment(self, number: str) -> ProviderPayment: ...
    async def close(self, number: str) -> None: ...
    async def refund(self, wanted: RefundWanted) -> ProviderRefund: ...
    async def refund_state(self, refund_number: str) -> ProviderRefund: ...
    def bill(self, day: date) -> AsyncIterator[BillLine]: ...


class PayerIds(Protocol):
    """Whom a provider knows a member as (openid), which differs by scene."""

    async def payer_id(self, user_id: int, scene: PaymentScene) -> str | None:
        """None: the member has no identity there yet."""
        ...
