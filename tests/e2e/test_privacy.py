"""One viewer's data never reaches another, however their requests interleave."""

import asyncio
import random

import httpx2
import orjson

from tests.e2e.live import document, variables

PERSONAS = ("new-user", "regular", "gold-member", "lapsed", "heavy-coupon-holder", "diesel-driver")
WHO = """
query ($near: CoordinatesInput!) {
  viewer {
    id nickname memberTier
    points { available }
    wallet { coupons(first: 100) { edges { node { id title } } } }
  }
  stations(near: $near, radiusMeters: 30000, first: 20) {
    edges { node { id isFavourite products { effectivePrice { payable { fen } } } } }
  }
}
"""
NEAR = variables("stations")["near"]


async def ask_all(live, order, tokens):
    """All at once, each on whatever connection is free."""
    limits = httpx2.Limits(max_connections=8)
    async with httpx2.AsyncClient(base_url=live.url, timeout=150, limits=limits) as http:

        async def ask(persona):
            headers = {"Authorization": f"Bearer {tokens[persona]}"} if persona else {}
            body = {"query": WHO, "variables": {"near": NEAR}}
            answer = await http.post("/graphql", json=body, headers=headers)
            return persona, answer.json()

        return await asyncio.gather(*(ask(persona) for persona in order))


def test_interleaved_requests_keep_to_their_viewers(live):
    viewers = (None, *PERSONAS)
    tokens = {persona: live.token(persona) for persona in PERSONAS}
    alone = {persona: live.ask(WHO, {"near": NEAR}, persona=persona).json() for persona in viewers}
    assert len({orjson.dumps(answer["data"]) for answer in alone.values()}) == len(viewers)
    order = [*viewers] * 6
    random.Random(7).shuffle(order)
    for persona, answer in asyncio.run(ask_all(live, order, tokens)):
        assert answer["data"] == alone[persona]["data"], persona
        assert "errors" not in answer


def test_what_is_anothers_cannot_be_fetched_by_its_id(live):
    mine = live.data(WHO, {"near": NEAR}, persona="heavy-coupon-holder")["viewer"]
    coupon = mine["wallet"]["coupons"]["edges"][0]["node"]["id"]
    query = "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }"
    for wanted in (coupon, mine["id"]):
        given = {"id": wanted, "ids": [wanted]}
        own = live.data(query, given, persona="heavy-coupon-holder")
        assert own == {"node": {"id": wanted}, "nodes": [{"id": wanted}]}
        for other in (None, "regular"):
            assert live.data(query, given, persona=other) == {"node": None, "nodes": [None]}


def test_anothers_coupon_cannot_be_used(live):
    mine = live.data(WHO, {"near": NEAR}, persona="heavy-coupon-holder")["viewer"]
    coupon = mine["wallet"]["coupons"]["edges"][0]["node"]["id"]
    given = variables("checkout-preview")
    given["input"]["choice"] = {"couponIds": [coupon]}
    answer = live.data(document("checkout-preview"), given, persona="regular")["checkoutPreview"]
    assert answer["preview"] is None
    assert answer["userErrors"]


def test_a_viewers_answers_are_kept_nowhere(live):
    for name in ("stations", "station", "wallet", "viewer", "my-offers", "checkout-preview"):
        answer = live.ask(document(name), variables(name), persona="regular")
        assert answer.headers["cache-control"] == "private, no-store", name
