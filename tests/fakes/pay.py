"""A payment provider in memory: refunds are done once by their number, whatever is repeated."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date

from app.domain.orders.payment import PaySheet
from app.domain.shared.payment import PaymentMethod
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


@dataclass
class FakePay:
    """Implements `app.ports.payment_providers.PaymentProvider`.

    `refunds_end_as`: what a new refund is at once. `lose_answers`: so many calls do their work, and
    then fail to answer. `declines`: refunds are refused for good. `refused_sheets`: so many pay
    sheets are refused for good.
    """

    method: PaymentMethod = PaymentMethod.WECHAT_PAY
    refunds_end_as: ProviderRefundState = ProviderRefundState.DONE
    lose_answers: int = 0
    declines: bool = False
    refused_sheets: int = 0
    refunds: dict[str, ProviderRefund] = field(default_factory=dict)
    wanted: list[RefundWanted] = field(default_factory=list)

    def _lose(self) -> None:
        if self.lose_answers:
            self.lose_answers -= 1
            raise PaymentUnavailable("the answer was lost")

    async def prepare(self, wanted: PaymentWanted) -> PaySheet:
        if self.refused_sheets:
            self.refused_sheets -= 1
            raise PaymentDeclined("PARAM_ERROR")
        return PaySheet(kind="REDIRECT", fields={"url": f"pay:{wanted.number}"})

    async def payment(self, number: str) -> ProviderPayment:
        return ProviderPayment(number=number, state=ProviderState.UNKNOWN)

    async def close(self, number: str) -> None:
        return None

    async def refund(self, wanted: RefundWanted) -> ProviderRefund:
        self.wanted.append(wanted)
        if self.declines:
            raise PaymentDeclined("NOT_ENOUGH")
        made = ProviderRefund(
            refund_number=wanted.refund_number,
            state=self.refunds_end_as,
            amount_fen=wanted.amount_fen,
        )
        known = self.refunds.setdefault(wanted.refund_number, made)
        self._lose()
        return known

    async def refund_state(self, refund_number: str) -> ProviderRefund:
        unknown = ProviderRefund(refund_number=refund_number, state=ProviderRefundState.UNKNOWN)
        return self.refunds.get(refund_number, unknown)

    def end_all(self, state: ProviderRefundState) -> None:
        """What the provider was still working on ends so."""
        for number, known in self.refunds.items():
            if known.state is ProviderRefundState.PROCESSING:
                self.refunds[number] = ProviderRefund(
                    refund_number=number, state=state, amount_fen=known.amount_fen
                )

    @property
    def returned_fen(self) -> int:
        """Money that really went back."""
        done = [r for r in self.refunds.values() if r.state is ProviderRefundState.DONE]
        return sum(refund.amount_fen or 0 for refund in done)

    async def bill(self, day: date) -> AsyncIterator[BillLine]:
        for line in ():
            yield line
