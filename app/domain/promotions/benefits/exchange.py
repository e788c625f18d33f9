"""Exchange (兑换): an amount, or litres, that cost nothing. Never more than there is to pay for."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.domain.promotions.benefits.rule import Basis, BenefitRule
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.promotions.terms import Lane, LineKind
from app.domain.shared.money import Ratio
from app.domain.shared.senseless import SenselessValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(BenefitRule):
    """Exactly one of the two: `free_fen`, or `free_ml` of fuel at the pump price.

    Which goods or which grade it is for, scope and conditions say. It reaches a viewer as an
    exchange coupon (兑换券), so it belongs to the lane COUPON.
    """

    kind: Literal["EXCHANGE"] = "EXCHANGE"
    free_fen: int | None = None
    free_ml: int | None = None

    home: ClassVar[Lane | None] = Lane.COUPON
    coupon_only: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if (self.free_fen is None) is (self.free_ml is None):
            raise SenselessValue(
                "free_fen（免金额）与 free_ml（免升数）须写且只写一个",
                "write exactly one of free_fen and free_ml",
            )
        if self.free_fen is not None:
            refuse_not_above_zero(self.free_fen, "free_fen")
        if self.free_ml is not None:
            refuse_not_above_zero(self.free_ml, "free_ml")

    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """The free amount, or the free litres at the pump price, as far as something is left of
        the scoped lines."""
        if self.free_ml is None:
            return min(self.free_fen or 0, running_fen), 1
        volume, parts = basis.volume_ml
        if volume == 0:
            return 0, 1
        if self.free_ml * parts >= volume:
            return min(basis.pump_fen, running_fen), 1
        free = (self.free_ml * parts * basis.pump_fen, volume)
        return free if free[0] < running_fen * volume else (running_fen, 1)

    def refuse_scope(self, scope: frozenset[LineKind]) -> None:
        """Free litres are of fuel."""
        if self.free_ml is not None and scope != frozenset({LineKind.FUEL}):
            raise SenselessValue(
                "免升数的兑换，scope 只能是 FUEL", "free litres take the scope FUEL alone"
            )
