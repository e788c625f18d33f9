"""Payments and refunds of all members, as a reconciliation reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.orders.reconciliation import LineKey, OwnLine
from app.domain.shared.payment import PaymentMethod
from app.storage.engine import reading

# A payment is sound if its order was paid by it; one whose money goes back, if nothing counts on
# it; a disputed one never is. What a person gave back by another way stands in no bill.
LINES = """
WITH line AS (
    SELECT p.number, NULL AS refund_number, coalesce(p.paid_fen, p.amount_fen) AS amount_fen,
           p.state, p.state NOT IN ('OPEN', 'CLOSED') AS moved,
           CASE p.state
               WHEN 'PAID' THEN o.paid_at IS NOT NULL
                   AND o.status NOT IN ('PLACED', 'CANCELLED', 'EXPIRED')
               WHEN 'DISPUTED' THEN false
               ELSE true
           END AS sound,
           coalesce(p.paid_at, p.asked_at) AS at, p.method
    FROM payment p JOIN fuel_order o ON o.user_id = p.user_id AND o.id = p.order_id
    UNION ALL
    SELECT p.number, p.number || '-back', p.paid_fen, p.state, true, true,
           p.return_asked_at, p.method
    FROM payment p
    WHERE p.state IN ('RETURNING', 'RETURNED') AND p.return_asked_at IS NOT NULL
    UNION ALL
    SELECT p.number, r.number, r.money_fen, r.status, r.status <> 'REJECTED',
           o.status NOT IN ('PLACED', 'CANCELLED', 'EXPIRED'), r.requested_at, p.method
    FROM order_refund r
    JOIN payment p ON p.user_id = r.user_id AND p.order_id = r.order_id AND p.state = 'PAID'
    JOIN fuel_order o ON o.user_id = r.user_id AND o.id = r.order_id
    WHERE r.money_fen > 0
)
SELECT number, refund_number, amount_fen, state, moved, sound, at FROM line
"""
MOVED = text(f"{LINES} WHERE moved AND method = :method AND at >= :start AND at < :end")
BY_NUMBERS = text(f"{LINES} WHERE number = ANY(:numbers)")


class PostgresReconciliationRepository:
    """Implements `app.ports.reconciliation.ReconciliationRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def moved(
        self, method: PaymentMethod, start: datetime, end: datetime
    ) -> Sequence[OwnLine]:
        given = {"method": method.value, "start": start, "end": end}
        async with reading(self._engine) as connection:
            return [_line(row) for row in await connection.execute(MOVED, given)]

    async def by_numbers(self, numbers: Sequence[str]) -> Mapping[LineKey, OwnLine]:
        async with reading(self._engine) as connection:
            rows = await connection.execute(BY_NUMBERS, {"numbers": list(numbers)})
            lines = [_line(row) for row in rows]
        return {line.key: line for line in lines}


def _line(row: Any) -> OwnLine:
    return OwnLine(
        number=row.number,
        refund_number=row.refund_number,
        amount_fen=row.amount_fen,
        state=row.state,
        moved=row.moved,
        sound=row.sound,
        at=row.at,
    )
