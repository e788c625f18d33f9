"""An order before discounts: its lines, and how far offers may bring them down.

Amounts are fen. A running state is a tuple of amounts, one a line: fuel first, then the others.
"""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.pricing.fill import MILL_ML_PER_FEN, FuelMeasure
from app.domain.promotions.terms import LineKind
from app.domain.shared.money import Ratio, allocate, ceil_ratio

Running = tuple[int, ...]


class Scope(NamedTuple):
    """The lines that a promotion sees: its `scope`, ready for quick questions."""

    fuel: bool
    non_fuel: bool

    @classmethod
    def of(cls, kinds: frozenset[LineKind]) -> "Scope":
        return cls(LineKind.FUEL in kinds, LineKind.NON_FUEL in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """`lines`: fuel, then non-fuel. `fuel_least_fen`: what no combination brings fuel below.

    `fee_fen` is in no base and no discount. `volume_ml` is exact.
    """

    lines: Running
    volume_ml: Ratio
    fee_fen: int
    fuel_least_fen: int
    minimum_payable_fen: int

    @classmethod
    def of(
        cls,
        measure: FuelMeasure,
        non_fuel_fen: tuple[int, ...],
        *,
        fee_fen: int,
        floor_price_mill_per_litre: int,
        minimum_payable_fen: int,
    ) -> "Bill":
        """The floor price holds the fuel at min(pump amount, ceil(floor price x litres))."""
        volume = (measure.volume_ml.numerator, measure.volume_ml.denominator)
        floor = ceil_ratio(floor_price_mill_per_litre * volume[0], volume[1] * MILL_ML_PER_FEN)
        return cls(
            lines=(measure.pump_amount_fen, *non_fuel_fen),
            volume_ml=volume,
            fee_fen=fee_fen,
            fuel_least_fen=min(measure.pump_amount_fen, floor),
            minimum_payable_fen=minimum_payable_fen,
        )

    @property
    def low_fen(self) -> int:
        """What no combination brings a bill of fuel alone below, before the fee."""
        return max(self.fuel_least_fen, self.minimum_payable_fen - self.fee_fen)

    def scoped_volume_ml(self, scope: Scope) -> Ratio:
        return self.volume_ml if scope.fuel else (0, 1)

    def headroom(self, scope: Scope, running: Running) -> int:
        """How much may still be taken off the scoped lines (design §2, Headroom)."""
        over_floor = 0
        if scope.fuel:
            over_floor = running[0] - self.fuel_least_fen
        if scope.non_fuel:
            over_floor += sum(running[1:])
        over_minimum = sum(running) + self.fee_fen - self.minimum_payable_fen
        return max(0, min(over_floor, over_minimum))

    def less(self, discount_fen: int, scope: Scope, running: Running) -> Running:
        """The lines after a discount within headroom, spread by running amount.

        What exceeds the fuel's own headroom goes to the other lines (design §2, Ledger).
        """
        if len(running) == 1:
            return (running[0] - discount_fen,)
        weights = [running[0] * scope.fuel, *(amount * scope.non_fuel for amount in running[1:])]
        parts = allocate(discount_fen, weights)
        fuel_room = running[0] - self.fuel_least_fen
        if parts[0] > fuel_room:
            others = allocate(discount_fen - fuel_room, [0, *weights[1:]])
            parts = (fuel_room, *others[1:])
        return tuple(amount - part for amount, part in zip(running, parts, strict=True))


def scoped_fen(scope: Scope, running: Running) -> int:
    """What the scoped lines run to."""
    fuel = running[0] if scope.fuel else 0
    return fuel + sum(running[1:]) if scope.non_fuel else fuel
