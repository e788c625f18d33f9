"""How long an offer or a coupon holds, in words; and opening hours."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from app.domain.promotions.promotion import Promotion
from app.domain.stations.station import OpeningPeriod
from app.schema.texts.amounts import day
from app.schema.texts.words import Words

_INSTANT = timedelta(microseconds=1)


def validity_text(promotion: Promotion, words: Words) -> str:
    """Always there: "领取后 7 天内有效", "2026 年 6 月 30 日前有效", "长期有效". An end at midnight
    belongs to the day before, so the last day is the one of the last instant."""
    delivery = promotion.delivery
    if delivery is not None and delivery.valid_days_from_claim is not None:
        days = delivery.valid_days_from_claim
        return words.say(f"领取后 {days} 天内有效", f"Valid for {days} days after the claim")
    zone = ZoneInfo(promotion.validity.time_zone)
    starts, ends = promotion.validity.starts_at, promotion.validity.ends_at
    first = day(starts.astimezone(zone), words) if starts else None
    last = day((ends - _INSTANT).astimezone(zone), words) if ends else None
    if first and last:
        return words.say(f"{first}至 {last}有效", f"Valid from {first} to {last}")
    if last:
        return words.say(f"{last}前（含当日）有效", f"Valid until {last}, that day included")
    if first:
        return words.say(f"{first}起长期有效", f"Valid from {first} on")
    return words.say("长期有效", "Valid until further notice")


def opening_text(periods: tuple[OpeningPeriod, ...], words: Words) -> str:
    """ "06:00–23:00"; no periods: always open."""
    if not periods:
        return words.say("24 小时营业", "Open 24 hours")
    return words.join(
        [f"{_clock(period.opens_minute)}–{_clock(period.closes_minute)}" for period in periods]
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
