"""The least fill, in the unit in which it was given, that closes gaps in amount and litres."""

from collections.abc import Sequence
from math import floor

from app.domain.pricing.fill import (
    MILL_ML_PER_FEN,
    AmountFill,
    Fill,
    FuelMeasure,
    LitresFill,
)
from app.domain.promotions.reason import Reason
from app.domain.shared.money import ceil_ratio


def least_fill(fill: Fill, measure: FuelMeasure, reasons: Sequence[Reason]) -> Fill:
    """`fill` and what is missing at the same pump price; `reasons` carry the gaps.

    Whole fen or whole millilitres, never one more than is needed.
    """
    price = measure.pump_price_mill_per_litre
    amount_fen = measure.pump_amount_fen + max((r.gap_fen or 0 for r in reasons), default=0)
    gap_ml = max((r.gap_ml or 0 for r in reasons), default=0)
    volume_ml = floor(measure.volume_ml + gap_ml) if gap_ml else 0
    if isinstance(fill, AmountFill):
        return AmountFill(max(amount_fen, ceil_ratio(volume_ml * price, MILL_ML_PER_FEN)))
    least_ml = ceil_ratio((2 * amount_fen - 1) * MILL_ML_PER_FEN, 2 * price)
    return LitresFill(max(fill.volume_ml, volume_ml, least_ml))
