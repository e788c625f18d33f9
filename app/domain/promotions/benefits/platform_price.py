"""Platform price (优惠价): the fuel at a stated unit price, a target and not a reduction."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPrice:
    """discount = max(0, running - half-up(price x litres)) (design §2, Discount)."""

    kind: Literal["PLATFORM_PRICE"] = "PLATFORM_PRICE"
    price_mill_per_litre: int
