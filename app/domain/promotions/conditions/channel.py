"""Only through named channels."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_some
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.shared.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class InChannel:
    kind: Literal["CHANNEL"] = "CHANNEL"
    channels: frozenset[Channel]

    def __post_init__(self) -> None:
        require_some(self.channels, "channels")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. An unknown channel fails."""
        if situation.shopper.channel in self.channels:
            return ()
        accepted = tuple(channel.value for channel in Channel if channel in self.channels)
        return (Reason(code=ReasonCode.CHANNEL, accepted=accepted),)
