"""What is known of a member when a price is made for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.pricing.fill import AmountFill, Fill
from app.domain.shared.fuel import FuelGrade, FuelType
from app.domain.shared.payment import PaymentMethod

DEFAULT_FILL = AmountFill(20_000)
DEFAULT_FUEL_GRADE = FuelGrade.GASOLINE_92


class MemberTier(StrEnum):
    """Lowest first: a condition on GOLD admits PLATINUM too."""

    BASIC = "BASIC"
    SILVER = "SILVER"
    GOLD = "GOLD"
    PLATINUM = "PLATINUM"

    @property
    def rank(self) -> int:
        return list(MemberTier).index(self)


class Theme(StrEnum):
    SYSTEM = "SYSTEM"
    LIGHT = "LIGHT"
    DARK = "DARK"


class Topic(StrEnum):
    OFFERS = "OFFERS"
    COUPON_EXPIRY = "COUPON_EXPIRY"
    PRICE_CHANGE = "PRICE_CHANGE"
    ORDER = "ORDER"
    REFERRAL = "REFERRAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Settings a member has made. None: never set (see `Member` for what is derived)."""

    theme: Theme = Theme.SYSTEM
    language: str = "zh-CN"
    usual_fuel_grade: FuelGrade | None = None
    usual_fill: Fill | None = None
    usual_payment_method: PaymentMethod | None = None
    use_points: bool = False
    personalised: bool = True
    topics_off: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member's profile; phone only masked, never in full."""

    user_id: int
    nickname: str | None
    phone_masked: str | None
    tier: MemberTier = MemberTier.BASIC
    segments: frozenset[str] = frozenset()
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the order history says, in the values that pricing needs.

    `usual_pump_amount_fen`: per fuel type, the lower median pump amount of the last 10 completed
    orders (design §2, Price truth). `counted_orders`: orders open or completed, even if refunded
    later; cancelled and expired ones do not count (design §2, First order).
    """

    counted_orders: int = 0
    usual_pump_amount_fen: Mapping[FuelType, int] = field(default_factory=dict[FuelType, int])
    usual_fuel_grade: FuelGrade | None = None
    savings_total_fen: int = 0
    usual_station_ids: tuple[int, ...] = ()
