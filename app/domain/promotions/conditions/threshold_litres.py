"""A least volume, inclusive, on exact litres."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdLitres:
    kind: Literal["THRESHOLD_LITRES"] = "THRESHOLD_LITRES"
    min_ml: int
