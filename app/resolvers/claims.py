"""Coupons that members take for themselves: by a tap (领券), or by a code (兑换码)."""

import asyncio
from dataclasses import dataclass

from app.domain.audit.record import AuditRecord
from app.domain.promotions.audience import names_viewers, viewer_failures
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.claims import ClaimFacts, ClaimState, claim_state
from app.domain.promotions.coupon_span import coupon_span
from app.domain.promotions.eligibility import standing_failures
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import ReasonCode
from app.domain.promotions.shopper import Shopper
from app.domain.wallet.codes import read_code
from app.domain.wallet.coupon import CouponOrigin
from app.ports.attempts import AttemptKind
from app.ports.code_hashes import CodeHashes
from app.ports.coupons import KnownCode, NewCoupon
from app.ports.work import Work
from app.resolvers.attempts import attempt
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.counting import take_stock
from app.resolvers.desk import Desk
from app.resolvers.keys import CouponKey
from app.resolvers.once import Asked, Receipt, once
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject
from app.resolvers.wallet import HeldCoupon, held_coupon

CODE_UNKNOWN = Refusal(code=ErrorCode.CODE_UNKNOWN, at=("code",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of it, as it stands after it. `viewer` None: a guest, who has no wallet."""

    viewer: Viewer | None = None
    promotion: Promotion | None = None
    held: HeldCoupon | None = None
    refusals: tuple[Refusal, ...] = ()


async def claim_offer(context: RequestContext, code: str | None, key: str) -> Taken:
    """One coupon of the batch, by its code (None: an id that names none), for the viewer."""
    viewer = context.viewer()
    if viewer is None:
        return Taken(refusals=(Refusal(code=ErrorCode.SIGN_IN_REQUIRED),))
    promotion = context.catalog.rules.by_code.get(code or "")
    shopper = await _claimant(viewer, promotion)
    answer = await claim(context.desk(), shopper, code or "", key)
    return await _taken(context, viewer, promotion, answer)


async def redeem_code(context: RequestContext, typed: str, key: str) -> Taken:
    """The coupon that a code gives, for the viewer."""
    viewer = context.viewer()
    if viewer is None:
        return Taken(refusals=(Refusal(code=ErrorCode.SIGN_IN_REQUIRED),))
    throttled = await attempt(context, AttemptKind.COUPON_CODE, at="code")
    if throttled is not None:
        return Taken(viewer=viewer, refusals=(throttled,))
    answer = await redeem(context.desk(), viewer.user_id, context.code_hashes, typed, key)
    return await _taken(context, viewer, None, answer)


async def _claimant(viewer: Viewer, promotion: Promotion | None) -> Shopper:
    """The viewer, with what the offer asks of a viewer: nothing is read for what it does not."""
    if promotion is None or not names_viewers(promotion):
        return Shopper(user_id=viewer.user_id)
    loaders, user_id = viewer.loaders, viewer.user_id
    member, habits = await asyncio.gather(
        loaders.member.load(user_id), loaders.habits.load(user_id)
    )
    if member is None:
        return Shopper(user_id=user_id)
    return Shopper(
        user_id=user_id,
        tier=member.tier,
        segments=member.segments,
        first_order=habits.counted_orders == 0,
    )


async def _taken(
    context: RequestContext,
    viewer: Viewer,
    promotion: Promotion | None,
    answer: Receipt | tuple[Refusal, ...],
) -> Taken:
    """Read anew: whatever the request knew before is of before the claim."""
    context.forget()
    if isinstance(answer, tuple):
        return Taken(viewer=viewer, promotion=promotion, refusals=answer)
    key = CouponKey(viewer.user_id, int(answer["coupon"] or 0))
    held = await held_coupon(context, key)
    return Taken(viewer=viewer, promotion=promotion, held=held)


async def claim(desk: Desk, shopper: Shopper, code: str, key: str) -> Receipt | tuple[Refusal, ...]:
    """Claims one coupon of the batch for the shopper, once a key: {"coupon": its id}.

    `per_user` holds by the member's lock, the stock by its counter. Refusals: NOT_FOUND,
    OFFER_ENDED, NOT_ELIGIBLE, ALREADY_CLAIMED (a limit's), OUT_OF_STOCK, SIGN_IN_REQUIRED (the
    member is gone), IDEMPOTENCY_CONFLICT, INVALID_INPUT (the key's form).
    """
    user_id = shopper.user_id or 0

    async def act(work: Work) -> Receipt:
        batch = desk.catalog.rules.by_code.get(code)
        if batch is None:
            raise Refused(
                Refusal(code=ErrorCode.NOT_FOUND, at=("offer_id",), subject=Subject.OFFER)
            )
        had = 0 if batch.delivery is None else await work.coupons.had_of_batch(user_id, code)
        _refuse_claim(desk, batch, shopper, had)
        coupon_id = await _give(desk, work, user_id, batch, CouponOrigin.CLAIM, None)
        await work.audit.add(_record(desk, "coupon.claim", user_id, coupon_id, batch))
        await _take_one(work, batch, "offer_id")
        return {"coupon": coupon_id}

    return await once(
        desk, user_id, Asked(operation="claimOffer", key=key, asked={"offer": code}), act
    )


async def redeem(
    desk: Desk, user_id: int, hashes: CodeHashes, typed: str, key: str
) -> Receipt | tuple[Refusal, ...]:
    """Gives the code's coupon to the member, once a key and once a code: {"coupon": its id}.

    A text that cannot be a code is refused without a look at the database; a well-formed code that
    does not exist is counted against the member. Refusals: CODE_UNKNOWN, ALREADY_CLAIMED (the code,
    or by `per_user`), OUT_OF_STOCK, OFFER_ENDED (also a revoked code), NOT_ELIGIBLE (paused), and
    those of `once`.
    """
    code = read_code(typed)
    if code is None:
        return (CODE_UNKNOWN,)
    hashed = hashes.of(code)

    async def act(work: Work) -> Receipt:
        known = await work.coupons.code_of(hashed)
        if known is None:
            misses = await work.coupons.count_miss(user_id, desk.moment)
            return {"coupon": None, "misses": misses}
        batch = _open_batch(desk, known)
        had = await work.coupons.had_of_batch(user_id, batch.code)
        if batch.delivery and had >= batch.delivery.per_user:
            raise Refused(_had_enough(batch, had, "code"))
        if not await work.coupons.take_code(hashed, user_id, desk.moment):
            raise Refused(_code_refused(ErrorCode.ALREADY_CLAIMED))
        cause = f"code:{hashed[0].hex()}"
        coupon_id = await _give(desk, work, user_id, batch, CouponOrigin.CODE, cause)
        await work.audit.add(_record(desk, "coupon.redeem_code", user_id, coupon_id, batch))
        await _take_one(work, batch, "code")
        return {"coupon": coupon_id}

    asked = Asked(operation="redeemCode", key=key, asked={"code": hashed[0].hex()})
    answer = await once(desk, user_id, asked, act)
    if not isinstance(answer, tuple) and answer["coupon"] is None:
        return (CODE_UNKNOWN,)
    return answer


def _open_batch(desk: Desk, known: KnownCode) -> Promotion:
    """The batch of a code that may still be redeemed. Raises `Refused`."""
    batch = desk.catalog.rules.by_code.get(known.batch_code)
    if known.redeemed_by is not None:
        raise Refused(_code_refused(ErrorCode.ALREADY_CLAIMED))
    if known.revoked or batch is None or batch.delivery is None or _is_over(desk, batch):
        raise Refused(_code_refused(ErrorCode.OFFER_ENDED))
    if batch.paused:
        raise Refused(Refusal(code=ErrorCode.NOT_ELIGIBLE, at=("code",), subject=Subject.OFFER))
    return batch


def _code_refused(code: ErrorCode) -> Refusal:
    return Refusal(code=code, at=("code",), subject=Subject.CODE)


def _is_over(desk: Desk, batch: Promotion) -> bool:
    ends_at = batch.validity.ends_at
    return ends_at is not None and desk.moment >= ends_at


def _refuse_claim(desk: Desk, batch: Promotion, shopper: Shopper, had: int) -> None:
    """Raises `Refused` unless the batch is to be claimed by this shopper now; stock is asked
    last, when it is taken."""
    match claim_state(batch, desk.moment, ClaimFacts(shopper=shopper, claimed=had)):
        case ClaimState.CLAIMABLE | ClaimState.SOLD_OUT:
            return
        case ClaimState.ENDED:
            refusal = Refusal(code=ErrorCode.OFFER_ENDED, at=("offer_id",))
        case ClaimState.CLAIMED:
            refusal = _had_enough(batch, had, "offer_id")
        case ClaimState.SIGN_IN:
            refusal = Refusal(code=ErrorCode.SIGN_IN_REQUIRED)
        case ClaimState.AUTOMATIC:
            refusal = Refusal(
                code=ErrorCode.NOT_ELIGIBLE, at=("offer_id",), subject=Subject.AUTOMATIC
            )
        case ClaimState.NOT_ELIGIBLE:
            refusal = _not_eligible(desk, batch, shopper)
    raise Refused(refusal)


def _had_enough(batch: Promotion, had: int, at: str) -> Refusal:
    limit = batch.delivery.per_user if batch.delivery else None
    return Refusal(code=ErrorCode.ALREADY_CLAIMED, at=(at,), limit=limit, used=had)


def _not_eligible(desk: Desk, batch: Promotion, shopper: Shopper) -> Refusal:
    standing = standing_failures(Candidate(batch), desk.moment, guest=False)
    reasons = tuple(reason for reason in standing if reason.code is not ReasonCode.NOT_CLAIMED)
    return Refusal(
        code=ErrorCode.NOT_ELIGIBLE,
        at=("offer_id",),
        reasons=(*reasons, *viewer_failures(batch, shopper)),
    )


async def _give(
    desk: Desk,
    work: Work,
    user_id: int,
    batch: Promotion,
    origin: CouponOrigin,
    cause: str | None,
) -> int:
    """The new coupon's id. Raises `Refused` where the cause was answered with a coupon before."""
    valid_from, valid_until = coupon_span(batch, desk.moment)
    added = await work.coupons.add(
        NewCoupon(
            user_id=user_id,
            batch_code=batch.code,
            origin=origin,
            cause=cause,
            claimed_at=desk.moment,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    )
    if added is None:
        raise Refused(_code_refused(ErrorCode.ALREADY_CLAIMED))
    return added


async def _take_one(work: Work, batch: Promotion, at: str) -> None:
    """The stock's counter, which all share: the last statement of the act. Raises `Refused`."""
    if not await take_stock(work, batch, 1):
        raise Refused(Refusal(code=ErrorCode.OUT_OF_STOCK, at=(at,)))


def _record(desk: Desk, act: str, user_id: int, coupon_id: int, batch: Promotion) -> AuditRecord:
    return AuditRecord(
        act=act,
        subject=f"coupon:{coupon_id}",
        user_id=user_id,
        at=desk.moment,
        actor=desk.actor,
        after={"batch": batch.code},
    )
