"""Price truth (design §2): the headline of a station card is the price of the quote that
`checkoutPreview` gives for the same viewer, station and fill, under the promotions of the seed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.documents.promotions import load_promotions
from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.profiles.member import Habits, Member, MemberTier, Preferences
from app.domain.promotions.promotion import Promotion
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import OpeningPeriod, Remoteness, Station
from tests.fakes.world import World, coupon, station

SEED = Path(__file__).parents[2] / "seed" / "promotions"
CHINA_OFFSET = timedelta(hours=8)
GRADES = (
    FuelGrade.GASOLINE_92,
    FuelGrade.GASOLINE_95,
    FuelGrade.GASOLINE_98,
    FuelGrade.DIESEL_0,
)
MOMENTS = {
    "weekday noon": datetime(2026, 4, 22, 4, 0, tzinfo=UTC),
    "member day, evening peak": datetime(2026, 4, 28, 10, 30, tzinfo=UTC),
    "weekend, past midnight": datetime(2026, 4, 25, 16, 40, tzinfo=UTC),
}

CARDS = """
query Cards($grade: FuelGrade!, $fill: FillInput) {
  stations(near: {latitude: 39.9, longitude: 116.39, datum: WGS84}, radiusMeters: 50000,
           fuelGrade: $grade, fill: $fill, first: 100) {
    edges { node { id products {
      fuelGrade effectivePrice(fill: $fill) {
        payable { fen } unitPrice { perLitre } pumpAmount { fen } savings { fen } litres
        pointsUsed paymentMethod appliedOffers { label discount { fen } } } } } }
  }
}
"""
PREVIEW = """
query Preview($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    userErrors { code message }
    preview {
      payable { fen } effectivePrice { perLitre } pumpAmount { fen } discountTotal { fen } litres
      feeTotal { fen }
      lines { kind amount { fen } runningTotal { fen } }
      applied { label discount { fen } points }
    }
  }
}
"""


@dataclass(frozen=True)
class Visitor:
    """`usual_litres`: the usual fill, where the visitor has set one in litres."""

    user_id: int | None
    channel: Channel | None
    usual_litres: str | None = None


def seed_promotions() -> list[Promotion]:
    return [
        promotion for path in sorted(SEED.glob("*.yaml")) for promotion in load_promotions(path)
    ]


def stations_of(rng: random.Random, promotions: list[Promotion]) -> Iterator[Station]:
    """With the tags, brands and regions that the seed's promotions ask for, and some others."""
    words = [vars_of for promotion in promotions for vars_of in promotion.conditions]
    tags = sorted({tag for c in words if c.kind == "TAG" for tag in c.tags})
    brands = sorted({brand for c in words if c.kind == "BRAND" for brand in c.brands} | {"other"})
    regions = sorted({code for c in words if c.kind == "REGION" for code in c.regions} | {"110101"})
    for number in range(1, 13):
        sold = rng.sample(GRADES, rng.randint(1, len(GRADES)))
        yield station(
            number,
            prices={grade: rng.randint(5_500, 9_500) for grade in GRADES if grade in sold},
            floor_mill=rng.choice((0, 0, 6_800)),
            brand_code=rng.choice(brands),
            region_code=rng.choice(regions),
            tags=frozenset(rng.sample(tags, rng.randint(0, len(tags)))),
            remoteness=rng.choice(list(Remoteness)),
            peak_hours=frozenset({7, 8, 17, 18, 19}),
            service_fee_fen=rng.choice((0, 0, 100)),
            opening=rng.choice(((), (OpeningPeriod(360, 1380),))),
        )


def visitors_of(rng: random.Random, world: World, promotions: list[Promotion]) -> list[Visitor]:
    """Guests of every channel, and members of all sorts with full and empty wallets."""
    batches = [promotion.code for promotion in promotions if promotion.delivery is not None]
    segments = sorted(
        {s for p in promotions for c in p.conditions if c.kind == "SEGMENT" for s in c.segments}
    )
    visitors = [Visitor(None, channel) for channel in (None, *Channel)]
    for number in range(1, 13):
        held = rng.sample(batches, rng.choice((0, 2, 5)))
        fill = rng.choice((None, AmountFill(30_000), LitresFill(42_500)))
        world.join(
            Member(
                user_id=number,
                nickname=None,
                phone_masked=None,
                tier=rng.choice(list(MemberTier)),
                segments=frozenset(rng.sample(segments, rng.randint(0, len(segments)))),
                preferences=Preferences(
                    usual_fill=fill,
                    usual_payment_method=rng.choice((None, *PaymentMethod)),
                    use_points=rng.random() < 0.5,
                ),
            ),
            Habits(
                counted_orders=rng.choice((0, 3)),
                usual_pump_amount_fen={FuelType.GASOLINE: rng.randrange(5_000, 60_000)},
            ),
            coupons=[
                coupon(
                    100 * number + index,
                    number,
                    batch,
                    valid_until=max(MOMENTS.values()) + CHINA_OFFSET,
                )
                for index, batch in enumerate(held)
            ],
            points=rng.choice((0, 90, 5_000)),
        )
        litres = "42.5" if isinstance(fill, LitresFill) else None
        visitors.append(Visitor(number, rng.choice(list(Channel)), litres))
    return visitors


def fills_of(rng: random.Random) -> list[dict[str, Any] | None]:
    """None: the viewer's usual."""
    return [
        None,
        {"pumpAmountFen": rng.randrange(5_000, 80_000)},
        {"litres": f"{rng.randint(5, 90)}.{rng.randint(0, 999):03d}"},
    ]


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
async def test_the_headline_is_the_price_of_the_quote(moment: datetime):
    rng = random.Random(moment.isoformat())
    promotions = seed_promotions()
    world = World.of(stations_of(rng, promotions), promotions)
    compared = discounted = 0
    for visitor in visitors_of(rng, world, promotions):
        request = {"user_id": visitor.user_id, "channel": visitor.channel, "moment": moment}
        for fill in fills_of(rng):
            grade = rng.choice(GRADES)
            data = await world.ask(CARDS, {"grade": grade.value, "fill": fill}, **request)
            cards = [
                (edge["node"]["id"], product)
                for edge in data["stations"]["edges"]
                for product in edge["node"]["products"]
            ]
            for station_id, product in rng.sample(cards, 3):
                card = product["effectivePrice"]
                meant = fill or usual_fill(visitor, card)
                quoted = await preview(world, station_id, product["fuelGrade"], meant, request)
                same_price(card, quoted)
                adds_up(quoted)
                compared += 1
                discounted += card["savings"]["fen"] > 0
    assert compared == 16 * 3 * 3
    assert discounted > compared // 2


def usual_fill(visitor: Visitor, card: dict[str, Any]) -> dict[str, Any]:
    """What the card was made for when it was asked for no fill: the pump amount that it shows is
    exact only where the usual fill is an amount."""
    if visitor.usual_litres:
        return {"litres": visitor.usual_litres}
    return {"pumpAmountFen": card["pumpAmount"]["fen"]}


async def preview(
    world: World,
    station_id: str,
    grade: str,
    fill: dict[str, Any],
    request: dict[str, Any],
) -> dict[str, Any]:
    wanted = {"stationId": station_id, "fuelGrade": grade, "fill": fill}
    answer = (await world.ask(PREVIEW, {"input": wanted}, **request))["checkoutPreview"]
    assert answer["userErrors"] == []
    return answer["preview"]


def same_price(card: dict[str, Any], quoted: dict[str, Any]) -> None:
    assert card["payable"] == quoted["payable"]
    assert card["pumpAmount"] == quoted["pumpAmount"]
    assert card["savings"] == quoted["discountTotal"]
    applied = [(offer["label"], offer["discount"]["fen"]) for offer in card["appliedOffers"]]
    assert applied == [(o["label"], o["discount"]["fen"]) for o in quoted["applied"]]
    assert card["pointsUsed"] == any(offer["points"] for offer in quoted["applied"])
    assert card["litres"] == quoted["litres"]
    assert card["unitPrice"] == quoted["effectivePrice"]


def adds_up(quoted: dict[str, Any]) -> None:
    """From the pump amount to the payable, line by line, to the fen."""
    running = 0
    for line in quoted["lines"]:
        running += line["amount"]["fen"]
        assert line["runningTotal"]["fen"] == running
    assert running == quoted["payable"]["fen"] >= 0
    pump, fee = quoted["pumpAmount"]["fen"], quoted["feeTotal"]["fen"]
    assert running == pump + fee - quoted["discountTotal"]["fen"]
    assert sum(o["discount"]["fen"] for o in quoted["applied"]) == quoted["discountTotal"]["fen"]
