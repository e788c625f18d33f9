"""Only for members of one of the named segments. A guest fails it."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_codes
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    kind: Literal["SEGMENT"] = "SEGMENT"
    segments: frozenset[str]

    def __post_init__(self) -> None:
        require_codes(self.segments, "segments")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. One common segment is enough."""
        shopper = situation.shopper
        if not shopper.is_guest and not self.segments.isdisjoint(shopper.segments):
            return ()
        accepted = tuple(sorted(self.segments))
        return (Reason(code=ReasonCode.SEGMENT, accepted=accepted, guest=shopper.is_guest),)
