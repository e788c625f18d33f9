"""Payments: numbers that hold their member, and what money means as an order stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders.payment import (
    Money,
    MoneyVerdict,
    Payment,
    PaymentState,
    closed,
    judge_money,
    key_in,
    not_returnable,
    payment_number,
    returned,
    with_money,
)
from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentMethod, PaymentScene

NOON = datetime(2026, 4, 22, 4, tzinfo=UTC)
IDS = st.integers(1, 2**63 - 1)


def payment(state: PaymentState = PaymentState.OPEN) -> Payment:
    return Payment(
        user_id=7,
        id=1,
        order_id=1,
        number=payment_number(7, 1, NOON),
        method=PaymentMethod.WECHAT_PAY,
        scene=PaymentScene.APP,
        amount_fen=100,
        state=state,
        asked_at=NOON,
        expires_at=NOON + timedelta(minutes=15),
    )


def money(amount_fen: int = 100) -> Money:
    return Money(amount_fen=amount_fen, at=NOON, transaction_id="t")


@given(user_id=IDS, payment_id=IDS, seconds=st.integers(0, 10**9))
def test_a_number_holds_its_member_and_so_does_its_returns(
    user_id: int, payment_id: int, seconds: int
):
    number = payment_number(user_id, payment_id, NOON + timedelta(seconds=seconds))
    assert key_in(number) == (user_id, payment_id)
    assert key_in(f"{number}-back") == (user_id, payment_id)


def test_a_usual_number_is_one_that_providers_take():
    assert 6 <= len(payment_number(1, 1, NOON)) <= 32
    assert len(payment_number(10**12, 10**13, NOON)) <= 32


@given(st.text(max_size=60))
def test_any_text_is_read_or_is_not_ours(number: str):
    key = key_in(number)
    assert key is None or all(0 <= part < 2**63 for part in key)


@pytest.mark.parametrize("number", ["", "7-1", "7--1-2", "A-1-2", "7 -1-2", "z" * 14 + "-1-1"])
def test_what_is_not_ours(number: str):
    assert key_in(number) is None


@pytest.mark.parametrize("state", [PaymentState.OPEN, PaymentState.CLOSED])
@pytest.mark.parametrize("status", OrderStatus)
def test_money_counts_while_its_order_waits_for_it(state: PaymentState, status: OrderStatus):
    wanted = MoneyVerdict.PAYS if status is OrderStatus.PLACED else MoneyVerdict.RETURNS
    assert judge_money(payment(state), status, money()) is wanted


@pytest.mark.parametrize(
    "state", [s for s in PaymentState if s not in (PaymentState.OPEN, PaymentState.CLOSED)]
)
@pytest.mark.parametrize("amount_fen", [99, 100])
def test_told_again_it_means_nothing(state: PaymentState, amount_fen: int):
    told = judge_money(payment(state), OrderStatus.PLACED, money(amount_fen))
    assert told is MoneyVerdict.KNOWN
    assert with_money(payment(state), told, money(amount_fen), NOON) == payment(state)


@pytest.mark.parametrize("amount_fen", [1, 99, 101])
def test_another_amount_is_not_believed(amount_fen: int):
    told = judge_money(payment(), OrderStatus.PLACED, money(amount_fen))
    assert told is MoneyVerdict.DISPUTES
    after = with_money(payment(), told, money(amount_fen), NOON)
    assert (after.state, after.paid_fen) == (PaymentState.DISPUTED, amount_fen)


@pytest.mark.parametrize("state", PaymentState)
def test_each_move_starts_where_it_may(state: PaymentState):
    was_open, was_returning = state is PaymentState.OPEN, state is PaymentState.RETURNING
    assert closed(payment(state)).state is (PaymentState.CLOSED if was_open else state)
    assert returned(payment(state), NOON).state is (
        PaymentState.RETURNED if was_returning else state
    )
    assert not_returnable(payment(state)).state is (
        PaymentState.DISPUTED if was_returning else state
    )
