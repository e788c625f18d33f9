"""Refunds in words."""

from app.domain.orders.refund_request import Restored, RestoredKind
from app.schema.texts.amounts import yuan
from app.schema.texts.words import Words


def restored_text(restored: Restored, words: Words) -> str:
    """One thing that a refund gave back, e.g. "积分 200 已退回"."""
    title = restored.title.in_language(words.language) if restored.title else ""
    zh, en = RESTORED_TEXTS[restored.kind]
    amount, money = restored.amount, yuan(restored.amount)
    return words.say(zh, en).format(title=title, amount=amount, money=money)


RESTORED_TEXTS = {
    RestoredKind.COUPON: ("「{title}」已退回券包", "“{title}” is back in your wallet"),
    RestoredKind.COUPON_EXPIRED: (
        "「{title}」已退回，但已过有效期",
        "“{title}” came back, but it has expired",
    ),
    RestoredKind.POINTS: ("积分 {amount} 已退回", "{amount} points are back"),
    RestoredKind.FUEL_CREDIT: ("加油金 {money} 元已退回", "¥{money} of fuel credit is back"),
}
