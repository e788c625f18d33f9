"""A least amount (满), inclusive, on the promotion's `threshold_base`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdAmount:
    kind: Literal["THRESHOLD_AMOUNT"] = "THRESHOLD_AMOUNT"
    min_fen: int
