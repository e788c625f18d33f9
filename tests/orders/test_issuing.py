"""Invoices as operators issue, refuse and void them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.orders.invoice import Invoice, InvoiceStatus
from app.domain.orders.issuing import InvoiceAct, InvoiceFault, InvoiceRefused, Paper
from app.domain.orders.refund_request import RefundStatus
from app.ports.invoices import InvoicePage
from app.resolvers.invoices import InvoiceAsked, request_invoice
from app.resolvers.issuing import end_invoice, issue_invoice
from app.storage.invoice_register import PostgresInvoiceRegister
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import SEALER, Shop

TERMS = order_terms(applied_term("A", 500))
PAPER = Paper(
    number="26312000000123456789",
    issued_on=date(2026, 4, 22),
    amount_fen=19_500,
    url="https://invoice.example.com/a.pdf",
)


async def asked(shop: Shop) -> int:
    """The id of a paid order whose invoice over 195 yuan was asked for."""
    order_id = await shop.buy(TERMS)
    await ask(shop, order_id)
    return order_id


async def ask(shop: Shop, order_id: int) -> None:
    wanted = InvoiceAsked(
        order_id=order_id,
        title="油惠测试有限公司",
        tax_number="91310000MA1FL0001X",
        email=None,
        idempotency_key=f"invoice-{next(shop.numbers)}",
    )
    answer = await request_invoice(shop.desk(), shop.user_id, wanted)
    assert answer.refusals == ()


async def issue(shop: Shop, order_id: int, paper: Paper = PAPER) -> Invoice:
    return await issue_invoice(shop.desk(), (shop.user_id, order_id), paper)


async def fault(shop: Shop, order_id: int, paper: Paper = PAPER) -> InvoiceFault:
    with pytest.raises(InvoiceRefused) as refused:
        await issue(shop, order_id, paper)
    return refused.value.fault


ACTS = "SELECT act, before->>'status', after->>'status', after->>'number' FROM audit_event "
ACTS += "WHERE act LIKE 'invoice.%' AND act <> 'invoice.request' ORDER BY id"


async def test_issued_once_with_its_number_day_and_address(shop: Shop):
    order_id = await asked(shop)
    first = await issue(shop, order_id)
    assert (first.status, first.number, first.url) == (
        InvoiceStatus.ISSUED,
        PAPER.number,
        PAPER.url,
    )
    assert await issue(shop, order_id) == first
    assert await shop.rows(ACTS) == [("invoice.issue", "REQUESTED", "ISSUED", PAPER.number)]
    other = replace(PAPER, number="26312000000000000001")
    assert await fault(shop, order_id, other) is InvoiceFault.STATE


async def test_over_the_amount_that_is_owed_by_then(shop: Shop):
    """A refund between the list and the paper: the paper is over too much."""
    order_id = await asked(shop)
    await shop.refund(order_id, 5_000)
    assert await fault(shop, order_id) is InvoiceFault.AMOUNT
    lowered = await issue(shop, order_id, replace(PAPER, amount_fen=14_625))
    assert lowered.amount_fen == 14_625


async def test_not_while_a_refund_is_under_way(shop: Shop):
    order_id = await asked(shop)
    answer = await shop.ask_refund(order_id, 5_000)
    assert answer.refund is not None
    assert answer.refund.status is RefundStatus.REQUESTED
    assert await fault(shop, order_id) is InvoiceFault.REFUNDING


@pytest.mark.parametrize("day", [date(2026, 4, 21), date(2026, 4, 23)])
async def test_not_before_it_was_paid_nor_ahead_of_time(shop: Shop, day: date):
    order_id = await asked(shop)
    assert await fault(shop, order_id, replace(PAPER, issued_on=day)) is InvoiceFault.DATE


async def test_a_number_stands_on_one_invoice(shop: Shop):
    await issue(shop, await asked(shop))
    assert await fault(shop, await asked(shop)) is InvoiceFault.TAKEN


async def test_of_an_order_without_one(shop: Shop):
    assert await fault(shop, await shop.buy(TERMS)) is InvoiceFault.UNKNOWN
    assert await fault(shop, 99) is InvoiceFault.UNKNOWN


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"number": "123456789"}, InvoiceFault.NUMBER),
        ({"number": "2.6312E+19"}, InvoiceFault.NUMBER),
        ({"url": "http://invoice.example.com/a.pdf"}, InvoiceFault.URL),
        ({"url": "https://a b"}, InvoiceFault.URL),
    ],
)
def test_a_paper_that_is_none(given: dict[str, Any], found: InvoiceFault):
    with pytest.raises(InvoiceRefused) as refused:
        replace(PAPER, **given)
    assert refused.value.fault is found


async def test_refused_with_a_reason_and_asked_for_again(shop: Shop):
    order_id = await asked(shop)
    key = shop.user_id, order_id
    failed = await end_invoice(shop.desk(), key, InvoiceAct.REJECT, " 抬头与税号不符 ")
    assert (failed.status, failed.failure) == (InvoiceStatus.FAILED, "抬头与税号不符")
    with pytest.raises(InvoiceRefused) as refused:
        await end_invoice(shop.desk(), key, InvoiceAct.REJECT, "again")
    assert refused.value.fault is InvoiceFault.STATE
    await ask(shop, order_id)
    assert (await issue(shop, order_id)).failure is None
    told = await shop.rows("SELECT act, actor FROM audit_event WHERE act = 'invoice.reject'")
    assert told == [("invoice.reject", "1")]
    assert "抬头" not in str(await shop.rows("SELECT a::text FROM audit_event a"))


async def test_made_void_after_a_refund_its_number_is_free_again(shop: Shop):
    order_id = await asked(shop)
    await issue(shop, order_id)
    await shop.refund(order_id, 5_000)
    register = PostgresInvoiceRegister(shop.engine, SEALER)
    over = InvoicePage(status=InvoiceStatus.ISSUED, over_issued=True)
    (listed,) = await register.page(over)
    assert (listed.invoice.amount_fen, listed.owed_fen) == (19_500, 14_625)
    assert listed.invoice.bill.tax_number == "91310000MA1FL0001X"
    key = shop.user_id, order_id
    await end_invoice(shop.desk(), key, InvoiceAct.VOID, "已红冲")
    assert await register.page(over) == []
    await ask(shop, order_id)
    issued = await issue(shop, order_id, replace(PAPER, amount_fen=14_625))
    assert issued.number == PAPER.number
    assert await register.page(over) == []


async def test_listed_by_how_long_they_wait_page_by_page(shop: Shop):
    ids = []
    for _ in range(3):
        ids.append(await asked(shop))
        shop.later(minutes=1)
    register = PostgresInvoiceRegister(shop.engine, SEALER)
    first = await register.page(InvoicePage(status=InvoiceStatus.REQUESTED, first=2))
    assert [one.invoice.order_id for one in first] == ids[:2]
    last = first[-1].invoice
    after = (last.requested_at, last.user_id, last.order_id)
    rest = await register.page(InvoicePage(status=InvoiceStatus.REQUESTED, after=after))
    assert [one.invoice.order_id for one in rest] == ids[2:]
    assert rest[0].number == (await shop.order(ids[2])).number
