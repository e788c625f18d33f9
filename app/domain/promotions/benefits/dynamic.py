"""Dynamic strength: an offer whose strength moves with time, place and volume."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.terms import Off
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
class Dynamic:
    """strength x time x place x volume (first match each, else 1), clamped to
    [min_strength, max_strength] (same unit as `strength`: mills per litre, bp or fen; None: open),
    never rounded (design §2, Dynamic strength)."""

    kind: Literal["DYNAMIC"] = "DYNAMIC"
    strength: Off
    time_factors: tuple[TimeFactor, ...] = ()
    place_factors: tuple[PlaceFactor, ...] = ()
    volume_factors: tuple[VolumeFactor, ...] = ()
    min_strength: int | None = None
    max_strength: int | None = None
