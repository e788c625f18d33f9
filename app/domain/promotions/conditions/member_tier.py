"""Only for members of at least a tier. A guest fails it."""

from dataclasses import dataclass
from typing import Literal

from app.domain.profiles.member import MemberTier


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMemberTier:
    kind: Literal["MEMBER_TIER"] = "MEMBER_TIER"
    at_least: MemberTier
