"""Small words of the promotion language: lanes, funders, bases, line kinds."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.refusals import WHOLE_BP, refuse_below_zero, refuse_over_whole
from app.domain.shared.money import Ratio, ratio_product
from app.domain.shared.senseless import SenselessValue


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Shares of a discount's cost in basis points; they sum to 10,000."""

    platform_bp: int = 10_000
    station_bp: int = 0
    brand_bp: int = 0

    def __post_init__(self) -> None:
        shares = (self.platform_bp, self.station_bp, self.brand_bp)
        if min(shares) < 0 or sum(shares) != WHOLE_BP:
            raise SenselessValue(
                "出资比例不能为负，合计必须是 10000 基点",
                "funding shares must be 0 or more and sum to 10000 basis points",
            )

    @property
    def station_first(self) -> bool:
        """STATION's share exceeds each other funder's: such coupons apply first."""
        return self.station_bp > max(self.platform_bp, self.brand_bp)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLitre:
    """A reduction per litre, in mills (>= 0)."""

    off_mill_per_litre: int

    def __post_init__(self) -> None:
        refuse_below_zero(self.off_mill_per_litre, "off_mill_per_litre")

    @property
    def strength(self) -> int:
        return self.off_mill_per_litre

    def worth(self, strength: Ratio, base_fen: int, volume_ml: Ratio) -> Ratio:
        """`strength` mills per litre on `volume_ml`, in fen."""
        return ratio_product(strength, (volume_ml[0], volume_ml[1] * MILL_ML_PER_FEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """A share of the base, in basis points OFF (2,000 = 20 % off = 8 折), 0 to 10,000."""

    off_bp: int

    def __post_init__(self) -> None:
        refuse_below_zero(self.off_bp, "off_bp")
        refuse_over_whole(self.off_bp, "off_bp")

    @property
    def strength(self) -> int:
        return self.off_bp

    def worth(self, strength: Ratio, base_fen: int, volume_ml: Ratio) -> Ratio:
        """`strength` basis points of `base_fen`, in fen."""
        return ratio_product(strength, (base_fen, WHOLE_BP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A fixed amount, in fen (>= 0)."""

    off_fen: int

    def __post_init__(self) -> None:
        refuse_below_zero(self.off_fen, "off_fen")

    @property
    def strength(self) -> int:
        return self.off_fen

    def worth(self, strength: Ratio, base_fen: int, volume_ml: Ratio) -> Ratio:
        """`strength` fen, whatever is bought."""
        return strength


Off = PerLitre | Percent | Amount
