"""The one table of an order's moves, in full: what is legal, and that nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.domain.orders.lifecycle import (
    FINAL,
    MOVES,
    IllegalMove,
    OrderAct,
    may,
    moved,
    standing,
)
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from tests.support import orders

NOON = datetime(2026, 4, 22, 4, tzinfo=UTC)
AT = NOON + timedelta(hours=1)

LEGAL = {
    "PLACED": {"PAY": "PAID", "CANCEL": "CANCELLED", "EXPIRE": "EXPIRED"},
    "PAID": {"FULFIL": "FULFILLED", "ASK_REFUND": "REFUNDING"},
    "FULFILLED": {"COMPLETE": "COMPLETED", "ASK_REFUND": "REFUNDING"},
    "COMPLETED": {"ASK_REFUND": "REFUNDING"},
    "REFUNDING": {
        "REFUND_PART": "PARTIALLY_REFUNDED",
        "REFUND_WHOLE": "REFUNDED",
        "REJECT_REFUND": "PAID",
    },
    "PARTIALLY_REFUNDED": {"FULFIL": "PARTIALLY_REFUNDED", "ASK_REFUND": "REFUNDING"},
    "CANCELLED": {},
    "EXPIRED": {},
    "REFUNDED": {},
}
"""Of an order with no date but its payment's; written by hand, apart from the table."""


def order(status: OrderStatus, **others: object) -> Order:
    paid = status not in (OrderStatus.PLACED, OrderStatus.CANCELLED)
    fuelled = status in (OrderStatus.FULFILLED, OrderStatus.COMPLETED)
    dates = {
        "paid_at": NOON if paid else None,
        "fulfilled_at": NOON if fuelled else None,
        "completed_at": NOON if status is OrderStatus.COMPLETED else None,
    }
    return orders.order(status=status, **(dates | others))


@pytest.mark.parametrize(("status", "act"), list(product(OrderStatus, OrderAct)))
def test_every_act_in_every_state(status: OrderStatus, act: OrderAct):
    stands = order(status)
    expected = LEGAL[status.value].get(act.value)
    assert may(stands, act) == (expected is not None)
    if expected is not None:
        assert moved(stands, act, AT).status.value == expected
    else:
        with pytest.raises(IllegalMove) as refused:
            moved(stands, act, AT)
        assert (refused.value.status, refused.value.act) == (status, act)


def test_what_is_final_has_no_move_and_all_else_has():
    assert {status for status, _ in MOVES} == set(OrderStatus) - FINAL


@pytest.mark.parametrize(
    ("status", "act", "date"),
    [
        (OrderStatus.PLACED, OrderAct.PAY, "paid_at"),
        (OrderStatus.PAID, OrderAct.FULFIL, "fulfilled_at"),
        (OrderStatus.FULFILLED, OrderAct.COMPLETE, "completed_at"),
        (OrderStatus.PLACED, OrderAct.CANCEL, "closed_at"),
        (OrderStatus.PLACED, OrderAct.EXPIRE, "closed_at"),
        (OrderStatus.REFUNDING, OrderAct.REFUND_WHOLE, "closed_at"),
        (OrderStatus.PAID, OrderAct.ASK_REFUND, None),
        (OrderStatus.REFUNDING, OrderAct.REFUND_PART, None),
        (OrderStatus.REFUNDING, OrderAct.REJECT_REFUND, None),
    ],
)
def test_an_act_dates_what_it_did_and_nothing_else(
    status: OrderStatus, act: OrderAct, date: str | None
):
    before = order(status)
    after = moved(before, act, AT)
    changed = {"status": after.status} | ({} if date is None else {date: AT})
    assert after == replace(before, **changed)


def test_what_is_left_of_a_partly_refunded_order_is_fuelled_and_completed_once():
    stands = order(OrderStatus.PARTIALLY_REFUNDED, refunded_lines=(100,))
    assert not may(stands, OrderAct.COMPLETE)
    fuelled = moved(stands, OrderAct.FULFIL, AT)
    assert not may(fuelled, OrderAct.FULFIL)
    completed = moved(fuelled, OrderAct.COMPLETE, AT)
    assert not may(completed, OrderAct.COMPLETE)
    assert (completed.status, completed.fulfilled_at, completed.completed_at) == (
        OrderStatus.PARTIALLY_REFUNDED,
        AT,
        AT,
    )


@pytest.mark.parametrize(
    ("dates", "refunded", "stood"),
    [
        ({}, 0, OrderStatus.PAID),
        ({"fulfilled_at": NOON}, 0, OrderStatus.FULFILLED),
        ({"fulfilled_at": NOON, "completed_at": NOON}, 0, OrderStatus.COMPLETED),
        ({}, 1, OrderStatus.PARTIALLY_REFUNDED),
        ({"fulfilled_at": NOON, "completed_at": NOON}, 1, OrderStatus.PARTIALLY_REFUNDED),
    ],
)
def test_a_rejected_refund_leaves_the_order_where_it_stood(
    dates: dict[str, datetime], refunded: int, stood: OrderStatus
):
    refunding = order(OrderStatus.REFUNDING, refunded_lines=(refunded,), **dates)
    assert standing(refunding) is stood
    assert moved(refunding, OrderAct.REJECT_REFUND, AT).status is stood
