"""Entries of a statement, in words."""

from app.domain.loyalty.entry import Entry, EntryKind, Occasion
from app.domain.loyalty.unit import Unit
from app.domain.shared.text import LocalizedText
from app.schema.texts.words import Words

_REWARD = LocalizedText(zh="加油奖励，已到账", en="Reward for an order, now available")
_PENDING = LocalizedText(zh="加油奖励，待入账", en="Reward for an order, pending")
_INVITED = LocalizedText(zh="邀请奖励", en="Referral reward")
_OPENING = LocalizedText(zh="原有余额", en="Balance brought forward")
_TAKEN_BACK = LocalizedText(zh="订单退款，收回奖励", en="Taken back: the order was refunded")
_GIVEN_BACK = LocalizedText(zh="订单取消或退款，退回", en="Given back: the order was undone")
_UNINVITED = LocalizedText(
    zh="好友退款，收回邀请奖励", en="Taken back: the friend's order was refunded"
)

_LABELS: dict[tuple[EntryKind, Occasion], LocalizedText] = {
    (EntryKind.ACCRUE, Occasion.ORDER): _PENDING,
    (EntryKind.ACCRUE, Occasion.REFERRAL): _INVITED,
    (EntryKind.RELEASE, Occasion.ORDER): _REWARD,
    (EntryKind.RELEASE, Occasion.OPENING): _OPENING,
    (EntryKind.ADJUST, Occasion.OPENING): _OPENING,
    (EntryKind.REVERSE, Occasion.ORDER): _TAKEN_BACK,
    (EntryKind.REVERSE, Occasion.REFERRAL): _UNINVITED,
    (EntryKind.ADJUST, Occasion.JOINING): LocalizedText(
        zh="账户合并，抵扣欠额", en="Accounts joined: what was owed is paid"
    ),
    (EntryKind.EXPIRE, Occasion.VALIDITY): LocalizedText(zh="到期", en="Expired"),
}
_BURNT = {
    Unit.POINTS: LocalizedText(zh="加油抵扣", en="Spent on an order"),
    Unit.FUEL_CREDIT: LocalizedText(zh="加油支付", en="Paid for an order"),
}


def entry_label(entry: Entry, words: Words) -> str:
    """What happened, e.g. 加油奖励，已到账."""
    return _label(entry).in_language(words.language)


def _label(entry: Entry) -> LocalizedText:
    if entry.kind is EntryKind.BURN:
        return _BURNT[entry.unit]
    if entry.undoes is not None:
        return _GIVEN_BACK
    return _LABELS[entry.kind, entry.cause.occasion]
