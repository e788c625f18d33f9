"""Percent off (折扣): basis points OFF the base; the promotion's `cap_fen` is its 封顶."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentOff:
    kind: Literal["PERCENT_OFF"] = "PERCENT_OFF"
    off_bp: int
