"""What a preview says will be earned once the order is completed."""

from app.domain.promotions.benefits.reward import Reward
from app.domain.promotions.terms import Percent
from app.domain.shared.text import Language
from tests.resolvers.previews import asked, batch, member, offer, world_of

REWARDS = """
query($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    preview { payable { fen } notApplied { label }
              rewards { kind label points money { fen } couponTitle } }
  }
}
"""
EARNED = (
    offer("points", Reward(points_per_yuan=2)),
    offer("credit", Reward(credit=Percent(off_bp=100))),
    offer("next", Reward(coupon_batch="ten")),
    batch("ten", 1_000),
)


async def test_points_credit_and_a_coupon_each_in_its_field():
    world = world_of(*EARNED)
    world.join(member())
    answer = await world.ask(REWARDS, asked(), user_id=1, language=Language.EN)
    found = answer["checkoutPreview"]["preview"]
    assert found["rewards"] == [
        {"kind": "FUEL_CREDIT", "label": "Offer credit", "points": None,
         "money": {"fen": 200}, "couponTitle": None},
        {"kind": "COUPON", "label": "Offer next", "points": None,
         "money": None, "couponTitle": "Offer ten"},
        {"kind": "POINTS", "label": "Offer points", "points": 400,
         "money": None, "couponTitle": None},
    ]  # fmt: skip
    assert found["payable"] == {"fen": 20_000}
    assert [offer["label"] for offer in found["notApplied"]] == ["Offer ten"]


async def test_a_guest_earns_nothing():
    answer = await world_of(*EARNED).ask(REWARDS, asked())
    assert answer["checkoutPreview"]["preview"]["rewards"] == []
