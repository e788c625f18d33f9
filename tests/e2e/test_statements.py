"""SQL statements per operation: few, and no more for more stations, products or coupons."""

import pytest

from app.storage.statement_count import count_statements
from tests.e2e.live import NAMES, document, variables

EVERYWHERE = {"text": "演示"}
"""Every station of the small seed says so in its name."""

STATIONS = """
query ($filter: StationFilter!, $first: Int!) {
  stations(filter: $filter, first: $first) {
    edges { node {
      id name phone isFavourite
      products { displayName effectivePrice {
        payable { fen } appliedOffers { label offer { title remaining } }
      } }
      offers(first: 5) { edges { node { title claimState remaining } } }
    } }
  }
}
"""
PRICES = """
query ($filter: StationFilter!, $first: Int!) {
  stations(filter: $filter, first: $first) {
    edges { node { id name products { displayName effectivePrice { payable { fen } } } } }
  }
}
"""


@pytest.fixture
def counted(inside):
    """Runs a document as a persona; its data, and the statements that it took."""
    engine = inside.app.state.outside.engine

    def run(query, given, persona="regular"):
        headers = {}
        if persona is not None:
            token = inside.post("/demo/token", json={"persona": persona}).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
        with count_statements(engine) as count:
            body = inside.post(
                "/graphql", json={"query": query, "variables": given}, headers=headers
            ).json()
        assert "errors" not in body, body["errors"]
        return body["data"], count.statements

    return run


def test_fifty_stations_with_personal_prices(counted):
    data, statements = counted(PRICES, {"filter": EVERYWHERE, "first": 50})
    assert len(data["stations"]["edges"]) == 50
    assert len(statements) == 6, statements


def test_the_number_does_not_grow_with_stations_or_products(counted):
    _, few = counted(STATIONS, {"filter": EVERYWHERE, "first": 10})
    data, many = counted(STATIONS, {"filter": EVERYWHERE, "first": 60})
    assert len(data["stations"]["edges"]) == 60
    assert len(many) == len(few), many


def test_the_number_does_not_grow_with_coupons(counted):
    """No coupon at all against 236 of them."""
    given = {"filter": EVERYWHERE, "first": 20}
    assert len(counted(PRICES, given, "new-user")[1]) == len(
        counted(PRICES, given, "heavy-coupon-holder")[1]
    )
    wallet = document("wallet")
    data, many = counted(wallet, {"first": 100}, "heavy-coupon-holder")
    assert len(data["viewer"]["wallet"]["coupons"]["edges"]) == 100
    assert len(many) == len(counted(wallet, {"first": 100}, "new-user")[1])


@pytest.mark.parametrize(
    ("name", "persona", "number"),
    [
        ("wallet", "regular", 4),
        ("checkout-preview", "regular", 7),
        ("checkout-preview", None, 1),
        ("stations", None, 1),
        ("offers", None, 0),
        ("station-facets", "regular", 0),
        ("regions", "regular", 0),
        ("nodes", "regular", 0),
    ],
)
def test_the_number_of_an_operation(counted, name, persona, number):
    _, statements = counted(document(name), variables(name), persona)
    assert len(statements) == number, statements


@pytest.mark.parametrize("name", NAMES)
def test_no_operation_takes_more_than_eight(counted, name):
    _, statements = counted(document(name), variables(name), "heavy-coupon-holder")
    assert len(statements) <= 8, statements


def test_the_same_thing_asked_twice_in_one_document_is_read_once(counted):
    once = "{ viewer { points { available } } }"
    twice = "{ a: viewer { points { available } } b: viewer { points { available } } }"
    assert len(counted(once, {})[1]) == len(counted(twice, {})[1])
