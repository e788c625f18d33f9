"""What becomes of referral when accounts join: rewards follow, and nobody invites themselves."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.referral.referral import Side
from app.resolvers.referral_rewards import settle_side
from app.resolvers.referrals import bind, make_code
from tests.fakes.world import NOON
from tests.identities.pairs import ELDER, REFERRER, YOUNGER, Two
from tests.storage.test_accounts import BROKEN
from tests.support.orders import order_terms
from tests.support.purchases import Shop


class TestReferral:
    async def bind(self, two: Two, friend: int, referrer: int) -> None:
        shop = Shop(two.people.engine, user_id=friend)
        code = await make_code(Shop(two.people.engine, user_id=referrer).desk(), referrer)
        shop.moment = NOON - timedelta(days=6)
        answer = await bind(shop.desk(), friend, code, f"bind-{friend}")
        assert not isinstance(answer, tuple), answer

    async def rewarded(self, two: Two, friend: int, referrer: int) -> None:
        """Bound, and both sides rewarded after the friend's first order."""
        await self.bind(two, friend, referrer)
        shop = Shop(two.people.engine, user_id=friend)
        await shop.complete(await shop.buy(order_terms()))
        shop.later(days=8)
        for side, user_id in ((Side.FRIEND, friend), (Side.REFERRER, referrer)):
            await settle_side(shop.desk(), user_id, friend, side.value)

    async def referrals(self, two: Two) -> list[tuple[Any, ...]]:
        return await two.rows(
            "SELECT user_id, referrer_id, friend_state, referrer_state FROM referral ORDER BY 1"
        )

    async def credit(self, two: Two, user_id: int) -> int:
        query = (
            "SELECT coalesce(sum(available - owed), 0) FROM loyalty_account"
            " WHERE unit = 'FUEL_CREDIT' AND user_id = :u"
        )
        return (await two.rows(query, u=user_id))[0][0]

    async def test_who_invited_the_younger_invited_the_elder(self, two: Two):
        await self.rewarded(two, YOUNGER, REFERRER)
        before = await self.credit(two, REFERRER), await self.credit(two, YOUNGER)
        assert min(before) > 0
        await two.join()
        assert await self.referrals(two) == [(ELDER, REFERRER, "REWARDED", "REWARDED")]
        assert (await self.credit(two, REFERRER), await self.credit(two, ELDER)) == before
        causes = await two.rows("SELECT cause FROM ledger_entry WHERE cause LIKE 'referral:%'")
        assert sorted(causes) == [("referral:1:FRIEND",), ("referral:1:REFERRER",)]

    async def test_a_reward_that_moved_is_taken_back_once(self, two: Two):
        await self.rewarded(two, YOUNGER, REFERRER)
        await two.join()
        shop = two.elder
        shop.moment = NOON + timedelta(days=40)
        ((order_id,),) = await two.rows("SELECT id FROM fuel_order")
        await shop.refund(order_id)
        for _ in range(2):
            for side, user_id in ((Side.FRIEND, ELDER), (Side.REFERRER, REFERRER)):
                await settle_side(shop.desk(), user_id, ELDER, side.value)
        assert await self.referrals(two) == [(ELDER, REFERRER, "REVERSED", "REVERSED")]
        assert (await self.credit(two, REFERRER), await self.credit(two, ELDER)) == (0, 0)
        assert await two.rows(BROKEN) == []

    async def test_both_were_invited_the_elders_counts_and_rewards_stay(self, two: Two):
        await self.bind(two, ELDER, REFERRER)
        await self.rewarded(two, YOUNGER, REFERRER)
        before = await self.credit(two, YOUNGER)
        await two.join()
        assert await self.referrals(two) == [(ELDER, REFERRER, "BOUND", "BOUND")]
        assert await self.credit(two, ELDER) == before

    @pytest.mark.parametrize(("friend", "referrer"), [(ELDER, YOUNGER), (YOUNGER, ELDER)])
    async def test_who_invited_themselves_keeps_nothing_of_it(
        self, two: Two, friend: int, referrer: int
    ):
        await self.rewarded(two, friend, referrer)
        await two.join()
        assert await self.referrals(two) == []
        assert await self.credit(two, ELDER) == 0
        assert await two.rows("SELECT rewarded FROM referrer") == [(0,)]
        assert (await two.people.acts()).count("referral.reward") == 4

    async def test_friends_of_the_younger_are_the_elders(self, two: Two):
        await self.rewarded(two, REFERRER, YOUNGER)
        await two.join()
        assert await self.referrals(two) == [(REFERRER, ELDER, "REWARDED", "REWARDED")]
        assert await two.rows("SELECT user_id, rewarded FROM referrer") == [(ELDER, 1)]

    async def test_no_circle_is_closed(self, two: Two):
        """3 was invited by the elder, and invited the younger."""
        await self.bind(two, REFERRER, ELDER)
        await self.bind(two, YOUNGER, REFERRER)
        await two.join()
        assert await self.referrals(two) == [(REFERRER, ELDER, "BOUND", "BOUND")]
