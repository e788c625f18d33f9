"""How much is bought: what the driver asks for, and what it is at one pump price.

Litres stay exact rationals; shown figures (three decimals, truncated) are never inputs.
Source: design §2, Units.
"""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.shared.money import half_up_ratio

MILL_ML_PER_FEN = 10_000
"""mills per litre × millilitres ÷ this = fen."""


@dataclass(frozen=True, slots=True)
class AmountFill:
    """The amount that the pump shows (机显金额), in fen, > 0."""

    pump_amount_fen: int


@dataclass(frozen=True, slots=True)
class LitresFill:
    """A volume in millilitres, > 0."""

    volume_ml: int


Fill = AmountFill | LitresFill


@dataclass(frozen=True, slots=True)
class FuelMeasure:
    """A fill at one pump price: ``volume_ml`` is exact, in millilitres."""

    pump_price_mill_per_litre: int
    pump_amount_fen: int
    volume_ml: Fraction

    @property
    def shown_volume_ml(self) -> int:
        """Truncated to the millilitre, for display only."""
        return int(self.volume_ml)


def measure(fill: Fill, pump_price_mill_per_litre: int) -> FuelMeasure:
    """The pump amount and exact volume of ``fill`` at a pump price (mills per litre, > 0).

    From an amount, volume = amount ÷ price, exact. From litres, amount = half-up(price × litres).
    """
    price = pump_price_mill_per_litre
    if isinstance(fill, AmountFill):
        volume = Fraction(fill.pump_amount_fen * MILL_ML_PER_FEN, price)
        return FuelMeasure(price, fill.pump_amount_fen, volume)
    amount = half_up_ratio(price * fill.volume_ml, MILL_ML_PER_FEN)
    return FuelMeasure(price, amount, Fraction(fill.volume_ml))
