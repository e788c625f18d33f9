"""Orders as a client asks for them, over the seeded database: placed by a guest's quote after signing
in, cancelled, and read page by page."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

STATION = "MXMxMDAwMDAx"
"""Of the examples of docs/operations."""
PREVIEW = """
query ($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    preview { payable { fen } quote { token requiresSignIn } }
  }
}
"""
PLACE = """
mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { id status payable { fen } actions }
    fresh { payable { fen } }
    userErrors { code path advice }
  }
}
"""
CANCEL = """
mutation ($input: CancelOrderInput!) {
  cancelOrder(input: $input) { order { id status actions } userErrors { code path advice } }
}
"""
ORDERS = """
query ($first: Int!, $after: String, $status: OrderStatus) {
  viewer { orders(first: $first, after: $after, status: $status) {
    edges { cursor node { id status placedAt } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  } }
}
"""


class Asking:
    def __init__(self, client: TestClient) -> None:
        self.client = client

    def body(self, query: str, persona: str | None = None, **given: Any) -> Any:
        headers = {}
        if persona is not None:
            answer = self.client.post("/demo/token", json={"persona": persona})
            headers["Authorization"] = f"Bearer {answer.json()['token']}"
        asked = {"query": query, "variables": given}
        return self.client.post("/graphql", json=asked, headers=headers).json()

    def data(self, query: str, persona: str | None = None, **given: Any) -> Any:
        """The first field of an answer that holds no error."""
        body = self.body(query, persona, **given)
        assert "errors" not in body, body["errors"]
        return next(iter(body["data"].values()))

    def quote(self, persona: str | None, fen: int = 20_000) -> Any:
        wanted = {
            "stationId": STATION,
            "fuelGrade": "GASOLINE_92",
            "fill": {"pumpAmountFen": fen},
        }
        return self.data(PREVIEW, persona, input=wanted)["preview"]

    def place(self, persona: str, token: str, key: str) -> Any:
        wanted = {"quoteToken": token, "idempotencyKey": key, "confirmDuplicate": True}
        return self.data(PLACE, persona, input=wanted)


@pytest.fixture
def asking(seeded_copy_url, tmp_path) -> Iterator[Asking]:
    settings = Settings(database_url=seeded_copy_url, redis_url=None, demo=True, data_dir=tmp_path)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with TestClient(create_app(settings)) as client:
        yield Asking(client)


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


def test_a_guests_quote_is_placed_at_its_price_by_whoever_signs_in_first(asking: Asking):
    quoted = asking.quote(None)
    token = quoted["quote"]["token"]
    assert quoted["quote"]["requiresSignIn"] is True
    given = {"quoteToken": token, "idempotencyKey": "g1"}
    assert codes(asking.data(PLACE, None, input=given)) == ["SIGN_IN_REQUIRED"]
    placed = asking.place("regular", token, "g1")
    assert codes(placed) == []
    assert placed["order"]["status"] == "PLACED"
    assert placed["order"]["payable"] == quoted["payable"]
    assert asking.place("regular", token, "g1") == placed
    again = asking.place("regular", token, "g2")
    assert codes(again) == ["QUOTE_USED"]
    assert again["fresh"] is not None
    other = asking.quote("gold-member")["quote"]["token"]
    assert codes(asking.place("regular", other, "g3")) == ["QUOTE_NOT_YOURS"]


def test_an_unpaid_order_is_cancelled_once_and_by_its_own_member(asking: Asking):
    placed = asking.place("regular", asking.quote("regular")["quote"]["token"], "p1")["order"]
    assert placed["actions"] == ["PAY", "CANCEL", "REORDER"]
    given = {"orderId": placed["id"], "reason": "不想加了", "idempotencyKey": "c1"}
    for persona in ("gold-member", None):
        denied = asking.data(CANCEL, persona, input=given)
        assert denied["order"] is None
        assert codes(denied) == ["NOT_FOUND" if persona else "SIGN_IN_REQUIRED"]
    cancelled = asking.data(CANCEL, "regular", input=given)
    assert cancelled["order"] == {
        "id": placed["id"],
        "status": "CANCELLED",
        "actions": ["REORDER"],
    }
    assert asking.data(CANCEL, "regular", input=given) == cancelled
    conflict = asking.data(CANCEL, "regular", input={**given, "reason": "别的"})
    assert codes(conflict) == ["IDEMPOTENCY_CONFLICT"]
    again = asking.data(CANCEL, "regular", input={**given, "idempotencyKey": "c2"})
    assert codes(again) == ["ORDER_STATE"]


def test_orders_page_by_page_are_all_of_them_once_newest_first(asking: Asking):
    whole = asking.data(ORDERS, "regular", first=100)["orders"]["edges"]
    found: list[Any] = []
    after = None
    while True:
        page = asking.data(ORDERS, "regular", first=4, after=after)["orders"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += page["edges"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == whole
    assert len({edge["node"]["id"] for edge in found}) == len(found) > 8
    placed = [edge["node"]["placedAt"] for edge in found]
    assert placed == sorted(placed, reverse=True)
    completed = asking.data(ORDERS, "regular", first=100, status="COMPLETED")["orders"]["edges"]
    assert {edge["node"]["status"] for edge in completed} == {"COMPLETED"}


def test_a_cursor_of_another_list_and_a_page_too_large_are_refused(asking: Asking):
    end = asking.data(ORDERS, "regular", first=1)["orders"]["pageInfo"]["endCursor"]
    for given, code in (
        ({"first": 1, "after": end, "status": "COMPLETED"}, "BAD_CURSOR"),
        ({"first": 1, "after": "x"}, "BAD_CURSOR"),
        ({"first": 101}, "BAD_PAGE_SIZE"),
    ):
        (error,) = asking.body(ORDERS, "regular", **given)["errors"]
        assert error["extensions"]["code"] == code
    (error,) = asking.body(ORDERS, "gold-member", first=1, after=end)["errors"]
    assert error["extensions"]["code"] == "BAD_CURSOR"
