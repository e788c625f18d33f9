"""Two accounts of one person become one (账户合并). Decided in docs/adr/0081."""

from collections.abc import Sequence

from app.domain.audit.record import AuditRecord
from app.domain.identity.identity import Account, IdentifiedMember, elder_first
from app.domain.identity.session import SessionEnd
from app.domain.referral.referral import Referral, Side, SideState
from app.ports.errors import StorageConflict
from app.ports.work import Work
from app.resolvers import ledger_moves
from app.resolvers.front_desk import Arrival
from app.resolvers.referral_rewards import reward_cause


async def join(work: Work, one: Account, other: Account, arrival: Arrival) -> IdentifiedMember:
    """The account that began first stays, and has everything of the other. One transaction, the
    caller's, which holds no member's lock yet. Raises `StorageConflict` where either was joined
    meanwhile: repeat from the start."""
    elder, younger = elder_first(one, other)
    pair = (elder.user_id, younger.user_id)
    concerned = await _referrals(work, pair)
    locked = await work.joining.lock({*pair, *(each.referrer_id for each in concerned)})
    if not locked.issuperset(pair) or await _referrals(work, pair) != concerned:
        raise StorageConflict("the accounts changed meanwhile")
    for referral in concerned:
        await _settle(work, referral, pair, arrival)
    ended = await work.sessions.end(younger.user_id, None, arrival.moment, SessionEnd.JOINED)
    moved = await work.joining.join(elder.user_id, younger.user_id, arrival.moment)
    await work.audit.add(
        AuditRecord(
            act="account.join",
            subject=f"member:{younger.user_id}",
            user_id=elder.user_id,
            at=arrival.moment,
            actor=arrival.actor(elder.user_id),
            before={"joined_at": younger.joined_at.isoformat()},
            after={"elder": elder.user_id, **moved},
        )
    )
    return IdentifiedMember(
        user_id=elder.user_id, joined_user_id=younger.user_id, ended=tuple(ended)
    )


async def _referrals(work: Work, pair: tuple[int, int]) -> Sequence[Referral]:
    found = [await work.referrals.referral(user_id) for user_id in pair]
    return [referral for referral in found if referral is not None]


async def _settle(work: Work, referral: Referral, pair: tuple[int, int], arrival: Arrival) -> None:
    """What a referral that does not outlive the joining still owes. One who invited themselves
    keeps nothing of it; of a second invitation, what was to be taken back is taken back now, and
    what was given stays."""
    elder, younger = pair
    self_made = {referral.friend_id, referral.referrer_id} == set(pair)
    second = referral.friend_id == younger and await work.referrals.referral(elder) is not None
    if not self_made and not second:
        return
    over = {SideState.REVERSING, SideState.REWARDED} if self_made else {SideState.REVERSING}
    for side in Side:
        if referral.standing(side).state in over:
            await _take_back(work, referral, side, arrival)


async def _take_back(work: Work, referral: Referral, side: Side, arrival: Arrival) -> None:
    """Credit as far as it is there, the rest stays owed; a coupon that is not used is revoked."""
    user_id, coupon_id = referral.beneficiary(side), referral.standing(side).coupon_id
    cause = reward_cause(referral, side)
    await ledger_moves.take_credit_back(work, user_id, cause, arrival.moment)
    if coupon_id is not None:
        await work.coupons.revoke_one(user_id, coupon_id, arrival.moment)
    if side is Side.REFERRER:
        await work.referrals.give_place_back(referral.referrer_id)
    await work.audit.add(
        AuditRecord(
            act="referral.reward",
            subject=f"referral:{referral.friend_id}",
            user_id=user_id,
            at=arrival.moment,
            actor=arrival.actor(user_id),
            before={"side": side.value, "state": referral.standing(side).state.value},
            after={"side": side.value, "state": SideState.REVERSED.value, "why": "joined"},
        )
    )
