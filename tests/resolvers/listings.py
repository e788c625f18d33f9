"""Asking for lists of stations."""

from typing import Any

from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.text import LocalizedText
from tests.fakes.world import World, station

NEAR = "near: {latitude: 39.9, longitude: 116.39, datum: WGS84}"
LIST = (
    "query($sort: StationSort!, $first: Int!, $after: String, $grade: FuelGrade, $fill: FillInput) {"
    f" stations({NEAR}, sort: $sort, first: $first, after: $after, fuelGrade: $grade, fill: $fill)"
    " { edges { cursor distanceMeters reason node { name } }"
    " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)


def per_litre(code: str, off: int, *conditions: Any, **changes: Any) -> Promotion:
    facts: dict[str, Any] = {
        "code": code,
        "title": LocalizedText(zh=f"优惠 {code}", en=f"Offer {code}"),
        "lane": Lane.UNIT_PRICE,
        "benefit": PerLitreOff(off_mill_per_litre=off),
        "conditions": conditions,
    }
    return Promotion(**(facts | changes))


def world_of(count: int = 12, *promotions: Promotion) -> World:
    """Station 1 is the nearest and has the lowest pump price, station `count` the highest."""
    return World.of([station(number) for number in range(1, count + 1)], promotions)


def names(data: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in data["stations"]["edges"]]


async def walk(world: World, first: int, **variables: Any) -> list[str]:
    """All pages, one after the other, each in a request of its own."""
    found: list[str] = []
    after: str | None = None
    while True:
        data = await world.ask(LIST, {"first": first, "after": after} | variables)
        found += names(data)
        page = data["stations"]["pageInfo"]
        assert page["hasPreviousPage"] is (after is not None)
        if not page["hasNextPage"]:
            return found
        after = page["endCursor"]
