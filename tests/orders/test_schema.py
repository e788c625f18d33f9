"""requestRefund and requestInvoice as a client asks them, over PostgreSQL."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.domain.audit.record import Actor
from app.domain.checkout.catalog import Catalog
from app.domain.loyalty.balance import Balance
from app.domain.orders.issuing import InvoiceAct, Paper
from app.domain.orders.terms import OrderTerms
from app.domain.promotions.terms import Lane
from app.domain.shared.text import Language, LocalizedText
from app.resolvers.desk import Desk
from app.resolvers.issuing import end_invoice, issue_invoice
from app.resolvers.keys import OrderKey
from app.resolvers.refund_money import send_refund
from app.schema import ids
from app.security.sealing import SealingKeys
from app.storage.invoices import PostgresInvoiceRepository
from app.storage.orders import PostgresOrderRepository
from app.storage.refunds import PostgresRefundRepository
from tests.fakes.world import World
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import SEALER, Shop

REFUND = """
mutation ($input: RequestRefundInput!) {
  requestRefund(input: $input) {
    order { status refunded { fen } refunds { id status amount { fen } reason restored } }
    refund { id status amount { fen } reason restored }
    userErrors { code path message advice ... on LimitError { limit used } }
  }
}
"""
INVOICE = """
mutation ($input: RequestInvoiceInput!) {
  requestInvoice(input: $input) {
    order { actions invoice { status title amount { fen } url } }
    invoice { status title amount { fen } url }
    userErrors { code path message }
  }
}
"""
PAPERS = """
query ($id: ID!) {
  order(id: $id) { status actions refunds { status restored } invoice { status amount { fen } } }
}
"""


class Papers(PostgresRefundRepository, PostgresInvoiceRepository):
    """Both repositories in one, as `World` holds them."""

    statements = 0

    def __init__(self, shop: Shop, sealer: SealingKeys) -> None:
        PostgresInvoiceRepository.__init__(self, shop.engine, sealer)


class Client:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        orders: Any = PostgresOrderRepository(shop.engine)
        papers: Any = Papers(shop, SEALER)
        self.world = World(shop.catalog, orders=orders, papers=papers)

    async def ask(
        self, document: str, user_id: int | None = 1, language: Language = Language.ZH, **given: Any
    ) -> dict[str, Any]:
        def open_desk(moment: datetime, catalog: Catalog, actor: Actor) -> Desk:
            return replace(self.shop.desk(), actor=actor)

        context = self.world.request(user_id, moment=self.shop.moment, language=language)
        context.open_desk = open_desk
        result = await self.world.execute(document, given, context=context)
        assert result.errors is None, result.errors
        assert result.data is not None
        return next(iter(result.data.values()))


@pytest.fixture
def client(shop: Shop) -> Client:
    shop.moment = rows.NOON
    return Client(shop)


def id_of(order_id: int, user_id: int = 1) -> str:
    return ids.encode(OrderKey(user_id, order_id))


async def with_points_and_coupon(shop: Shop) -> OrderTerms:
    await rows.put_coupon(shop.engine, 1, 5, batch_code="C")
    await rows.put_points(shop.engine, 1, Balance(available=100))
    title = LocalizedText(zh="三元券", en="3 off")
    ticket = applied_term("C", 300, lane=Lane.COUPON, coupon_id=5, title=title)
    return order_terms(ticket, applied_term("P", 100, lane=Lane.POINTS, points=100))


async def test_a_whole_refund_from_asking_to_words(client: Client):
    shop = client.shop
    order_id = await shop.buy(await with_points_and_coupon(shop))
    given = {"orderId": id_of(order_id), "reason": "不想加了", "idempotencyKey": "r1"}
    payload = await client.ask(REFUND, input=given)
    assert payload["userErrors"] == []
    assert payload["order"]["status"] == "REFUNDING"
    refund = payload["refund"]
    assert payload["order"]["refunds"] == [refund]
    assert {**refund, "id": ""} == {
        "id": "",
        "status": "REQUESTED",
        "amount": {"fen": 19_600},
        "reason": "不想加了",
        "restored": [],
    }
    async with shop.works.begin(1) as work:
        (asked,) = await work.refunds.of_order(1, order_id)
    await send_refund(shop.desk(), 1, asked.id)
    again = await client.ask(REFUND, input=given)
    assert again["refund"]["status"] == "DONE"
    assert again["refund"]["restored"] == ["积分 100 已退回", "「三元券」已退回券包"]
    told = await client.ask(PAPERS, language=Language.EN, id=id_of(order_id))
    assert told == {
        "status": "REFUNDED",
        "actions": ["REORDER"],
        "refunds": [
            {
                "status": "DONE",
                "restored": ["100 points are back", "“3 off” is back in your wallet"],
            }
        ],
        "invoice": None,
    }


async def test_a_refusal_names_the_field_and_what_is_left(client: Client):
    order_id = await client.shop.buy(order_terms())
    given = {"orderId": id_of(order_id), "pumpAmountFen": 20_001, "reason": "多了"}
    payload = await client.ask(REFUND, input={**given, "idempotencyKey": "r1"})
    assert payload["refund"] is None
    assert payload["order"]["status"] == "PAID"
    assert payload["userErrors"] == [
        {
            "code": "REFUND_TOO_LARGE",
            "path": ["pumpAmountFen"],
            "message": "退款金额超过可退金额",
            "advice": "FIX_INPUT",
            "limit": 20_000,
            "used": 20_001,
        }
    ]


@pytest.mark.parametrize("unknown", [id_of(99), id_of(1, user_id=2), "no id"])
async def test_an_order_that_is_not_the_viewers_is_not_found(client: Client, unknown: str):
    await client.shop.buy(order_terms())
    given = {"orderId": unknown, "reason": "多了", "idempotencyKey": "r1"}
    payload = await client.ask(REFUND, input=given)
    assert (payload["order"], payload["refund"]) == (None, None)
    assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]


async def test_a_guest_is_asked_to_sign_in(client: Client):
    given = {"orderId": id_of(1), "reason": "多了", "idempotencyKey": "r1"}
    payload = await client.ask(REFUND, user_id=None, input=given)
    assert [error["code"] for error in payload["userErrors"]] == ["SIGN_IN_REQUIRED"]
    asked = {"orderId": id_of(1), "title": "我", "idempotencyKey": "i1"}
    payload = await client.ask(INVOICE, user_id=None, input=asked)
    assert [error["code"] for error in payload["userErrors"]] == ["SIGN_IN_REQUIRED"]


async def test_an_invoice_and_the_second_one(client: Client):
    order_id = await client.shop.buy(order_terms())
    before = await client.ask(PAPERS, id=id_of(order_id))
    assert before["actions"] == ["REFUND", "INVOICE", "REORDER"]
    given = {"orderId": id_of(order_id), "title": "油惠测试有限公司", "idempotencyKey": "i1"}
    expected = {
        "status": "REQUESTED",
        "title": "油惠测试有限公司",
        "amount": {"fen": 20_000},
        "url": None,
    }
    payload = await client.ask(INVOICE, input={**given, "taxNumber": "91310000MA1FL0001X"})
    assert (payload["invoice"], payload["order"]["invoice"]) == (expected, expected)
    assert payload["order"]["actions"] == ["REFUND", "REORDER"]
    again = await client.ask(INVOICE, input={**given, "idempotencyKey": "i2"})
    assert [(e["code"], e["message"]) for e in again["userErrors"]] == [
        ("INVOICE_EXISTS", "该订单已申请开票")
    ]


ISSUED = (
    "query ($id: ID!) { order(id: $id) { actions invoice { status number issuedOn url failure } } }"
)


async def test_what_became_of_an_invoice_is_shown_to_its_driver_alone(client: Client):
    order_id = await client.shop.buy(order_terms())
    asked = {"orderId": id_of(order_id), "title": "我", "idempotencyKey": "i1"}
    await client.ask(INVOICE, input=asked)
    key, url = (1, order_id), "https://invoice.example.com/a.pdf"
    paper = Paper(
        number="26312000000123456789", issued_on=date(2026, 4, 22), amount_fen=20_000, url=url
    )
    await issue_invoice(client.shop.desk(), key, paper)
    told = await client.ask(ISSUED, id=id_of(order_id))
    assert told["invoice"] == {
        "status": "ISSUED",
        "number": paper.number,
        "issuedOn": "2026-04-22",
        "url": url,
        "failure": None,
    }
    assert "INVOICE" not in told["actions"]
    await end_invoice(client.shop.desk(), key, InvoiceAct.VOID, "已红冲，请重新申请")
    told = await client.ask(ISSUED, id=id_of(order_id))
    assert told["invoice"] == {
        "status": "FAILED",
        "number": None,
        "issuedOn": None,
        "url": None,
        "failure": "已红冲，请重新申请",
    }
    assert "INVOICE" in told["actions"]
    assert await client.ask(ISSUED, user_id=2, id=id_of(order_id)) is None


async def test_the_coupons_of_an_order_are_read_together(client: Client):
    shop = client.shop
    tickets = [applied_term(f"C{n}", 100, lane=Lane.COUPON, coupon_id=n) for n in (5, 6, 7)]
    for ticket in tickets:
        await rows.put_coupon(shop.engine, 1, ticket.coupon_id or 0, batch_code=ticket.code)
    order_id = await shop.buy(order_terms(*tickets))
    told = await client.ask(
        "query ($id: ID!) { order(id: $id) { applied { label coupon { id } } } }",
        id=id_of(order_id),
    )
    assert len(told["applied"]) == 3
    assert client.world.wallets.statements == 1
