"""What an order would earn, in the preview."""

from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import Reward
from app.domain.promotions.benefits.tier_factor import TierFactor
from app.domain.promotions.terms import Amount
from tests.resolvers.previews import asked, batch, member, offer, world_of

REWARDS = """
query ($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) { preview {
    payable { fen } applied { label } notApplied { label }
    rewards { kind label points money { fen } couponTitle }
  } }
}
"""


async def test_rewards_are_a_list_of_their_own():
    gold = (TierFactor(tier=MemberTier.GOLD, factor_bp=15_000),)
    world = world_of(
        offer("C", Reward(credit=Amount(off_fen=300)), sequence=2),
        offer("P", Reward(points_per_yuan=1, tier_factors=gold), sequence=1),
        offer("G", Reward(coupon_batch="next"), sequence=3),
        batch("next", 1_000, paused=False),
    )
    world.join(member(tier=MemberTier.GOLD))
    data = await world.ask(REWARDS, asked(), user_id=1)
    preview = data["checkoutPreview"]["preview"]
    assert preview["payable"]["fen"] == 20_000
    assert preview["applied"] == []
    assert [offer["label"] for offer in preview["notApplied"]] == ["优惠 next"]
    nothing = {"points": None, "money": None, "couponTitle": None}
    assert preview["rewards"] == [
        {**nothing, "kind": "POINTS", "label": "优惠 P", "points": 300},
        {**nothing, "kind": "FUEL_CREDIT", "label": "优惠 C", "money": {"fen": 300}},
        {**nothing, "kind": "COUPON", "label": "优惠 G", "couponTitle": "优惠 next"},
    ]
    guest = await world.ask(REWARDS, asked())
    assert guest["checkoutPreview"]["preview"]["rewards"] == []
