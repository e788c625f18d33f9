"""Per-litre off (直降): a reduction of the unit price."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PerLitreOff:
    kind: Literal["PER_LITRE_OFF"] = "PER_LITRE_OFF"
    off_mill_per_litre: int
