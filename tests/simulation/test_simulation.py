"""Seeds of the simulation, and defects planted in it that its laws must notice."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.orders.payment import Money, MoneyVerdict, Payment, judge_money
from app.domain.orders.status import OrderStatus
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used
from app.ports.counters import Bounds
from app.ports.work import Work
from app.resolvers import claims, counting, payment_money, placing, refund_money, unpaid_orders
from tests.simulation.books.counters import MemoryCounters
from tests.simulation.books.payments import MemoryPayments
from tests.simulation.books.small import MemoryAudit, MemoryInvoices, MemoryRequests
from tests.simulation.running import simulate
from tests.simulation.store import Transaction

SEEDS = range(1, 151)


def test_no_law_is_broken() -> None:
    outcomes = [simulate(seed) for seed in SEEDS]
    assert [(o.seed, o.violations) for o in outcomes if o.violations] == []
    assert min(sum(o.crashes for o in outcomes), sum(o.faults for o in outcomes)) > 100
    assert sum(o.orders for o in outcomes) > 500


def test_a_seed_does_the_same_again() -> None:
    assert simulate(7) == simulate(7)


async def nothing(*_given: Any, **_named: Any) -> None:
    """A statement that was forgotten."""


def no_stocks(*_given: Any) -> list[Any]:
    return []


async def without_stock(work: Work, batch: Promotion, at: str) -> None:
    return None


async def read_then_written(
    book: MemoryCounters, key: CounterKey, used: Used, bounds: Bounds
) -> Used | None:
    """Another order counts between the two."""
    had: Used = book.tx.get("counters", tuple(key)) or NOTHING_USED
    await book.tx.statement("counters.read")
    if bounds.max_uses is not None and had.uses + used.uses > bounds.max_uses:
        return had
    await book.tx.put("counters", tuple(key), Used(had.uses + used.uses, had.fen + used.fen))
    return None


def any_amount_pays(payment: Payment, status: OrderStatus, money: Money) -> MoneyVerdict:
    return judge_money(payment, status, replace(money, amount_fen=payment.amount_fen))


DEFECTS = {
    "another amount pays": (payment_money, "judge_money", any_amount_pays),
    "invoices stay as they were": (refund_money, "_lower_invoice", nothing),
    "invoices are not kept": (MemoryInvoices, "save", nothing),
    "no idempotency lookup": (MemoryRequests, "find", nothing),
    "answers are not kept": (MemoryRequests, "keep", nothing),
    "counters are read, then written": (MemoryCounters, "add", read_then_written),
    "money that comes too late stays": (payment_money, "_send_back", nothing),
    "refunds leave what was earned": (refund_money, "_take_back", nothing),
    "members are not locked": (Transaction, "lock", nothing),
    "stock is not counted": (claims, "_take_one", without_stock),
    "limits are not counted": (placing, "take", nothing),
    "promised coupons are not kept": (counting, "_stocks", no_stocks),
    "counters are not given back": (unpaid_orders, "give_back", nothing),
    "coupons are not released": (unpaid_orders.coupon_moves, "release", nothing),
    "burns are not undone": (unpaid_orders, "unburn_for_order", nothing),
    "no audit": (MemoryAudit, "add", nothing),
    "payments are not kept": (MemoryPayments, "save", nothing),
    "counters go back to nobody": (MemoryCounters, "give_back", nothing),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, instead = DEFECTS[name]
    monkeypatch.setattr(owner, attribute, instead)
    assert any(simulate(seed).violations for seed in range(1, 51))
