"""Only for members of one of the named segments."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    kind: Literal["SEGMENT"] = "SEGMENT"
    segments: frozenset[str]
