"""Why something does not apply, in words, with the gap that would close it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.profiles.member import MemberTier
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.schema.texts.amounts import day_and_time, litres, yuan
from app.schema.texts.conditions import MOST_NAMES, days_of_month_text, grades_text, weekdays_text
from app.schema.texts.names import CHANNELS, MEMBER_TIERS, PAYMENT_METHODS
from app.schema.texts.words import Words

SHOWN_IN = ZoneInfo("Asia/Shanghai")
"""Instants in sentences are in the zone that the platform's promotions run in."""


def reason_message(reason: Reason, words: Words) -> str:
    """One sentence for one reason. A guest is told to sign in, and that it may not be enough."""
    said = REASON_TEXTS[reason.code](reason, words)
    if not reason.guest:
        return said
    return words.say(f"请先登录（{said}）", f"Sign in first ({said[:1].lower()}{said[1:]})")


def _fixed(zh: str, en: str) -> Callable[[Reason, Words], str]:
    return lambda _, words: words.say(zh, en)


def _only(zh: str, en: str, name: Callable[[Words, str], str]) -> Callable[[Reason, Words], str]:
    """ "仅限 {names}": the first few that would do."""

    def said(reason: Reason, words: Words) -> str:
        named = _some(list(dict.fromkeys(name(words, code) for code in reason.accepted)), words)
        return words.say(zh, en).format(named) if named else words.say(zh, en).format("…")

    return said


def _some(names: Iterable[str], words: Words) -> str:
    listed = list(names)
    more = words.say("等", " and others") if len(listed) > MOST_NAMES else ""
    return words.join(listed[:MOST_NAMES]) + more


def _from(reason: Reason, words: Words) -> str:
    """When it opens, as a clause; empty where that is not known."""
    if reason.available_from is None:
        return ""
    opens = _local(reason.available_from, words)
    return words.say(f"，{opens} 起可用", f"; opens {opens}")


def _local(moment: datetime, words: Words) -> str:
    return day_and_time(moment.astimezone(SHOWN_IN), words)


def _fuel_grade(reason: Reason, words: Words) -> str:
    named = grades_text(map(FuelGrade, reason.accepted), words)
    return words.say(f"仅限 {named}", f"Only for {named}")


def _time_window(reason: Reason, words: Words) -> str:
    spans = words.join([span.replace("-", "–") for span in reason.accepted])
    return words.say(f"仅限每天 {spans}", f"Only {spans} each day") + _from(reason, words)


def _day_of_week(reason: Reason, words: Words) -> str:
    named = weekdays_text(map(int, reason.accepted), words)
    return words.say(f"仅限每{named}", f"Only on {named}") + _from(reason, words)


def _day_of_month(reason: Reason, words: Words) -> str:
    days = days_of_month_text(map(int, reason.accepted), words)
    return words.say(f"仅限{days}", f"Only {days}") + _from(reason, words)


def _member_tier(reason: Reason, words: Words) -> str:
    if not reason.accepted:
        return words.say("会员等级不足", "A higher tier is needed")
    tier = MEMBER_TIERS[MemberTier(reason.accepted[0])].in_language(words.language)
    return words.say(f"仅限{tier}及以上", f"Only for {tier} members and above")


def _threshold_amount(reason: Reason, words: Words) -> str:
    gap = yuan(reason.gap_fen or 0)
    return words.say(f"再加 {gap} 元可用", f"Add ¥{gap} to use it")


def _threshold_litres(reason: Reason, words: Words) -> str:
    gap = litres(reason.gap_ml or 0)
    return words.say(f"再加 {gap} 升可用", f"Add {gap} L to use it")


def _not_started(reason: Reason, words: Words) -> str:
    return words.say("尚未开始", "Not started yet") + _from(reason, words)


def _limit_reached(reason: Reason, words: Words) -> str:
    """How much a limit allows and when it starts anew; without figures it could not be read."""
    if reason.limit is not None:
        said = words.say(
            f"限用 {reason.limit} 次，已用 {reason.used} 次",
            f"Limited to {_times(reason.limit)}, used {_times(reason.used or 0)}",
        )
    elif reason.limit_fen is not None:
        most, used = yuan(reason.limit_fen), yuan(reason.used_fen or 0)
        said = words.say(f"限减 {most} 元，已减 {used} 元", f"Limited to ¥{most} off, ¥{used} used")
    else:
        return words.say("暂时无法确认剩余名额", "What is left of it cannot be read now")
    return said + _anew(reason, words)


def _budget_exhausted(reason: Reason, words: Words) -> str:
    """What others have used is theirs: no figures are told."""
    if reason.limit is None and reason.limit_fen is None:
        return _limit_reached(reason, words)
    return words.say("活动名额已用完", "This offer is used up") + _anew(reason, words)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _anew(reason: Reason, words: Words) -> str:
    if reason.resets_at is None:
        return ""
    starts = _local(reason.resets_at, words)
    return words.say(f"，{starts} 起可再用", f"; available again from {starts}")


def _points_short(reason: Reason, words: Words) -> str:
    if reason.gap_count is None:
        return words.say("积分不足", "Not enough points")
    points = "1 more point is" if reason.gap_count == 1 else f"{reason.gap_count} more points are"
    return words.say(f"还差 {reason.gap_count} 积分", f"{points} needed")


def _running_threshold(reason: Reason, words: Words) -> str:
    if reason.gap_fen is None:
        return words.say("减去其他优惠后未达门槛", "Below its threshold after the other offers")
    gap = yuan(reason.gap_fen)
    return words.say(
        f"减去其他优惠后，距门槛差 {gap} 元",
        f"¥{gap} short of its threshold after the other offers",
    )


REASON_TEXTS: dict[ReasonCode, Callable[[Reason, Words], str]] = {
    ReasonCode.STATION: _only("仅限油站：{}", "Only at {}", Words.station),
    ReasonCode.BRAND: _only("仅限{}油站", "Only at {} stations", Words.brand),
    ReasonCode.REGION: _only("仅限{}", "Only in {}", Words.region),
    ReasonCode.TAG: _only("仅限{}油站", "Only at {} stations", Words.amenity),
    ReasonCode.FUEL_GRADE: _fuel_grade,
    ReasonCode.TIME_WINDOW: _time_window,
    ReasonCode.DAY_OF_WEEK: _day_of_week,
    ReasonCode.DAY_OF_MONTH: _day_of_month,
    ReasonCode.FIRST_ORDER: _fixed("仅限新用户首单", "Only for the first order"),
    ReasonCode.SEGMENT: _fixed("仅限受邀用户", "Only for invited members"),
    ReasonCode.MEMBER_TIER: _member_tier,
    ReasonCode.CHANNEL: _only(
        "仅限{}", "Only in {}", lambda w, code: CHANNELS[Channel(code)].in_language(w.language)
    ),
    ReasonCode.PAYMENT_METHOD: _only(
        "仅限用{}付款",
        "Only when paid by {}",
        lambda w, code: PAYMENT_METHODS[PaymentMethod(code)].in_language(w.language),
    ),
    ReasonCode.THRESHOLD_AMOUNT: _threshold_amount,
    ReasonCode.THRESHOLD_LITRES: _threshold_litres,
    ReasonCode.NOT_STARTED: _not_started,
    ReasonCode.ENDED: _fixed("活动已结束", "This offer has ended"),
    ReasonCode.PAUSED: _fixed("活动暂停中", "This offer is paused"),
    ReasonCode.LIMIT_REACHED: _limit_reached,
    ReasonCode.BUDGET_EXHAUSTED: _budget_exhausted,
    ReasonCode.OUT_OF_STOCK: _fixed("券已领完", "All coupons have been claimed"),
    ReasonCode.COUPON_EXPIRED: _fixed("券已过期", "This coupon has expired"),
    ReasonCode.COUPON_RESERVED: _fixed("券已被其他订单占用", "Another order holds this coupon"),
    ReasonCode.NOT_CLAIMED: _fixed("领取后可用", "Claim it first"),
    ReasonCode.POINTS_SHORT: _points_short,
    ReasonCode.FLOOR_PRICE: _fixed(
        "油价已是最低限价，不能再减", "The price is at its floor: nothing more comes off"
    ),
    ReasonCode.ZERO_EFFECT: _fixed("本次加油不产生优惠", "It takes nothing off this fill"),
    ReasonCode.CLASH: _fixed("与已选优惠不可同享", "It cannot be combined with the chosen offers"),
    ReasonCode.NO_EFFECT: _fixed(
        "已选优惠之后已无可减", "After the chosen offers nothing is left to take off"
    ),
    ReasonCode.RUNNING_THRESHOLD: _running_threshold,
    ReasonCode.NOT_BEST: _fixed("已选组合更省", "The chosen offers save more"),
    ReasonCode.TIE: _fixed("与已选组合同价", "The chosen offers save just as much"),
    ReasonCode.NOT_CHOSEN: _fixed("您未选择此优惠", "You left it out"),
}
"""Every code that the engine may answer."""
