"""A payment provider in memory that loses answers, is late, and tells things twice."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from app.domain.orders.payment import PaySheet
from app.domain.shared.payment import PaymentMethod
from app.ports.payment_notices import NoticeKind, ProviderNotice
from app.ports.payment_providers import (
    BillLine,
    PaymentDeclined,
    PaymentUnavailable,
    PaymentWanted,
    ProviderPayment,
    ProviderRefund,
    ProviderRefundState,
    ProviderState,
    RefundWanted,
)
from tests.simulation.scheduler import turn


@dataclass(slots=True)
class Clock:
    now: datetime

    def later(self, span: timedelta) -> None:
        self.now += span


@dataclass(slots=True)
class Kept:
    """A payment as the provider knows it. `paid_fen`: what came, once it was paid."""

    wanted: PaymentWanted
    state: ProviderState = ProviderState.OPEN
    paid_at: datetime | None = None
    paid_fen: int = 0
    refunds: dict[str, ProviderRefund] = field(default_factory=dict[str, ProviderRefund])

    @property
    def kept_fen(self) -> int:
        """What the driver paid and did not get back."""
        if self.paid_at is None:
            return 0
        back = (r for r in self.refunds.values() if r.state is ProviderRefundState.DONE)
        return self.paid_fen - sum(r.amount_fen or 0 for r in back)


@dataclass(slots=True)
class MemoryPay:
    """Implements `PaymentProvider`. `fault`: how likely a call fails, before or after its effect;
    `rejects`: how likely it refuses a refund that a driver asked for; `mistakes`: how likely a fen
    more is paid. `notices`: told by nobody yet."""

    chance: random.Random
    clock: Clock
    fault: float = 0.0
    rejects: float = 0.0
    mistakes: float = 0.04
    faults: int = 0
    declined: set[str] = field(default_factory=set[str])
    """Refunds refused: for good, as the port says."""
    payments: dict[str, Kept] = field(default_factory=dict[str, Kept])
    notices: list[ProviderNotice] = field(default_factory=list[ProviderNotice])

    @property
    def method(self) -> PaymentMethod:
        return PaymentMethod.WECHAT_PAY

    async def _wire(self, label: str) -> None:
        """One way of a call: to the provider, or its answer back."""
        await turn(label)
        if self.fault and self.chance.random() < self.fault / 2:
            self.faults += 1
            raise PaymentUnavailable(label)

    def _known(self, number: str) -> Kept | None:
        kept = self.payments.get(number)
        over = kept is not None and self.clock.now >= kept.wanted.expires_at
        if kept is not None and over and kept.state is ProviderState.OPEN:
            kept.state = ProviderState.CLOSED
        return kept

    async def prepare(self, wanted: PaymentWanted) -> PaySheet:
        await self._wire("pay.prepare")
        kept = self._known(wanted.number)
        if kept is None and self.clock.now < wanted.expires_at:
            kept = self.payments.setdefault(wanted.number, Kept(wanted))
        declined = kept is None or kept.state is not ProviderState.OPEN
        await self._wire("pay.prepare answers")
        if declined:
            raise PaymentDeclined("ORDER_CLOSED")
        return PaySheet(kind="REDIRECT", fields={"url": wanted.number})

    async def payment(self, number: str) -> ProviderPayment:
        await self._wire("pay.payment")
        kept = self._known(number)
        told = ProviderPayment(number=number, state=ProviderState.UNKNOWN)
        if kept is not None:
            told = replace(told, state=kept.state)
        if kept is not None and kept.paid_at is not None:
            told = replace(
                told,
                amount_fen=kept.paid_fen,
                transaction_id=f"t{number}",
                paid_at=kept.paid_at,
            )
        await self._wire("pay.payment answers")
        return told

    async def close(self, number: str) -> None:
        await self._wire("pay.close")
        kept = self._known(number)
        if kept is not None and kept.state is ProviderState.OPEN:
            kept.state = ProviderState.CLOSED
        await self._wire("pay.close answers")

    async def refund(self, wanted: RefundWanted) -> ProviderRefund:
        await self._wire("pay.refund")
        kept = self.payments[wanted.number]
        assert kept.paid_at is not None, "money back that never came"
        found = kept.refunds.get(wanted.refund_number)
        if found is None:
            unwanted = wanted.refund_number.endswith("-back")
            if not unwanted and self.chance.random() < self.rejects:
                self.declined.add(wanted.refund_number)
            if wanted.refund_number in self.declined:
                raise PaymentDeclined("NOT_ENOUGH")
            assert wanted.amount_fen <= kept.kept_fen, "more money back than came"
            done = self.chance.random() < 0.5
            state = ProviderRefundState.DONE if done else ProviderRefundState.PROCESSING
            found = ProviderRefund(
                refund_number=wanted.refund_number, state=state, amount_fen=wanted.amount_fen
            )
            kept.refunds[wanted.refund_number] = found
            kept.state = ProviderState.REFUNDED
        assert found.amount_fen == wanted.amount_fen, "another amount under the same number"
        await self._wire("pay.refund answers")
        return found

    async def refund_state(self, refund_number: str) -> ProviderRefund:
        await self._wire("pay.refund_state")
        found = ProviderRefund(refund_number=refund_number, state=ProviderRefundState.UNKNOWN)
        for kept in self.payments.values():
            found = kept.refunds.get(refund_number, found)
        await self._wire("pay.refund_state answers")
        return found

    async def bill(self, day: date) -> AsyncIterator[BillLine]:
        for number, kept in self.payments.items():
            if kept.paid_at is not None and kept.paid_at.date() == day:
                yield BillLine(
                    number=number,
                    refund_number=None,
                    amount_fen=kept.paid_fen,
                    state="SUCCESS",
                    at=kept.paid_at,
                )

    def drivers_pay(self, number: str) -> None:
        """The driver pays on the sheet, if that is still possible; a notice will tell of it. Now and
        then another amount than was asked."""
        kept = self._known(number)
        if kept is None or kept.state is not ProviderState.OPEN:
            return
        kept.state, kept.paid_at = ProviderState.PAID, self.clock.now
        kept.paid_fen = kept.wanted.amount_fen + (self.chance.random() < self.mistakes)
        self.notices.append(
            ProviderNotice(
                notice_id=f"n{number}",
                kind=NoticeKind.PAYMENT,
                number=number,
                refund_number=None,
                state="SUCCESS",
                succeeded=True,
                amount_fen=kept.paid_fen,
                transaction_id=f"t{number}",
                at=self.clock.now,
            )
        )

    def move_refunds(self) -> None:
        """Refunds that were under way are done, and told."""
        for number, kept in self.payments.items():
            for refund in list(kept.refunds.values()):
                if refund.state is ProviderRefundState.PROCESSING:
                    done = replace(refund, state=ProviderRefundState.DONE)
                    kept.refunds[refund.refund_number] = done
                    self.notices.append(self._refunded(number, done))

    def _refunded(self, number: str, refund: ProviderRefund) -> ProviderNotice:
        return ProviderNotice(
            notice_id=f"n{refund.refund_number}",
            kind=NoticeKind.REFUND,
            number=number,
            refund_number=refund.refund_number,
            state="SUCCESS",
            succeeded=True,
            amount_fen=refund.amount_fen,
            transaction_id=None,
            at=self.clock.now,
        )
