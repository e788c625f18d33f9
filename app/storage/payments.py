"""Payments and the notices of their providers, inside a transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.orders.payment import Payment, PaymentState, PaySheet, payment_number
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.ports.payments import NoticeOutcome, NoticeRecord, PaymentAsked, StrayNotice
from app.storage.tables import PaymentNoticeRow, PaymentRow, StrayNoticeRow, table_of
from app.storage.tables.payments import UNDECIDED

PAYMENT = table_of(PaymentRow)
NOTICE = table_of(PaymentNoticeRow)
STRAY = table_of(StrayNoticeRow)
NEXT_ID = select(func.nextval(func.pg_get_serial_sequence("payment", "id")))
ASK_EVERY = timedelta(minutes=1)
"""How long an answer of the provider's is good, and how long a new payment is left alone."""


class PostgresPaymentBook:
    """Implements `app.ports.payments.PaymentBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, asked: PaymentAsked) -> Payment:
        payment_id = (await self._connection.execute(NEXT_ID)).scalar_one()
        payment = Payment(
            user_id=asked.user_id,
            id=payment_id,
            order_id=asked.order_id,
            number=payment_number(asked.user_id, payment_id, asked.asked_at),
            method=asked.method,
            scene=asked.scene,
            amount_fen=asked.amount_fen,
            state=PaymentState.OPEN,
            asked_at=asked.asked_at,
            expires_at=asked.expires_at,
        )
        fixed = {
            "user_id": payment.user_id,
            "id": payment.id,
            "order_id": payment.order_id,
            "number": payment.number,
            "method": payment.method.value,
            "scene": payment.scene.value,
            "amount_fen": payment.amount_fen,
            "asked_at": payment.asked_at,
            "expires_at": payment.expires_at,
        }
        await self._connection.execute(insert(PAYMENT).values(fixed | _changing(payment)))
        return payment

    async def by_id(self, user_id: int, payment_id: int) -> Payment | None:
        wanted = select(PAYMENT).where(PAYMENT.c.user_id == user_id, PAYMENT.c.id == payment_id)
        row = (await self._connection.execute(wanted)).first()
        return None if row is None else payment_of(row)

    async def of_order(self, user_id: int, order_id: int) -> tuple[Payment, ...]:
        wanted = (
            select(PAYMENT)
            .where(PAYMENT.c.user_id == user_id, PAYMENT.c.order_id == order_id)
            .order_by(PAYMENT.c.id)
        )
        return tuple(payment_of(row) for row in await self._connection.execute(wanted))

    async def save(self, payment: Payment) -> None:
        await self._connection.execute(
            update(PAYMENT)
            .where(PAYMENT.c.user_id == payment.user_id, PAYMENT.c.id == payment.id)
            .values(_changing(payment))
        )

    async def record(self, notice: NoticeRecord) -> bool:
        added = (
            insert(NOTICE)
            .values(
                user_id=notice.user_id,
                notice_key=notice.notice_id,
                payment_id=notice.payment_id,
                kind=notice.kind,
                state=notice.state,
                amount_fen=notice.amount_fen,
                received_at=notice.received_at,
            )
            .on_conflict_do_nothing()
            .returning(NOTICE.c.notice_key)
        )
        return (await self._connection.execute(added)).first() is not None

    async def conclude(self, notice: NoticeRecord, outcome: NoticeOutcome) -> None:
        await self._connection.execute(
            update(NOTICE)
            .where(NOTICE.c.user_id == notice.user_id, NOTICE.c.notice_key == notice.notice_id)
            .values(outcome=outcome.value)
        )

    async def stray(self, notice: StrayNotice) -> bool:
        added = (
            insert(STRAY)
            .values(
                notice_key=notice.notice_id,
                kind=notice.kind,
                number=notice.number,
                state=notice.state,
                amount_fen=notice.amount_fen,
                received_at=notice.received_at,
            )
            .on_conflict_do_nothing()
            .returning(STRAY.c.notice_key)
        )
        return (await self._connection.execute(added)).first() is not None

    async def due(self, moment: datetime, most: int) -> Sequence[tuple[int, int]]:
        before = moment - ASK_EVERY
        wanted = (
            select(PAYMENT.c.user_id, PAYMENT.c.id)
            .where(
                text(f"({UNDECIDED})"),
                PAYMENT.c.asked_at <= before,
                or_(PAYMENT.c.checked_at.is_(None), PAYMENT.c.checked_at <= before),
            )
            .order_by(func.coalesce(PAYMENT.c.checked_at, PAYMENT.c.asked_at))
            .limit(most)
        )
        found = await self._connection.execute(wanted)
        return [(row.user_id, row.id) for row in found]


def payment_of(row: Any) -> Payment:
    """A payment of a row that holds all columns of the table."""
    return Payment(
        user_id=row.user_id,
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        method=PaymentMethod(row.method),
        scene=PaymentScene(row.scene),
        amount_fen=row.amount_fen,
        state=PaymentState(row.state),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        sheet=None if row.sheet is None else PaySheet(**row.sheet),
        checked_at=row.checked_at,
        closed_there=row.closed_there,
        paid_at=row.paid_at,
        paid_fen=row.paid_fen,
        transaction_id=row.transaction_no,
        return_asked_at=row.return_asked_at,
        returned_at=row.returned_at,
    )


def _changing(payment: Payment) -> dict[str, Any]:
    sheet = payment.sheet
    return {
        "state": payment.state.value,
        "sheet": None if sheet is None else {"kind": sheet.kind, "fields": dict(sheet.fields)},
        "checked_at": payment.checked_at,
        "closed_there": payment.closed_there,
        "paid_at": payment.paid_at,
        "paid_fen": payment.paid_fen,
        "transaction_no": payment.transaction_id,
        "return_asked_at": payment.return_asked_at,
        "returned_at": payment.returned_at,
    }
