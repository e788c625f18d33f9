"""Reconciliation of a day: our payments and refunds against the provider's bill."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.orders.reconciliation import (
    LineKey,
    OwnLine,
    Reconciliation,
    TheirLine,
    reconciled,
)
from app.ports.payment_providers import BillLine, PaymentProvider
from app.ports.reconciliation import ReconciliationRepository

BILL_ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = 1_000
"""Numbers looked up by one statement."""

FAILED = frozenset({"CLOSED", "FAIL", "CHANGE"})
"""States of refunds that came to nothing, in the bill's words."""


async def reconcile(
    provider: PaymentProvider, repository: ReconciliationRepository, day: date
) -> Reconciliation:
    """The bill's day is Beijing's. Changes nothing. Raises `PaymentUnavailable` (also before the
    bill is there) and `StorageUnavailable`."""
    bill = {(line.number, line.refund_number): _theirs(line) async for line in provider.bill(day)}
    known: dict[LineKey, OwnLine] = {}
    numbers = sorted({number for number, _ in bill})
    for first in range(0, len(numbers), AT_ONCE):
        known |= await repository.by_numbers(numbers[first : first + AT_ONCE])
    start = datetime.combine(day, time(), BILL_ZONE)
    bounds = start, start + timedelta(days=1)
    of_day = await repository.moved(provider.method, *bounds)
    return reconciled(day, known, of_day, bill, bounds)


def _theirs(line: BillLine) -> TheirLine:
    return TheirLine(
        number=line.number,
        refund_number=line.refund_number,
        amount_fen=line.amount_fen,
        state=line.state,
        failed=line.refund_number is not None and line.state in FAILED,
    )
