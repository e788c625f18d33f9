"""Statements that move coupons, written from the table of legal moves."""

from sqlalchemy import DateTime, Text, Update, bindparam, case, literal, update

from app.domain.wallet.lifecycle import MOVES, OF_AN_ORDER, CouponAct
from app.storage.tables import CouponRow, table_of

COUPON = table_of(CouponRow)
MOMENT = bindparam("moment", type_=DateTime(timezone=True))


class NotAMove(ValueError):
    """An act that makes a coupon moves none."""


def moving(act: CouponAct) -> Update:
    """An UPDATE of all coupons that the act may move at `:moment`: who uses it names which. Those
    that leave an order's hands forget it."""
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
        status = case(
            (ended, literal(move.past.value, Text)), else_=literal(move.within.value, Text)
        )
        statement = statement.values(status=status)
    if move.before in OF_AN_ORDER and move.within not in OF_AN_ORDER:
        statement = statement.values(order_id=None)
    return statement
