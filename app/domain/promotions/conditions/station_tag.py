"""Only at stations that carry one of the tags."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_codes
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class WithTag:
    kind: Literal["TAG"] = "TAG"
    tags: frozenset[str]

    def __post_init__(self) -> None:
        require_codes(self.tags, "tags")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. One common tag is enough."""
        if not self.tags.isdisjoint(situation.station.tags):
            return ()
        return (Reason(code=ReasonCode.TAG, accepted=tuple(sorted(self.tags))),)
