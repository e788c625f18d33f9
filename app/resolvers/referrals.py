"""Referral as members see it: their own code and friends, the landing page, and being bound."""

from dataclasses import dataclass

from app.domain.audit.record import AuditRecord
from app.domain.promotions.promotion import Promotion
from app.domain.referral.binding import BindRefusal, bind_refusal
from app.domain.referral.code import read_code
from app.domain.referral.referral import Referral
from app.domain.referral.rules import ReferralReward
from app.ports.attempts import AttemptKind
from app.ports.referral_reads import InvitedFriend, InviteePage, Landing, ReferrerStanding
from app.ports.work import Work
from app.resolvers.attempts import attempt, attempt_to_read
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.desk import Desk
from app.resolvers.once import Asked, Receipt, once, repeated
from app.resolvers.pages import Cursor, Page, check_first, page_by_instants, place_after
from app.resolvers.refusals import ErrorCode, Refusal, Refused

CODES = {
    BindRefusal.CLOSED: ErrorCode.OFFER_ENDED,
    BindRefusal.SELF: ErrorCode.REFERRAL_SELF,
    BindRefusal.BOUND: ErrorCode.REFERRAL_BOUND,
    BindRefusal.LATE: ErrorCode.REFERRAL_TOO_LATE,
}


@dataclass(frozen=True, slots=True)
class OwnReferral:
    """A referrer's code, and how they stand."""

    viewer: Viewer
    code: str
    standing: ReferrerStanding


@dataclass(frozen=True, slots=True)
class FoundLanding:
    """`open`: whether a friend who comes now may be bound and both would be rewarded."""

    code: str
    landing: Landing

    @property
    def open(self) -> bool:
        cap = self.landing.rules.cap
        return self.landing.rules.is_open and (cap is None or self.landing.rewarded < cap)


async def landing(context: RequestContext, typed: str) -> FoundLanding | None:
    """Public. None: nobody has this code. Raises `Throttled`: a code can be guessed at."""
    await attempt_to_read(context, AttemptKind.SHARE_CODE)
    return await _landing(context, typed)


async def _landing(context: RequestContext, typed: str) -> FoundLanding | None:
    code = read_code(typed)
    found = await context.referrals.landing(code) if code else None
    return FoundLanding(code, found) if code and found else None


async def own_referral(context: RequestContext, viewer: Viewer) -> OwnReferral:
    """The code is made when it is first asked for, and stays."""
    standing = await context.referrals.standing(viewer.user_id)
    code = standing.code or await make_code(context.desk(), viewer.user_id)
    return OwnReferral(viewer, code, standing)


async def make_code(desk: Desk, user_id: int) -> str:
    """The member's code; the same for ever after."""

    async def made() -> str:
        async with desk.works.begin(user_id) as work:
            return await work.referrals.code_of(user_id)

    return await repeated(made)


async def invitees(
    context: RequestContext, viewer: Viewer, first: int, after: Cursor | None
) -> Page[InvitedFriend]:
    """Bound last, first. Bad page size or cursor: `BadRequest`."""
    check_first(first)
    listing = f"invitees:{viewer.user_id}"
    place = place_after(after, listing)
    found = await context.referrals.invitees(
        InviteePage(referrer_id=viewer.user_id, first=first, after=place)
    )
    return page_by_instants(
        found[:first],
        lambda friend: (friend.bound_at, friend.friend_id),
        listing=listing,
        version=context.catalog.version,
        more=len(found) > first,
        after=place,
    )


def batch_of(context: RequestContext, reward: ReferralReward) -> Promotion | None:
    """The coupon batch that a reward is of; None: it is credit, or the batch has gone."""
    return context.catalog.rules.by_code.get(reward.batch_code or "")


async def bind_for_viewer(
    context: RequestContext, typed: str, key: str
) -> tuple[FoundLanding | None, tuple[Refusal, ...]]:
    """The landing page of who invited the viewer, or why they are not bound."""
    viewer = context.viewer()
    if viewer is None:
        return None, (Refusal(code=ErrorCode.SIGN_IN_REQUIRED),)
    throttled = await attempt(context, AttemptKind.SHARE_CODE, at="code")
    if throttled is not None:
        return None, (throttled,)
    answer = await bind(context.desk(), viewer.user_id, read_code(typed) or "", key)
    if isinstance(answer, tuple):
        return None, answer
    return await _landing(context, typed), ()


async def bind(desk: Desk, user_id: int, code: str, key: str) -> Receipt | tuple[Refusal, ...]:
    """Binds the member to the owner of a code, on the terms of this instant's rules. Refused:
    CODE_UNKNOWN, REFERRAL_SELF, REFERRAL_BOUND, REFERRAL_LOOP, REFERRAL_TOO_LATE, OFFER_ENDED."""

    async def act(work: Work) -> Receipt:
        referral = await _bindable(desk, work, user_id, code)
        if not await work.referrals.bind(referral):
            raise Refused(_refusal(ErrorCode.REFERRAL_BOUND))
        await work.audit.add(
            AuditRecord(
                act="referral.bind",
                subject=f"referral:{user_id}",
                user_id=user_id,
                at=desk.moment,
                actor=desk.actor,
                after={"referrer_id": referral.referrer_id},
            )
        )
        return {"referrer_id": referral.referrer_id}

    asked = Asked(operation="bindReferral", key=key, asked={"code": code})
    return await once(desk, user_id, asked, act)


async def _bindable(desk: Desk, work: Work, user_id: int, code: str) -> Referral:
    """The referral as it would be. Raises `Refused`. A loop is looked for last: from then on nobody
    else binds until the transaction ends."""
    referrer_id = await work.referrals.owner_of(code)
    if referrer_id is None:
        raise Refused(_refusal(ErrorCode.CODE_UNKNOWN))
    rules = await work.referrals.rules()
    newcomer = await work.referrals.newcomer(user_id)
    why = bind_refusal(rules, newcomer, user_id, referrer_id, desk.moment)
    if why in (None, BindRefusal.LATE) and await work.referrals.lead_to(user_id, referrer_id):
        raise Refused(_refusal(ErrorCode.REFERRAL_LOOP))
    if why is not None:
        raise Refused(_refusal(CODES[why]))
    return Referral(
        friend_id=user_id, referrer_id=referrer_id, bound_at=desk.moment, terms=rules.terms
    )


def _refusal(code: ErrorCode) -> Refusal:
    return Refusal(code=code, at=("code",))
