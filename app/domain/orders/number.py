"""The number (订单号) that a driver reads to customer service."""

from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
LEAST_DIGITS = 6
_DAY_DIGITS = 6


def order_number(order_id: int, placed_at: datetime) -> str:
    """The day of placement in China, "260422", then the id: no two orders share one, since the day
    always takes six digits. E.g. order 1234 of 22 April 2026: "260422001234"."""
    return f"{placed_at.astimezone(CHINA):%y%m%d}{order_id:0{LEAST_DIGITS}}"


def order_id_in(number: str) -> int | None:
    """The id that a number ends with; None: it is no order's number."""
    digits = number.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) < _DAY_DIGITS + LEAST_DIGITS:
        return None
    return int(digits[_DAY_DIGITS:])
