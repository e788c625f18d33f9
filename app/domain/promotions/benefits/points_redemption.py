"""Points redemption (积分抵扣): whole steps of points for money."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRedemption:
    """A step of `points_per_step` points is worth `fen_per_step`.

    Steps = floor(min(balance's worth, percent cap of the scoped running, headroom) / fen_per_step);
    no partial step (design §2, Points).
    """

    kind: Literal["POINTS_REDEMPTION"] = "POINTS_REDEMPTION"
    points_per_step: int
    fen_per_step: int
    max_bp: int = 10_000
