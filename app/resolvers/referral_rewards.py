"""The rewards of a referral, each side in a transaction of its own member: given once, taken back
once."""

from collections.abc import Mapping

from app.domain.audit.record import AuditRecord, Plain
from app.domain.referral.referral import Referral, Side, SideState
from app.ports.work import UnknownMember, Work
from app.resolvers import coupon_moves, ledger_moves
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.resolvers.sweeping import each_by_itself

MOST_SWEPT = 500
"""Sides that one sweep takes on; what is left is the next one's."""


async def settle_side(desk: Desk, user_id: int, friend_id: int, side: str) -> None:
    """The job `referrals.reward`: what is due to one side of the friend's referral, by what is
    stored. `user_id`: the side's member. Early, or a second time, it changes nothing; nor for a
    member who is gone."""

    async def done() -> None:
        async with desk.works.begin(user_id) as work:
            referral = await work.referrals.referral(friend_id)
            if referral is None or referral.beneficiary(Side(side)) != user_id:
                return
            if _cooled(desk, referral, Side(side)):
                await _reward(desk, work, referral, Side(side))
            elif referral.standing(Side(side)).state is SideState.REVERSING:
                await _take_back(desk, work, referral, Side(side))

    try:
        await repeated(done)
    except UnknownMember:
        return


async def sweep_referrals(desk: Desk) -> int:
    """The schedule `referrals.sweep`: all sides with something due, whatever became of their jobs.
    How many."""
    async with desk.works.begin(None) as work:
        due = await work.referrals.due(desk.moment, MOST_SWEPT)
        found = [(await work.referrals.referral(friend_id), side) for friend_id, side in due]
    sides = [
        (referral.beneficiary(side), referral.friend_id, side)
        for referral, side in found
        if referral is not None
    ]
    await each_by_itself(sides, lambda each: settle_side(desk, *each))
    return len(due)


def _cooled(desk: Desk, referral: Referral, side: Side) -> bool:
    cooling = referral.standing(side).state is SideState.COOLING
    return cooling and referral.rewards_at is not None and referral.rewards_at <= desk.moment


async def _reward(desk: Desk, work: Work, referral: Referral, side: Side) -> None:
    """COOLING → REWARDED; → REFUSED where the referrer's cap is reached, or the coupon's batch has
    gone, ended or run out. Who comes second, a refund or another run, finds the state changed."""
    friend_id, at = referral.friend_id, desk.moment
    if not await work.referrals.advance(friend_id, side, SideState.COOLING, SideState.REWARDED, at):
        return
    why = await _given(desk, work, referral, side)
    if why is not None:
        await work.referrals.advance(friend_id, side, SideState.REWARDED, SideState.REFUSED, at)
    becomes = SideState.REWARDED if why is None else SideState.REFUSED
    await _record(desk, work, referral, side, {"state": becomes.value, "why": why})


async def _given(desk: Desk, work: Work, referral: Referral, side: Side) -> str | None:
    """None: the reward is given; else why not."""
    user_id, reward = referral.beneficiary(side), referral.reward(side)
    if side is Side.REFERRER:
        cap = (await work.referrals.rules()).cap
        if not await work.referrals.take_place(user_id, cap):
            return "cap"
    if reward.credit_fen is not None:
        await ledger_moves.grant_credit(
            work, user_id, reward.credit_fen, reward_cause(referral, side), desk.moment
        )
        return None
    batch = desk.catalog.rules.by_code.get(reward.batch_code or "")
    coupon_id = None
    if batch is not None:
        cause = reward_cause(referral, side)
        coupon_id = await coupon_moves.grant(work, user_id, batch, cause, desk.moment)
    if coupon_id is None:
        await _give_place_back(work, referral, side)
        return "batch"
    await work.referrals.note_coupon(referral.friend_id, side, coupon_id)
    return None


async def _take_back(desk: Desk, work: Work, referral: Referral, side: Side) -> None:
    """REVERSING → REVERSED: credit is taken back, what was spent of it stays owed; a coupon is
    recalled."""
    friend_id, at = referral.friend_id, desk.moment
    if not await work.referrals.advance(
        friend_id, side, SideState.REVERSING, SideState.REVERSED, at
    ):
        return
    user_id, coupon_id = referral.beneficiary(side), referral.standing(side).coupon_id
    await ledger_moves.take_credit_back(work, user_id, reward_cause(referral, side), at)
    if coupon_id is not None:
        await work.coupons.recall(user_id, coupon_id, at)
    await _give_place_back(work, referral, side)
    await _record(desk, work, referral, side, {"state": SideState.REVERSED.value})


async def _give_place_back(work: Work, referral: Referral, side: Side) -> None:
    if side is Side.REFERRER:
        await work.referrals.give_place_back(referral.referrer_id)


def reward_cause(referral: Referral, side: Side) -> str:
    """What a side's reward is given for: once a referral."""
    return f"referral:{referral.friend_id}:{side.value}"


async def _record(
    desk: Desk, work: Work, referral: Referral, side: Side, after: Mapping[str, Plain]
) -> None:
    await work.audit.add(
        AuditRecord(
            act="referral.reward",
            subject=f"referral:{referral.friend_id}",
            user_id=referral.beneficiary(side),
            at=desk.moment,
            actor=desk.actor,
            before={"side": side.value, "state": referral.standing(side).state.value},
            after={"side": side.value, **after},
        )
    )
