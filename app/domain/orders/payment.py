"""A payment (支付单): one request to a provider for an order's money, and what came of it.

An order may have several, one open at a time; at most one of them pays it. Whatever else arrives is
money that nobody wanted, and goes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentMethod, PaymentScene

NUMBER_LENGTH = 32
"""The longest number that a provider takes."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PaymentState(StrEnum):
    """OPEN: may be paid. CLOSED: given up by us; money may still be on its way. PAID: it pays its
    order. RETURNING: money came that the order did not want; it is on its way back. RETURNED: it
    is back. DISPUTED: another amount came than was asked, or it could not be given back: left to a
    person."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    PAID = "PAID"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    DISPUTED = "DISPUTED"


class MoneyVerdict(StrEnum):
    """What to do with money that a provider reports. KNOWN: nothing, it was told before."""

    PAYS = "PAYS"
    RETURNS = "RETURNS"
    DISPUTES = "DISPUTES"
    KNOWN = "KNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySheet:
    """What a client needs to pay. `kind`: which of the contract's types it is ("JSAPI", "APP",
    "REDIRECT"); `fields`: by that type's field names."""

    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Found by (`user_id`, `id`) only; `number` names it at the provider and holds both.

    `sheet` None: the provider has not answered yet. `expires_at`: exclusive, the order's end of
    payment. `closed_there`: the provider said that nobody can pay it any more. `paid_fen`: what
    came, as the provider told; `transaction_id`: the provider's own name of it. `return_asked_at`:
    since when the provider is to give it back; None: not at all, or a person gave it back.
    """

    user_id: int
    id: int
    order_id: int
    number: str
    method: PaymentMethod
    scene: PaymentScene
    amount_fen: int
    state: PaymentState
    asked_at: datetime
    expires_at: datetime
    sheet: PaySheet | None = None
    checked_at: datetime | None = None
    closed_there: bool = False
    paid_at: datetime | None = None
    paid_fen: int | None = None
    transaction_id: str | None = None
    return_asked_at: datetime | None = None
    returned_at: datetime | None = None

    @property
    def return_number(self) -> str:
        """Names the refund that gives the whole of it back, for ever."""
        return f"{self.number}-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Money as a provider reports it: fen, when, and its own name of the transaction."""

    amount_fen: int
    at: datetime
    transaction_id: str


def payment_number(user_id: int, payment_id: int, asked_at: datetime) -> str:
    """At most 32 of 0-9 a-z and "-", never given twice: the second keeps apart databases that
    count alike. The member can be read from it, so a notice needs no index over all members."""
    seconds = int((asked_at - _EPOCH).total_seconds())
    return "-".join(_in_base_36(part) for part in (user_id, payment_id, seconds))


def key_in(number: str) -> tuple[int, int] | None:
    """(user id, payment id) that a number of ours names, or its return's; None: not one of ours,
    or beyond BIGINT."""
    parts = number.split("-")
    if len(parts) < 3 or not all(part and set(part) <= set(_DIGITS) for part in parts[:3]):
        return None
    user_id, payment_id = int(parts[0], 36), int(parts[1], 36)
    return (user_id, payment_id) if max(user_id, payment_id) < 2**63 else None


def judge_money(payment: Payment, status: OrderStatus, money: Money) -> MoneyVerdict:
    """What money for this payment means, as its order stands now.

    A payment that was closed pays all the same while its order waits for money: the driver paid,
    and everything is still reserved. Money for an order that was paid, cancelled or expired goes
    back. Another amount than was asked is not believed: the order is not paid by it, and no figure
    that is itself in doubt is sent back without a person.
    """
    if payment.state not in (PaymentState.OPEN, PaymentState.CLOSED):
        return MoneyVerdict.KNOWN
    if money.amount_fen != payment.amount_fen:
        return MoneyVerdict.DISPUTES
    return MoneyVerdict.PAYS if status is OrderStatus.PLACED else MoneyVerdict.RETURNS


_AFTER = {
    MoneyVerdict.PAYS: PaymentState.PAID,
    MoneyVerdict.RETURNS: PaymentState.RETURNING,
    MoneyVerdict.DISPUTES: PaymentState.DISPUTED,
}


def with_money(payment: Payment, verdict: MoneyVerdict, money: Money, moment: datetime) -> Payment:
    """The payment after its money came, as was learnt at `moment`. KNOWN changes nothing."""
    if verdict is MoneyVerdict.KNOWN:
        return payment
    return replace(
        payment,
        state=_AFTER[verdict],
        paid_at=money.at,
        paid_fen=money.amount_fen,
        transaction_id=money.transaction_id,
        return_asked_at=moment if verdict is MoneyVerdict.RETURNS else None,
    )


def closed(payment: Payment) -> Payment:
    """Given up by us; only an open payment changes."""
    if payment.state is not PaymentState.OPEN:
        return payment
    return replace(payment, state=PaymentState.CLOSED)


def returned(payment: Payment, at: datetime) -> Payment:
    """The money is back; only a payment whose money was on its way back changes."""
    if payment.state is not PaymentState.RETURNING:
        return payment
    return replace(payment, state=PaymentState.RETURNED, returned_at=at)


def not_returnable(payment: Payment) -> Payment:
    """The provider will not give it back; only a payment on its way back changes."""
    if payment.state is not PaymentState.RETURNING:
        return payment
    return replace(payment, state=PaymentState.DISPUTED, return_asked_at=None)


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
