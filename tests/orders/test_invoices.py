"""Invoices: once an order, over what was really paid; personal data sealed and never in a log."""

import logging
from typing import Any

import pytest

from app.domain.loyalty.balance import Balance
from app.domain.orders.invoice import InvoiceStatus
from app.domain.shared.payment import PaymentMethod
from app.ports.sealing import SealBroken
from app.resolvers.invoices import InvoiceAnswer, InvoiceAsked, request_invoice
from app.resolvers.refusals import ErrorCode
from app.storage.work import PostgresWorks
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import Shop

TAX_NUMBER, EMAIL = "91310000MA1FL0001X", "driver@example.com"
TERMS = order_terms(applied_term("A", 500))


async def ask(shop: Shop, order_id: int, **given: Any) -> InvoiceAnswer:
    values: dict[str, Any] = {
        "title": "油惠测试有限公司",
        "tax_number": TAX_NUMBER,
        "email": EMAIL,
        "idempotency_key": f"invoice-{next(shop.numbers)}",
    }
    asked = InvoiceAsked(order_id=order_id, **(values | given))
    return await request_invoice(shop.desk(), shop.user_id, asked)


async def refused(shop: Shop, order_id: int, **given: Any) -> list[tuple[ErrorCode, Any]]:
    answer = await ask(shop, order_id, **given)
    assert answer.invoice is None
    return [(refusal.code, refusal.at) for refusal in answer.refusals]


async def test_over_what_was_paid_less_what_was_refunded(shop: Shop):
    order_id = await shop.buy(TERMS)
    await shop.refund(order_id, 5_000)
    answer = await ask(shop, order_id)
    assert answer.invoice is not None
    assert answer.invoice.amount_fen == 19_500 - 4_875
    assert (answer.invoice.status, answer.invoice.url) == (InvoiceStatus.REQUESTED, None)


async def test_once_an_order_and_the_same_key_again_is_the_same_answer(shop: Shop):
    order_id = await shop.buy(TERMS)
    first = await ask(shop, order_id, idempotency_key="i1")
    assert await ask(shop, order_id, idempotency_key="i1") == first
    assert await refused(shop, order_id) == [(ErrorCode.INVOICE_EXISTS, ("order_id",))]
    assert await shop.rows("SELECT act FROM audit_event WHERE act = 'invoice.request'") == [
        ("invoice.request",)
    ]


async def test_a_later_refund_lowers_it_and_a_whole_one_ends_it(shop: Shop):
    order_id = await shop.buy(TERMS)
    await ask(shop, order_id)
    await shop.refund(order_id, 5_000)
    assert await shop.rows("SELECT status, amount_fen FROM invoice") == [("REQUESTED", 14_625)]
    await shop.refund(order_id)
    assert await shop.rows("SELECT status FROM invoice") == [("FAILED",)]
    assert await refused(shop, order_id) == [(ErrorCode.ORDER_STATE, ("order_id",))]


async def test_for_what_there_is_no_invoice(shop: Shop):
    unpaid = await shop.place(TERMS)
    assert await refused(shop, unpaid) == [(ErrorCode.ORDER_STATE, ("order_id",))]
    free = await shop.buy(order_terms(applied_term("A", 20_000)))
    assert await refused(shop, free) == [(ErrorCode.ORDER_STATE, ("order_id",))]
    assert await refused(shop, 99) == [(ErrorCode.NOT_FOUND, ("order_id",))]
    paid = await shop.buy(TERMS)
    shop.user_id = 2
    assert await refused(shop, paid) == [(ErrorCode.NOT_FOUND, ("order_id",))]


async def test_fuel_credit_is_no_money(shop: Shop):
    shop.moment = rows.NOON
    await rows.put_credit(shop.engine, 1, Balance(available=30_000))
    order_id = await shop.buy(TERMS, PaymentMethod.FUEL_CREDIT)
    assert await refused(shop, order_id) == [(ErrorCode.ORDER_STATE, ("order_id",))]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("title", " "),
        ("title", "名" * 101),
        ("title", "油\n惠"),
        ("tax_number", "9131"),
        ("tax_number", "9131 0000 MA1F L000 1X"),
        ("email", "driver"),
        ("email", "driver@example"),
        ("email", "a b@example.com"),
    ],
)
async def test_a_field_that_cannot_stand_is_named(shop: Shop, field: str, given: str):
    order_id = await shop.buy(TERMS)
    found = await refused(shop, order_id, **{field: given})
    assert found == [(ErrorCode.INVALID_INPUT, (field,))]


async def test_what_is_personal_is_sealed_and_in_no_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    order_id = await shop.buy(TERMS)
    answer = await ask(shop, order_id, tax_number=TAX_NUMBER.lower())
    kept = await shop.rows("SELECT i::text FROM invoice i")
    kept += await shop.rows("SELECT r::text FROM idempotent_request r")
    kept += await shop.rows("SELECT a::text FROM audit_event a")
    for secret in (TAX_NUMBER, EMAIL):
        assert secret not in str(kept)
        assert secret.encode().hex() not in str(kept)
        assert secret not in caplog.text
        assert secret not in repr(answer)
    async with shop.works.begin(1) as work:
        invoice = await work.invoices.invoice(1, order_id)
    assert invoice is not None
    assert (invoice.bill.tax_number, invoice.bill.email) == (TAX_NUMBER, EMAIL)


async def test_without_the_key_nothing_is_read(shop: Shop):
    order_id = await shop.buy(TERMS)
    await ask(shop, order_id)
    async with PostgresWorks(shop.engine).begin(1) as work:
        with pytest.raises(SealBroken):
            await work.invoices.invoice(1, order_id)
