"""How long points and fuel credit wait, and how long they last. The owner sets the values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CALENDAR = ZoneInfo("Asia/Shanghai")
"""Validity ends with a day, and this is whose day it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoyaltyRules:
    """`cooling`: from the completion of an order until what it earned may be burnt. `valid_months`:
    from the accrual on. `expiring_within`: how far ahead a balance warns of what expires."""

    cooling: timedelta = timedelta(days=7)
    valid_months: int = 12
    expiring_within: timedelta = timedelta(days=30)

    def expires_at(self, accrued_at: datetime) -> datetime:
        """The end (exclusive, UTC) of the day `valid_months` months after the accrual, on the
        calendar of Shanghai: accrued on 31 August for 6 months, it ends with the last day of
        February."""
        last_day = months_later(accrued_at.astimezone(CALENDAR).date(), self.valid_months)
        following = last_day + timedelta(days=1)
        return datetime.combine(following, time(), CALENDAR).astimezone(UTC)


DEFAULT_LOYALTY_RULES = LoyaltyRules()


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last where it has none such."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))
