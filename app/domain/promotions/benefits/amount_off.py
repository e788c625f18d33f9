"""Amount off (立减, and 满减 with a threshold condition)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff:
    kind: Literal["AMOUNT_OFF"] = "AMOUNT_OFF"
    off_fen: int
