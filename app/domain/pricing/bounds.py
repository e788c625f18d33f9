"""The fills that may be asked for: more than a drop, at most what a lorry's tanks hold."""

from app.domain.pricing.fill import AmountFill, Fill

LARGEST_PUMP_AMOUNT_FEN = 1_000_000
"""10,000 yuan: above two full tanks of a long-distance lorry (2 × 600 litres of diesel)."""

SMALLEST_VOLUME_ML = 100
"""Below it a fill may cost less than a fen."""

LARGEST_VOLUME_ML = 1_200_000


def in_range(fill: Fill) -> bool:
    """Whether a fill may be priced: 0.01 to 10,000 yuan, or 0.1 to 1,200 litres."""
    if isinstance(fill, AmountFill):
        return 1 <= fill.pump_amount_fen <= LARGEST_PUMP_AMOUNT_FEN
    return SMALLEST_VOLUME_ML <= fill.volume_ml <= LARGEST_VOLUME_ML
