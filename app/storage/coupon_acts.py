"""Statements that move coupons, written from the table of legal moves."""

from sqlalchemy import DateTime, Text, Update, bindparam, case, literal, update

from app.domain.wallet.coupon import CouponStatus
from app.domain.wallet.lifecycle import MOVES, CouponAct, comes_back
from app.storage.tables import CouponRow, table_of

COUPON = table_of(CouponRow)
MOMENT = bindparam("moment", type_=DateTime(timezone=True))


class NotAMove(ValueError):
    """An act that makes a coupon moves none."""


def moving(act: CouponAct) -> Update:
    """An UPDATE of all coupons that the act may move at `:moment`: who uses it names which. Those
    that leave an order's hands forget it, and are revoked if they were recalled."""
    move = MOVES[act]
    if move.before is None:
        raise NotAMove(act)
    statement = update(COUPON).where(COUPON.c.status == move.before.value)
    ended = COUPON.c.valid_until <= MOMENT
    if move.within is None or move.past is None:
        only = ended if move.within is None else ~ended
        following = move.within or move.past
        statement = statement.where(only).values(status=following and following.value)
    else:
        following = [(ended, literal(move.past.value, Text))]
        if comes_back(act):
            recalled = literal(CouponStatus.REVOKED.value, Text)
            following.insert(0, (COUPON.c.recalled_at.is_not(None), recalled))
            statement = statement.values(order_id=None)
        status = case(*following, else_=literal(move.within.value, Text))
        statement = statement.values(status=status)
    return statement
