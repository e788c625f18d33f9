"""What a ledger counts."""

from enum import StrEnum


class Unit(StrEnum):
    """POINTS are pieces; FUEL_CREDIT (加油金) is fen, and never paid out as cash."""

    POINTS = "POINTS"
    FUEL_CREDIT = "FUEL_CREDIT"
