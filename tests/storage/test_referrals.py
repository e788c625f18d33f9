"""Referral over PostgreSQL, by the use cases: bound once, never to oneself or in a circle; both
sides rewarded exactly once after the friend's first completed order, and taken back with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.unit import Unit
from app.domain.promotions.promotion import CouponDelivery
from app.domain.referral.code import read_code
from app.domain.referral.referral import Side, SideState
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES, ReferralReward, ReferralRules
from app.domain.wallet.coupon import CouponStatus
from app.ports.referral_reads import InviteePage
from app.resolvers import referral_moves
from app.resolvers.referral_rewards import settle_side, sweep_referrals
from app.resolvers.referrals import bind, make_code
from app.resolvers.refusals import ErrorCode
from app.storage.balances import PostgresBalanceRepository
from app.storage.referral_reads import PostgresReferralRepository
from app.storage.statement_count import count_statements
from tests.domain.promotions.builders import batch as a_batch
from tests.fakes.world import catalog_of, station
from tests.support import rows
from tests.support.orders import order_terms
from tests.support.purchases import PRICES, Shop

REFERRER, FRIEND, OTHER = 1, 2, 3
COOLING = timedelta(days=7)


@dataclass
class Town:
    """Members 1 to 9, all new; each with a shop over one database, on one clock."""

    engine: AsyncEngine
    shops: dict[int, Shop]

    def __getitem__(self, user_id: int) -> Shop:
        return self.shops[user_id]

    def later(self, **span: Any) -> None:
        for shop in self.shops.values():
            shop.later(**span)

    async def code(self, user_id: int) -> str:
        return await make_code(self[user_id].desk(), user_id)

    async def bind(self, friend: int, referrer: int, key: str = "k") -> Mapping | list[ErrorCode]:
        answer = await bind(self[friend].desk(), friend, await self.code(referrer), key)
        return [r.code for r in answer] if isinstance(answer, tuple) else answer

    async def complete(self, friend: int, pump_amount_fen: int = 20_000) -> int:
        shop = self[friend]
        order_id = await shop.buy(order_terms(pump_amount_fen=pump_amount_fen))
        before = shop.moment
        await shop.complete(order_id)
        for other in self.shops.values():
            if other is not shop:
                other.moment += shop.moment - before
        return order_id

    async def settle(self, friend: int, times: int = 2) -> None:
        for _ in range(times):
            for side, user_id in ((Side.FRIEND, friend), (Side.REFERRER, REFERRER)):
                await settle_side(self[user_id].desk(), user_id, friend, side.value)

    async def states(self, friend: int) -> tuple[SideState, SideState]:
        async with self[friend].works.begin(None) as work:
            found = await work.referrals.referral(friend)
        return found.friend.state, found.referrer.state

    async def credit(self, user_id: int) -> int:
        reads = PostgresBalanceRepository(self.engine)
        found = await reads.balances([user_id], self[user_id].moment)
        account = found.get(user_id, {}).get(Unit.FUEL_CREDIT)
        return account.available - account.owed if account else 0

    async def publish(self, rules: ReferralRules) -> None:
        async with self[1].works.begin(None) as work:
            await work.referrals.publish(rules, "tests", self[1].moment)


@pytest.fixture
async def town(engine: AsyncEngine) -> Town:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    for user_id in range(1, 10):
        joined = Shop(engine).moment - timedelta(hours=1)
        await rows.put_member(engine, user_id, nickname=f"友{user_id}", joined_at=joined)
    return Town(engine, {user_id: Shop(engine, user_id=user_id) for user_id in range(1, 10)})


REWARDED = (SideState.REWARDED, SideState.REWARDED)


async def test_a_code_is_made_once(town: Town):
    codes = {await town.code(1), await town.code(1), *await asyncio.gather(*[town.code(1)] * 4)}
    assert len(codes) == 1
    assert {read_code(code) for code in codes} == codes
    assert await town.code(2) not in codes


async def test_a_friend_is_bound_once(town: Town):
    assert await town.bind(FRIEND, REFERRER) == {"referrer_id": REFERRER}
    assert await town.bind(FRIEND, REFERRER) == {"referrer_id": REFERRER}
    assert await town.bind(FRIEND, OTHER) == [ErrorCode.IDEMPOTENCY_CONFLICT]
    assert await town.bind(FRIEND, REFERRER, "k2") == [ErrorCode.REFERRAL_BOUND]
    assert await town.bind(FRIEND, OTHER, "k3") == [ErrorCode.REFERRAL_BOUND]
    acts = await town[1].rows("SELECT act, user_id FROM audit_event WHERE act = 'referral.bind'")
    assert acts == [("referral.bind", FRIEND)]


async def test_bindings_that_come_together_bind_once(town: Town):
    codes = [await town.code(user_id) for user_id in range(3, 9)]
    answers = await asyncio.gather(
        *(bind(town[FRIEND].desk(), FRIEND, code, f"k{n}") for n, code in enumerate(codes))
    )
    assert sum(not isinstance(answer, tuple) for answer in answers) == 1


async def test_nobody_invites_themselves_or_who_invited_them(town: Town):
    assert await town.bind(1, 1) == [ErrorCode.REFERRAL_SELF]
    for friend in (2, 3, 4):
        assert await town.bind(friend, friend - 1) == {"referrer_id": friend - 1}
    assert await town.bind(1, 2, "a") == [ErrorCode.REFERRAL_LOOP]
    assert await town.bind(1, 4, "b") == [ErrorCode.REFERRAL_LOOP]
    assert await town.bind(1, 5, "c") == {"referrer_id": 5}


async def test_members_that_bind_each_other_at_once_close_no_circle(town: Town):
    await asyncio.gather(*(town.code(user_id) for user_id in (1, 2, 3)))
    answers = await asyncio.gather(town.bind(1, 2), town.bind(2, 3), town.bind(3, 1))
    assert sum(isinstance(answer, dict) for answer in answers) == 2
    assert [ErrorCode.REFERRAL_LOOP] in answers


async def test_it_is_too_late_after_the_window_and_after_an_order(town: Town):
    await town[FRIEND].place(order_terms())
    assert await town.bind(FRIEND, REFERRER) == [ErrorCode.REFERRAL_TOO_LATE]
    town.later(days=7)
    assert await town.bind(OTHER, REFERRER) == [ErrorCode.REFERRAL_TOO_LATE]


async def test_an_unknown_code_and_a_closed_campaign(town: Town):
    answer = await bind(town[FRIEND].desk(), FRIEND, "22222222", "k")
    assert isinstance(answer, tuple)
    assert [r.code for r in answer] == [ErrorCode.CODE_UNKNOWN]
    await town.publish(replace(DEFAULT_REFERRAL_RULES, is_open=False))
    assert await town.bind(FRIEND, REFERRER, "k2") == [ErrorCode.OFFER_ENDED]


async def test_both_sides_are_rewarded_exactly_once_after_the_cooling(town: Town):
    await town.bind(FRIEND, REFERRER)
    await town.complete(FRIEND)
    assert await town.states(FRIEND) == (SideState.COOLING, SideState.COOLING)
    town.later(days=7, seconds=-1)
    await town.settle(FRIEND)
    assert await town.states(FRIEND) == (SideState.COOLING, SideState.COOLING)
    town.later(seconds=1)
    await town.settle(FRIEND, times=3)
    assert await town.states(FRIEND) == REWARDED
    assert (await town.credit(FRIEND), await town.credit(REFERRER)) == (1_000, 1_000)
    jobs = await town[1].rows(
        "SELECT args->>'side', args->>'user_id' FROM procrastinate_jobs"
        " WHERE task_name = 'referrals.reward' ORDER BY 1"
    )
    assert jobs == [("FRIEND", "2"), ("REFERRER", "1")]
    acts = await town[1].rows("SELECT count(*) FROM audit_event WHERE act = 'referral.reward'")
    assert acts == [(2,)]


async def test_runs_that_come_together_reward_once(town: Town):
    await town.bind(FRIEND, REFERRER)
    await town.complete(FRIEND)
    town.later(days=7)
    await asyncio.gather(*(town.settle(FRIEND, times=1) for _ in range(5)))
    assert (await town.credit(FRIEND), await town.credit(REFERRER)) == (1_000, 1_000)


async def test_only_the_first_completed_order_counts(town: Town):
    await town.bind(FRIEND, REFERRER)
    first = await town.complete(FRIEND)
    await town.complete(FRIEND)
    assert await town[1].rows("SELECT order_id FROM referral") == [(first,)]


async def test_an_order_that_pays_too_little_does_not_count(town: Town):
    await town.bind(FRIEND, REFERRER)
    await town.complete(FRIEND, 4_999)
    assert await town.states(FRIEND) == (SideState.BOUND, SideState.BOUND)
    await town.complete(FRIEND, 5_000)
    assert await town.states(FRIEND) == (SideState.COOLING, SideState.COOLING)


async def test_a_refund_while_it_cools_refuses_both(town: Town):
    await town.bind(FRIEND, REFERRER)
    order_id = await town.complete(FRIEND)
    await town[FRIEND].refund(order_id)
    assert await town.states(FRIEND) == (SideState.REFUSED, SideState.REFUSED)
    town.later(days=8)
    await town.settle(FRIEND)
    assert await sweep_referrals(town[1].desk()) == 0
    assert (await town.credit(FRIEND), await town.credit(REFERRER)) == (0, 0)
    await town.complete(FRIEND)
    assert await town.states(FRIEND) == (SideState.REFUSED, SideState.REFUSED)


async def test_a_small_refund_changes_nothing_and_a_large_one_refuses(town: Town):
    await town.bind(FRIEND, REFERRER)
    order_id = await town.complete(FRIEND)
    await town[FRIEND].refund(order_id, 15_000)
    assert await town.states(FRIEND) == (SideState.COOLING, SideState.COOLING)
    await town[FRIEND].refund(order_id, 1)
    assert await town.states(FRIEND) == (SideState.REFUSED, SideState.REFUSED)


async def test_a_refund_after_the_reward_takes_both_back_once(town: Town):
    await town.bind(FRIEND, REFERRER)
    order_id = await town.complete(FRIEND)
    town.later(days=7)
    await town.settle(FRIEND)
    await town[FRIEND].refund(order_id)
    assert await town.states(FRIEND) == (SideState.REVERSING, SideState.REVERSING)
    order = await town[FRIEND].order(order_id)
    async with town[FRIEND].works.begin(FRIEND) as work:
        await referral_moves.order_refunded(work, order, town[FRIEND].moment)
    await town.settle(FRIEND)
    assert await sweep_referrals(town[1].desk()) == 0
    assert await town.states(FRIEND) == (SideState.REVERSED, SideState.REVERSED)
    assert (await town.credit(FRIEND), await town.credit(REFERRER)) == (0, 0)
    assert await town[1].rows("SELECT rewarded FROM referrer") == [(0,)]


async def test_the_cap_is_exact_however_many_come_together(town: Town):
    await town.publish(replace(DEFAULT_REFERRAL_RULES, cap=2))
    friends = (2, 3, 4, 5, 6)
    for friend in friends:
        await town.bind(friend, REFERRER)
        await town.complete(friend)
    town.later(days=8)
    await asyncio.gather(*(town.settle(friend) for friend in friends))
    states = [await town.states(friend) for friend in friends]
    assert [friend for friend, _ in states] == [SideState.REWARDED] * 5
    assert sorted(side for _, side in states) == sorted(["REFUSED"] * 3 + ["REWARDED"] * 2)
    assert await town.credit(REFERRER) == 2_000
    assert await town[1].rows("SELECT rewarded FROM referrer") == [(2,)]


async def test_the_sweep_rewards_and_takes_back_what_no_job_did(town: Town):
    await town.bind(FRIEND, REFERRER)
    order_id = await town.complete(FRIEND)
    town.later(days=7)
    assert await sweep_referrals(town[1].desk()) == 2
    assert await town.states(FRIEND) == REWARDED
    await town[FRIEND].refund(order_id)
    assert await sweep_referrals(town[1].desk()) == 2
    assert await sweep_referrals(town[1].desk()) == 0
    assert (await town.credit(FRIEND), await town.credit(REFERRER)) == (0, 0)


async def rewarded_by_coupon(town: Town) -> int:
    """The friend is rewarded by a coupon; the qualifying order's id."""
    delivery = CouponDelivery(valid_days_from_claim=30, per_user=1)
    batch = a_batch("gift", 1_000, delivery=delivery)
    for shop in town.shops.values():
        shop.catalog = catalog_of([station(1, prices=PRICES)], [batch], 1)
    friend = ReferralReward(batch_code="gift")
    terms = replace(DEFAULT_REFERRAL_RULES.terms, friend=friend)
    await town.publish(replace(DEFAULT_REFERRAL_RULES, terms=terms))
    await town.bind(FRIEND, REFERRER)
    order_id = await town.complete(FRIEND)
    town.later(days=7)
    await town.settle(FRIEND)
    return order_id


async def coupons(town: Town) -> list[tuple[Any, ...]]:
    return await town[1].rows("SELECT user_id, batch_code, status FROM coupon")


async def test_a_coupon_is_granted_once_and_revoked_with_the_order(town: Town):
    order_id = await rewarded_by_coupon(town)
    assert await coupons(town) == [(FRIEND, "gift", CouponStatus.USABLE)]
    await town[FRIEND].refund(order_id)
    await town.settle(FRIEND)
    assert await coupons(town) == [(FRIEND, "gift", CouponStatus.REVOKED)]


async def test_terms_are_those_of_the_binding(town: Town):
    await town.bind(FRIEND, REFERRER)
    terms = replace(DEFAULT_REFERRAL_RULES.terms, friend=ReferralReward(credit_fen=9_999))
    await town.publish(replace(DEFAULT_REFERRAL_RULES, terms=terms))
    await town.complete(FRIEND)
    town.later(days=7)
    await town.settle(FRIEND)
    assert await town.credit(FRIEND) == 1_000


async def test_a_batch_that_is_not_there_refuses_its_side_alone(town: Town):
    terms = replace(DEFAULT_REFERRAL_RULES.terms, friend=ReferralReward(batch_code="gone"))
    await town.publish(replace(DEFAULT_REFERRAL_RULES, terms=terms))
    await town.bind(FRIEND, REFERRER)
    await town.complete(FRIEND)
    town.later(days=7)
    await town.settle(FRIEND)
    assert await town.states(FRIEND) == (SideState.REFUSED, SideState.REWARDED)


async def test_what_members_see_is_one_statement_each(town: Town):
    reads = PostgresReferralRepository(town.engine)
    assert await reads.landing("22222222") is None
    empty = await reads.standing(REFERRER)
    assert (empty.code, empty.invited, empty.rewarded, empty.earned) == (None, 0, 0, ())
    code = await town.code(REFERRER)
    for friend in (2, 3, 4):
        await town.bind(friend, REFERRER)
        town.later(seconds=1)
    await town.complete(FRIEND)
    await town[OTHER].buy(order_terms())
    town.later(days=8)
    await town.settle(FRIEND)
    with count_statements(town.engine) as count:
        landing = await reads.landing(code)
        standing = await reads.standing(REFERRER)
        page = await reads.invitees(InviteePage(referrer_id=REFERRER, first=2))
    assert len(count) == 3
    assert (landing.nickname, landing.rewarded) == ("友1", 1)
    assert (standing.code, standing.invited, standing.rewarded) == (code, 3, 1)
    assert standing.earned == ((ReferralReward(credit_fen=1_000), 1),)
    assert [(f.friend_id, f.has_paid) for f in page] == [(4, False), (3, True), (2, False)]
    after = page[1].bound_at, page[1].friend_id
    rest = await reads.invitees(InviteePage(referrer_id=REFERRER, first=2, after=after))
    assert [(f.friend_id, f.state) for f in rest] == [(2, SideState.REWARDED)]
