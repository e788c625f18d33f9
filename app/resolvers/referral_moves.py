"""What an order does to the referral of the friend who placed it, inside the caller's transaction
and under the friend's lock. Each is done once: a second call changes nothing."""

from datetime import datetime

from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from app.domain.referral.referral import Referral, Side, SideState
from app.ports.jobs import Job
from app.ports.work import Work

REWARD_JOB = "referrals.reward"


async def order_completed(work: Work, order: Order, moment: datetime) -> None:
    """The friend's first completed order that paid enough starts the cooling of both rewards, and
    defers a job for each side at its end."""
    referral = await work.referrals.referral(order.user_id)
    if referral is None or not _pays_enough(referral, order):
        return
    rewards_at = moment + referral.terms.cooling
    if await work.referrals.qualify(order.user_id, order.id, rewards_at):
        for side in Side:
            await work.jobs.defer(side_job(referral, side, rewards_at))


async def order_refunded(work: Work, order: Order, moment: datetime) -> None:
    """The order that qualified was refunded, wholly or until too little was left: rewards that
    still cool are refused, those given are to be taken back, each by a job of its side's member.

    Call it for every refund that is done, before shared counters are touched.
    """
    referral = await work.referrals.referral(order.user_id)
    if referral is None or referral.order_id != order.id or _pays_enough(referral, order):
        return
    for side in Side:
        friend_id = order.user_id
        if await work.referrals.advance(
            friend_id, side, SideState.COOLING, SideState.REFUSED, moment
        ):
            continue
        if await work.referrals.advance(
            friend_id, side, SideState.REWARDED, SideState.REVERSING, moment
        ):
            await work.jobs.defer(side_job(referral, side, None))


def side_job(referral: Referral, side: Side, at: datetime | None) -> Job:
    """The job that does what is due to a side."""
    given = {
        "user_id": referral.beneficiary(side),
        "friend_id": referral.friend_id,
        "side": side.value,
    }
    key = f"{REWARD_JOB}:{referral.friend_id}:{side.value}:{'reward' if at else 'reverse'}"
    return Job(name=REWARD_JOB, given=given, at=at, key=key)


def _pays_enough(referral: Referral, order: Order) -> bool:
    kept_fen = order.terms.payable_fen - order.refunded_fen
    whole = order.status is OrderStatus.REFUNDED
    return not whole and kept_fen >= referral.terms.least_paid_fen
