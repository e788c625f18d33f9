"""Only at stations of named brands, by brand code."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBrand:
    kind: Literal["BRAND"] = "BRAND"
    brands: frozenset[str]
