"""Small words of the promotion language: lanes, funders, bases, line kinds."""

from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """Activities compete inside a lane and apply in this order across lanes (design §2, Lanes)."""

    UNIT_PRICE = "UNIT_PRICE"
    ACTIVITY = "ACTIVITY"
    COUPON = "COUPON"
    POINTS = "POINTS"
    PAYMENT = "PAYMENT"


class LineKind(StrEnum):
    """Kinds of order line. The service fee is in no base, threshold or discount."""

    FUEL = "FUEL"
    NON_FUEL = "NON_FUEL"
    SERVICE_FEE = "SERVICE_FEE"


class Base(StrEnum):
    """What a threshold or a percentage looks at: the pump amount or the running amount."""

    PUMP = "PUMP"
    RUNNING = "RUNNING"


class TierMode(StrEnum):
    """WHOLE: the highest tier reached, on everything. MARGINAL: each slice at its own rate."""

    WHOLE = "WHOLE"
    MARGINAL = "MARGINAL"


class Funder(StrEnum):
    PLATFORM = "PLATFORM"
    STATION = "STATION"
    BRAND = "BRAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Shares of a discount's cost in basis points; they sum to 10,000."""

    platform_bp: int = 10_000
    station_bp: int = 0
    brand_bp: int = 0

    def __post_init__(self) -> None:
        shares = (self.platform_bp, self.station_bp, self.brand_bp)
        if min(shares) < 0 or sum(shares) != 10_000:
            raise ValueError("funding shares must be 0 or more and sum to 10000 basis points")

    @property
    def station_first(self) -> bool:
        """STATION's share exceeds each other funder's: such coupons apply first."""
        return self.station_bp > max(self.platform_bp, self.brand_bp)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLitre:
    """A reduction per litre, in mills."""

    off_mill_per_litre: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """A share of the base, in basis points OFF (2,000 = 20 % off = 8 折)."""

    off_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A fixed amount, in fen."""

    off_fen: int


Off = PerLitre | Percent | Amount
