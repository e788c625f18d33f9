"""What orders and rewards do with coupons, inside the caller's transaction and under the member's
lock."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.domain.orders.order import Order
from app.domain.orders.terms import OrderTerms
from app.domain.promotions.coupon_span import coupon_span
from app.domain.promotions.promotion import Promotion
from app.domain.wallet.coupon import Coupon, CouponOrigin, CouponStatus
from app.domain.wallet.lifecycle import CouponAct, IllegalCouponMove
from app.ports.coupons import NewCoupon
from app.ports.work import Work
from app.resolvers.counting import take_stock
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject


async def reserve(
    work: Work, order_id: int, terms: OrderTerms, user_id: int, moment: datetime
) -> None:
    """The order holds the coupons of its terms; all of them, or raises `Refused`: COUPON_TAKEN
    (another order's), COUPON_EXPIRED, NOT_ELIGIBLE (revoked, or not valid yet)."""
    wanted = terms.coupon_ids
    if not wanted:
        return
    held = await work.coupons.reserve(user_id, wanted, order_id, moment)
    missing = [coupon_id for coupon_id in wanted if coupon_id not in held]
    if missing:
        found = await work.coupons.coupons(user_id, missing)
        raise Refused(*_why_not(missing, found, moment))


async def release(work: Work, order: Order, moment: datetime) -> int:
    """The unpaid order is gone: its coupons are usable again, or EXPIRED where their end has
    passed. How many; a second call: 0."""
    return await work.coupons.move_of_order(order.user_id, order.id, CouponAct.RELEASE, moment)


async def redeem(work: Work, order: Order, moment: datetime) -> None:
    """The order is paid: its coupons are used up. Once an order: raises `IllegalCouponMove` when
    it does not hold all of them."""
    moved = await work.coupons.move_of_order(order.user_id, order.id, CouponAct.REDEEM, moment)
    if moved != len(order.terms.coupon_ids):
        raise IllegalCouponMove(None, CouponAct.REDEEM)


async def give_back(work: Work, order: Order, moment: datetime) -> int:
    """The whole order was refunded: its coupons are usable again if still valid, else EXPIRED.
    How many; a second call: 0."""
    return await work.coupons.move_of_order(order.user_id, order.id, CouponAct.GIVE_BACK, moment)


async def grant(
    work: Work,
    user_id: int,
    batch: Promotion,
    cause: str,
    moment: datetime,
    *,
    stock_kept: bool = False,
) -> int | None:
    """A coupon of the batch as a reward; its id, of the first call where the cause repeats.
    `stock_kept`: it was taken out of the stock before.

    None: out of stock, or the batch has ended; nothing is given. A batch's `per_user` bounds what
    members take for themselves, not what they are given. Changes the batch's shared counter: last
    in the transaction, several in the order of their codes.
    """
    known = await work.coupons.of_cause(user_id, cause)
    if known is not None:
        return known
    valid_from, valid_until = coupon_span(batch, moment)
    if valid_from >= valid_until or not (stock_kept or await take_stock(work, batch, 1)):
        return None
    return await work.coupons.add(
        NewCoupon(
            user_id=user_id,
            batch_code=batch.code,
            origin=CouponOrigin.GRANT,
            cause=cause,
            claimed_at=moment,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    )


def _why_not(
    coupon_ids: Iterable[int], found: Mapping[int, Coupon], moment: datetime
) -> list[Refusal]:
    """The first reason in each coupon's way; one code is told once."""
    codes = {_code(found.get(coupon_id), moment): None for coupon_id in coupon_ids}
    return [Refusal(code=code, at=("quote_token",), subject=Subject.COUPON) for code in codes]


def _code(coupon: Coupon | None, moment: datetime) -> ErrorCode:
    """A coupon that is not there was never this member's: another's, as far as they are told."""
    status = coupon.status_at(moment) if coupon else CouponStatus.RESERVED
    match status:
        case CouponStatus.EXPIRED:
            return ErrorCode.COUPON_EXPIRED
        case CouponStatus.RESERVED | CouponStatus.REDEEMED:
            return ErrorCode.COUPON_TAKEN
        case CouponStatus.USABLE | CouponStatus.REVOKED:
            return ErrorCode.NOT_ELIGIBLE
