"""Only through named channels."""

from dataclasses import dataclass
from typing import Literal

from app.domain.shared.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class InChannel:
    kind: Literal["CHANNEL"] = "CHANNEL"
    channels: frozenset[Channel]
