"""Points redemption (积分抵扣): whole steps of points for money."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.refusals import WHOLE_BP, refuse_not_above_zero, refuse_over_whole
from app.domain.shared.money import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRedemption(BenefitRule):
    """A step of `points_per_step` points is worth `fen_per_step`.

    Steps = floor(min(balance's worth, percent cap of the scoped running, headroom) / fen_per_step);
    no partial step (design §2, Points).
    """

    kind: Literal["POINTS_REDEMPTION"] = "POINTS_REDEMPTION"
    points_per_step: int
    fen_per_step: int
    max_bp: int = WHOLE_BP

    burns_points: ClassVar[bool] = True

    def __post_init__(self) -> None:
        refuse_not_above_zero(self.points_per_step, "points_per_step")
        refuse_not_above_zero(self.fen_per_step, "fen_per_step")
        refuse_not_above_zero(self.max_bp, "max_bp")
        refuse_over_whole(self.max_bp, "max_bp")

    @property
    def step_fen(self) -> int | None:
        return self.fen_per_step

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """Whole steps within the balance and the percent cap; headroom is seen to later."""
        most, _ = self.most(basis, running_fen)
        return most - most % self.fen_per_step, 1

    def most(self, basis: Basis, running_fen: int) -> Ratio:
        """As its worth, but for the last, partial step of the percent cap."""
        balance_fen = basis.points // self.points_per_step * self.fen_per_step
        cap_fen = self.max_bp * basis.percent_base_fen(running_fen) // WHOLE_BP
        return min(balance_fen, cap_fen), 1

    def shortfalls(self, basis: Basis) -> tuple[Reason, ...]:
        """The points that a first step lacks."""
        gap = self.points_per_step - basis.points
        return (Reason(code=ReasonCode.POINTS_SHORT, gap_count=gap),) if gap > 0 else ()

    def points_burnt(self, discount_fen: int) -> int:
        return discount_fen // self.fen_per_step * self.points_per_step
