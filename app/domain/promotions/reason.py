"""Why a candidate does not apply: codes and gaps as data; words are made in the schema layer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReasonCode(StrEnum):
    STATION = "STATION"
    BRAND = "BRAND"
    REGION = "REGION"
    TAG = "TAG"
    FUEL_GRADE = "FUEL_GRADE"
    TIME_WINDOW = "TIME_WINDOW"
    DAY_OF_WEEK = "DAY_OF_WEEK"
    DAY_OF_MONTH = "DAY_OF_MONTH"
    FIRST_ORDER = "FIRST_ORDER"
    SEGMENT = "SEGMENT"
    MEMBER_TIER = "MEMBER_TIER"
    CHANNEL = "CHANNEL"
    PAYMENT_METHOD = "PAYMENT_METHOD"
    THRESHOLD_AMOUNT = "THRESHOLD_AMOUNT"
    THRESHOLD_LITRES = "THRESHOLD_LITRES"
    NOT_STARTED = "NOT_STARTED"
    ENDED = "ENDED"
    PAUSED = "PAUSED"
    LIMIT_REACHED = "LIMIT_REACHED"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    COUPON_RESERVED = "COUPON_RESERVED"
    NOT_CLAIMED = "NOT_CLAIMED"
    POINTS_SHORT = "POINTS_SHORT"
    FLOOR_PRICE = "FLOOR_PRICE"
    ZERO_EFFECT = "ZERO_EFFECT"
    CLASH = "CLASH"
    NO_EFFECT = "NO_EFFECT"
    RUNNING_THRESHOLD = "RUNNING_THRESHOLD"
    NOT_BEST = "NOT_BEST"
    TIE = "TIE"
    NOT_CHOSEN = "NOT_CHOSEN"


class Outcome(StrEnum):
    """What became of a candidate that was not applied."""

    INELIGIBLE = "INELIGIBLE"
    BEATEN = "BEATEN"
    NOT_CHOSEN = "NOT_CHOSEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One failing condition, with its gap where it has one.

    `gap_fen`: scoped amount still missing; `gap_ml`: volume still missing, rounded up to the
    millilitre; `gap_count`: times or points missing; `available_from`: the next instant at which
    a time condition would hold; `accepted`: what the condition would take, as codes.
    `limit` and `used`: uses that a limit allows and has counted (coupons of a batch's stock);
    `limit_fen` and `used_fen` the same in money; none of them where counters cannot be read.
    `resets_at`: when the limit's next period begins; None: never.
    `guest`: it failed only because nobody is signed in.
    """

    code: ReasonCode
    gap_fen: int | None = None
    gap_ml: int | None = None
    gap_count: int | None = None
    available_from: datetime | None = None
    resets_at: datetime | None = None
    accepted: tuple[str, ...] = ()
    guest: bool = False
    limit: int | None = None
    used: int | None = None
    limit_fen: int | None = None
    used_fen: int | None = None
