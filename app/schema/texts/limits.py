"""A promotion's limits in words: "每人每天限用 2 次"."""

from collections.abc import Iterator

from app.domain.promotions.limits import Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import ReasonCode
from app.domain.shared.text import LocalizedText
from app.schema.texts.amounts import yuan
from app.schema.texts.conditions import ConditionLine
from app.schema.texts.words import Words

SUBJECTS = {
    LimitPer.USER: LocalizedText(zh="每个账号", en="per account"),
    LimitPer.DEVICE: LocalizedText(zh="每台设备", en="per device"),
    LimitPer.PERSON: LocalizedText(zh="每人", en="per person"),
    LimitPer.STATION: LocalizedText(zh="每座油站", en="per station"),
    LimitPer.TOTAL: LocalizedText(zh="全部用户", en="for all"),
}
PERIODS = {
    LimitPeriod.DAY: LocalizedText(zh="每天", en="a day"),
    LimitPeriod.WEEK: LocalizedText(zh="每周", en="a week"),
    LimitPeriod.MONTH: LocalizedText(zh="每月", en="a month"),
    LimitPeriod.EVER: LocalizedText(zh="", en="in all"),
}


def limit_lines(promotion: Promotion, words: Words) -> Iterator[ConditionLine]:
    """One line for each bound of each limit, but the budget's: what the platform spends is its
    own."""
    for limit in promotion.limits:
        code = ReasonCode.LIMIT_REACHED
        if limit.per is LimitPer.TOTAL:
            code = ReasonCode.BUDGET_EXHAUSTED
        for text in _bounds(limit, words):
            yield ConditionLine(code, text)


def _bounds(limit: Limit, words: Words) -> Iterator[str]:
    who = SUBJECTS[limit.per].in_language(words.language)
    when = PERIODS[limit.period]
    zh = f"{who}{when.zh}"
    en = f"{who} {when.en}"
    if limit.max_uses is not None:
        times = "once" if limit.max_uses == 1 else f"{limit.max_uses} times"
        yield words.say(f"{zh}限用 {limit.max_uses} 次", f"At most {times} {en}")
    if limit.max_fen is not None:
        most = yuan(limit.max_fen)
        yield words.say(f"{zh}最多减 {most} 元", f"At most ¥{most} off {en}")
