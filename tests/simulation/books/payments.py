"""Payments and notices in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.orders.payment import Payment, PaymentState, payment_number
from app.ports.payments import NoticeOutcome, NoticeRecord, PaymentAsked, StrayNotice
from tests.simulation.store import Transaction

ASK_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MemoryPayments:
    tx: Transaction

    async def add(self, asked: PaymentAsked) -> Payment:
        await self.tx.statement("payments.add")
        number = self.tx.new_id()
        payment = Payment(
            user_id=asked.user_id,
            id=number,
            order_id=asked.order_id,
            number=payment_number(asked.user_id, number, asked.asked_at),
            method=asked.method,
            scene=asked.scene,
            amount_fen=asked.amount_fen,
            state=PaymentState.OPEN,
            asked_at=asked.asked_at,
            expires_at=asked.expires_at,
        )
        await self.tx.put("payments", (payment.user_id, payment.id), payment)
        return payment

    async def by_id(self, user_id: int, payment_id: int) -> Payment | None:
        await self.tx.statement("payments.by_id")
        return self.tx.get("payments", (user_id, payment_id))

    async def of_order(self, user_id: int, order_id: int) -> tuple[Payment, ...]:
        await self.tx.statement("payments.of_order")
        rows = self.tx.rows("payments").values()
        found = [row for row in rows if (row.user_id, row.order_id) == (user_id, order_id)]
        return tuple(sorted(found, key=lambda row: row.id))

    async def save(self, payment: Payment) -> None:
        await self.tx.statement("payments.save")
        await self.tx.put("payments", (payment.user_id, payment.id), payment)

    async def record(self, notice: NoticeRecord) -> bool:
        await self.tx.statement("payments.record")
        key = (notice.user_id, notice.notice_id)
        await self.tx.lock("notices", key)
        if self.tx.get("notices", key) is not None:
            return False
        await self.tx.put("notices", key, (notice, None))
        return True

    async def conclude(self, notice: NoticeRecord, outcome: NoticeOutcome) -> None:
        await self.tx.statement("payments.conclude")
        await self.tx.put("notices", (notice.user_id, notice.notice_id), (notice, outcome))

    async def stray(self, notice: StrayNotice) -> bool:
        await self.tx.statement("payments.stray")
        await self.tx.lock("strays", (notice.notice_id,))
        if self.tx.get("strays", (notice.notice_id,)) is not None:
            return False
        await self.tx.put("strays", (notice.notice_id,), notice)
        return True

    async def due(self, moment: datetime, most: int) -> Sequence[tuple[int, int]]:
        await self.tx.statement("payments.due")
        since = moment - ASK_AGAIN_AFTER
        found = [
            (row.checked_at or row.asked_at, row.user_id, row.id)
            for row in self.tx.rows("payments").values()
            if _waits(row, since) and (row.checked_at is None or row.checked_at <= since)
        ]
        return [(user_id, payment_id) for _, user_id, payment_id in sorted(found)[:most]]


def _waits(payment: Payment, since: datetime) -> bool:
    match payment.state:
        case PaymentState.OPEN:
            return payment.asked_at <= since
        case PaymentState.CLOSED:
            return not payment.closed_there
        case PaymentState.RETURNING:
            return True
        case _:
            return False
