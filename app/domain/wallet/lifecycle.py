"""The life of a coupon (券): issued, reserved, released, redeemed, given back, expired, revoked.

One table says what each act needs and where it leads; the book of coupons writes its conditions
from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.wallet.coupon import CouponStatus


class CouponAct(StrEnum):
    """What moves a coupon on. ISSUE 发 or 领: it comes into being. RESERVE 锁: an order holds it.
    RELEASE 退: the unpaid order is gone. REDEEM 核销: the order is paid. GIVE_BACK: the whole order
    was refunded. EXPIRE 过期: its end has passed. REVOKE: an operator takes it back."""

    ISSUE = "ISSUE"
    RESERVE = "RESERVE"
    RELEASE = "RELEASE"
    REDEEM = "REDEEM"
    GIVE_BACK = "GIVE_BACK"
    EXPIRE = "EXPIRE"
    REVOKE = "REVOKE"


@dataclass(frozen=True, slots=True)
class CouponMove:
    """`before`: the stored status it needs (None: the coupon does not exist yet). `within`: the
    status that follows while the coupon is valid, `past`: from its end on; None: not allowed then.
    """

    before: CouponStatus | None
    within: CouponStatus | None
    past: CouponStatus | None


_S = CouponStatus
MOVES: dict[CouponAct, CouponMove] = {
    CouponAct.ISSUE: CouponMove(None, _S.USABLE, None),
    CouponAct.RESERVE: CouponMove(_S.USABLE, _S.RESERVED, None),
    CouponAct.RELEASE: CouponMove(_S.RESERVED, _S.USABLE, _S.EXPIRED),
    CouponAct.REDEEM: CouponMove(_S.RESERVED, _S.REDEEMED, _S.REDEEMED),
    CouponAct.GIVE_BACK: CouponMove(_S.REDEEMED, _S.USABLE, _S.EXPIRED),
    CouponAct.EXPIRE: CouponMove(_S.USABLE, None, _S.EXPIRED),
    CouponAct.REVOKE: CouponMove(_S.USABLE, _S.REVOKED, None),
}
"""All legal moves. A reserved coupon is redeemed also past its end: the order held it in time."""

FINAL = frozenset({CouponStatus.EXPIRED, CouponStatus.REVOKED})
"""Nothing moves them any more."""

OF_AN_ORDER = frozenset({CouponStatus.RESERVED, CouponStatus.REDEEMED})
"""An order holds the coupon, or used it."""


class IllegalCouponMove(Exception):
    """The coupon's state does not allow the act; nothing was changed."""

    def __init__(self, status: CouponStatus | None, act: CouponAct) -> None:
        super().__init__(f"a coupon that is {status or 'not there'} does not {act}")
        self.status = status
        self.act = act


def comes_back(act: CouponAct) -> bool:
    """Whether the act takes a coupon out of an order's hands."""
    move = MOVES[act]
    return move.before in OF_AN_ORDER and move.within not in OF_AN_ORDER


def next_status(
    status: CouponStatus | None, act: CouponAct, *, ended: bool, recalled: bool = False
) -> CouponStatus:
    """The stored status after the act, of a coupon stored as `status` (None: not there yet) whose
    end has passed or not. `recalled`: what it was given for was undone while an order had it; it
    is revoked where it would come back. Raises `IllegalCouponMove`."""
    move = MOVES[act]
    following = move.past if ended else move.within
    if status is not move.before or following is None:
        raise IllegalCouponMove(status, act)
    return CouponStatus.REVOKED if recalled and comes_back(act) else following
