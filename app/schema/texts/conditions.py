"""Conditions in words: one entry a kind gives each of its lines, with the code a line stands for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import ReasonCode
from app.domain.shared.fuel import FuelGrade
from app.schema.texts.amounts import litres, yuan
from app.schema.texts.names import CHANNELS, FUEL_GRADES, MEMBER_TIERS, PAYMENT_METHODS, WEEKDAYS
from app.schema.texts.words import Words

MOST_NAMES = 3
"""A list of brands, regions or stations names this many and counts the rest."""


@dataclass(frozen=True, slots=True)
class ConditionLine:
    code: ReasonCode
    text: str


Lines: TypeAlias = Iterable[ConditionLine]


def condition_lines(condition: Condition, words: Words) -> tuple[ConditionLine, ...]:
    """What a condition asks for, a line for each code that its failure may carry."""
    return tuple(CONDITION_TEXTS[condition.kind](condition, words))


def scope_text(promotion: Promotion, words: Words) -> str:
    """Where and for which fuel it can be used: "中国石化，92#、95#"; without limits: everywhere."""
    parts = [
        line.text
        for condition in promotion.conditions
        if isinstance(condition, (AtStation, OfBrand, InRegion, WithTag, OfFuelGrade))
        for line in condition_lines(condition, words)
    ]
    if not parts:
        return words.say("全部油站、全部油号", "All stations, all grades")
    return words.say("，", "; ").join(parts)


def _named(names: Iterable[str], words: Words) -> str:
    listed = sorted(names)
    shown = words.join(listed[:MOST_NAMES])
    if len(listed) <= MOST_NAMES:
        return shown
    return words.say(f"{shown}等 {len(listed)} 个", f"{shown} and {len(listed) - MOST_NAMES} more")


def _station(condition: AtStation, words: Words) -> Lines:
    named = _named(map(words.station, condition.stations), words)
    yield ConditionLine(ReasonCode.STATION, words.say(f"限 {named}", f"At {named}"))


def _brand(condition: OfBrand, words: Words) -> Lines:
    named = _named(map(words.brand, condition.brands), words)
    yield ConditionLine(ReasonCode.BRAND, words.say(f"限 {named}", f"At {named} stations"))


def _region(condition: InRegion, words: Words) -> Lines:
    named = _named(map(words.region, condition.regions), words)
    yield ConditionLine(ReasonCode.REGION, words.say(f"限 {named}", f"In {named}"))


def _tag(condition: WithTag, words: Words) -> Lines:
    named = _named({words.amenity(tag) for tag in condition.tags}, words)
    yield ConditionLine(ReasonCode.TAG, words.say(f"限 {named} 油站", f"At {named} stations"))


def grades_text(grades: Iterable[FuelGrade], words: Words) -> str:
    wanted = frozenset(grades)
    return words.join(
        [FUEL_GRADES[grade].in_language(words.language) for grade in FuelGrade if grade in wanted]
    )


def _fuel_grade(condition: OfFuelGrade, words: Words) -> Lines:
    named = grades_text(condition.fuel_grades, words)
    yield ConditionLine(ReasonCode.FUEL_GRADE, words.say(f"限 {named}", f"For {named}"))


def weekdays_text(days: Iterable[int], words: Words) -> str:
    return words.join([WEEKDAYS[day - 1].in_language(words.language) for day in sorted(days)])


def days_of_month_text(days: Iterable[int], words: Words) -> str:
    listed = sorted(days)
    named = words.join([words.say(str(day), _ordinal(day)) for day in listed])
    return words.say(f"每月 {named} 日", f"on the {named} of each month")


def _ordinal(day: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th … 21st."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th") if day // 10 != 1 else "th"
    return f"{day}{ending}"


def _schedule(condition: Schedule, words: Words) -> Lines:
    if condition.windows:
        spans = words.join([f"{window.start}–{window.end}" for window in condition.windows])
        text = words.say(f"每天 {spans}", f"{spans} each day")
        yield ConditionLine(ReasonCode.TIME_WINDOW, text)
    if condition.days_of_week:
        named = weekdays_text(condition.days_of_week, words)
        yield ConditionLine(ReasonCode.DAY_OF_WEEK, words.say(f"每{named}", f"On {named}"))
    if condition.days_of_month:
        text = days_of_month_text(condition.days_of_month, words)
        yield ConditionLine(ReasonCode.DAY_OF_MONTH, text[0].upper() + text[1:])


def _first_order(_: IsFirstOrder, words: Words) -> Lines:
    yield ConditionLine(ReasonCode.FIRST_ORDER, words.say("新用户首单", "First order"))


def _segment(_: InSegment, words: Words) -> Lines:
    yield ConditionLine(ReasonCode.SEGMENT, words.say("受邀用户专享", "For invited members"))


def _member_tier(condition: OfMemberTier, words: Words) -> Lines:
    tier = MEMBER_TIERS[condition.at_least].in_language(words.language)
    text = words.say(f"{tier}及以上", f"{tier} members and above")
    yield ConditionLine(ReasonCode.MEMBER_TIER, text)


def _channel(condition: InChannel, words: Words) -> Lines:
    named = words.join(sorted(CHANNELS[c].in_language(words.language) for c in condition.channels))
    yield ConditionLine(ReasonCode.CHANNEL, words.say(f"限{named}", f"In {named}"))


def _payment_method(condition: ByPaymentMethod, words: Words) -> Lines:
    methods = condition.methods
    named = words.join(sorted(PAYMENT_METHODS[m].in_language(words.language) for m in methods))
    yield ConditionLine(ReasonCode.PAYMENT_METHOD, words.say(f"限{named}支付", f"Paid by {named}"))


def _threshold_amount(condition: ThresholdAmount, words: Words) -> Lines:
    least = yuan(condition.min_fen)
    text = words.say(f"加油金额满 {least} 元", f"¥{least} or more")
    yield ConditionLine(ReasonCode.THRESHOLD_AMOUNT, text)


def _threshold_litres(condition: ThresholdLitres, words: Words) -> Lines:
    least = litres(condition.min_ml)
    text = words.say(f"加油满 {least} 升", f"{least} L or more")
    yield ConditionLine(ReasonCode.THRESHOLD_LITRES, text)


CONDITION_TEXTS: dict[str, Callable[..., Lines]] = {
    "STATION": _station,
    "BRAND": _brand,
    "REGION": _region,
    "TAG": _tag,
    "FUEL_GRADE": _fuel_grade,
    "SCHEDULE": _schedule,
    "FIRST_ORDER": _first_order,
    "SEGMENT": _segment,
    "MEMBER_TIER": _member_tier,
    "CHANNEL": _channel,
    "PAYMENT_METHOD": _payment_method,
    "THRESHOLD_AMOUNT": _threshold_amount,
    "THRESHOLD_LITRES": _threshold_litres,
}
"""By the condition's kind, in the order of the engine's list."""
