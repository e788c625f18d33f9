"""Dynamic strength: an offer whose strength moves with time, place and volume."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.benefits.tier_factor import TierFactor, tier_factor_bp
from app.domain.promotions.refusals import WHOLE_BP, refuse_below_zero, refuse_not_above_zero
from app.domain.promotions.terms import Off
from app.domain.shared.money import Ratio
from app.domain.shared.senseless import SenselessValue
from app.domain.stations.station import Demand, Remoteness


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFactor:
    demand: Demand
    factor_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFactor:
    remoteness: Remoteness
    factor_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeFactor:
    """Matches a fill of `from_ml` or more."""

    from_ml: int
    factor_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamic(BenefitRule):
    """strength x time x place x volume x member tier (first match each, else 1), clamped to
    [min_strength, max_strength] (same unit as `strength`: mills per litre, bp or fen; None: open),
    never rounded (design §2, Dynamic strength)."""

    kind: Literal["DYNAMIC"] = "DYNAMIC"
    strength: Off
    time_factors: tuple[TimeFactor, ...] = ()
    place_factors: tuple[PlaceFactor, ...] = ()
    volume_factors: tuple[VolumeFactor, ...] = ()
    tier_factors: tuple[TierFactor, ...] = ()
    min_strength: int | None = None
    max_strength: int | None = None

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.strength.strength, "strength")
        for factor in (*self.time_factors, *self.place_factors, *self.volume_factors):
            refuse_below_zero(factor.factor_bp, "factor_bp")
        low, high = self.min_strength, self.max_strength
        if low is not None:
            refuse_below_zero(low, "min_strength")
        if high is not None:
            refuse_not_above_zero(high, "max_strength")
        if low is not None and high is not None and low > high:
            raise SenselessValue(
                f"min_strength {low} 不能大于 max_strength {high}",
                f"min_strength {low} must not be over max_strength {high}",
            )

    def strength_at(self, basis: Basis) -> Ratio:
        """The strength here and now, exact, in the unit of `strength`."""
        numerator, denominator = self.strength.strength, 1
        for factor_bp in self._factors(basis):
            numerator, denominator = numerator * factor_bp, denominator * WHOLE_BP
        if self.max_strength is not None and numerator > self.max_strength * denominator:
            return self.max_strength, 1
        if self.min_strength is not None and numerator < self.min_strength * denominator:
            return self.min_strength, 1
        return numerator, denominator

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """The moved strength, as a plain offer of that strength would act."""
        base_fen = basis.percent_base_fen(running_fen)
        return self.strength.worth(self.strength_at(basis), base_fen, basis.volume_ml)

    def _factors(self, basis: Basis) -> tuple[int, ...]:
        """The first match of time, of place, of volume and of tier, where there is one."""
        volume, parts = basis.fill_ml
        matches = (
            (t.factor_bp for t in self.time_factors if t.demand is basis.demand),
            (p.factor_bp for p in self.place_factors if p.remoteness is basis.remoteness),
            (v.factor_bp for v in self.volume_factors if v.from_ml * parts <= volume),
        )
        moved = (next(match, WHOLE_BP) for match in matches)
        return (*moved, tier_factor_bp(self.tier_factors, basis.tier))
