"""Only in named regions: a station is in a region when its code starts with the region's code
less the zeros at its end."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class InRegion:
    kind: Literal["REGION"] = "REGION"
    regions: frozenset[str]
