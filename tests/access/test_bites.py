"""The walk finds what it looks for: leaks that are planted."""

from typing import Any

import pytest

from app.domain.orders.order import Order
from app.resolvers import nodes
from app.resolvers.context import RequestContext
from app.resolvers.keys import OrderKey
from tests.access import test_walk
from tests.access.conftest import House
from tests.access.test_walk import Walk, _others_read, _public_ids, node_query, object_type


@pytest.fixture
def walk(house: House) -> Walk:
    return Walk(house, _public_ids(house))


async def _anybodys(context: RequestContext, key: OrderKey) -> Order | None:
    """An order by its key, whoever asks."""
    found = await context.orders.orders_by_id([(key.user_id, key.order_id)])
    return found.get((key.user_id, key.order_id))


def test_an_object_that_is_fetched_for_anybody_is_a_leak(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
):
    owner, order = walk.house.owners[0], object_type("Order")
    query = node_query(order, "number payable { fen }")
    _others_read(walk, owner, order, ["Order"], query)
    assert walk.leaks == []
    monkeypatch.setattr(nodes, "order_by_key", _anybodys)
    _others_read(walk, owner, order, ["Order"], query)
    assert len(walk.leaks) == len(order.fields) * (len(walk.house.people) - 1)


def test_an_operation_that_is_let_through_is_a_leak(walk: Walk, monkeypatch: pytest.MonkeyPatch):
    def everyone(*_: Any) -> None:
        """Nobody is refused before the operation runs, nor after."""

    async def acting(*_: Any) -> None:
        """Nor by the field."""

    monkeypatch.setattr("app.gateway.admission.permit", everyone)
    monkeypatch.setattr("app.resolvers.staff_work.acting", acting)
    test_walk.check_permissions(walk)
    assert any("reads Query.promotionVersions" in leak for leak in walk.leaks)
