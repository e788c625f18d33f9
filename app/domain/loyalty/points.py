"""A member's points (积分) as one balance."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsBalance:
    """`available` may be burnt now; `pending` not yet; `expiring_soon` is a part of `available`."""

    available: int = 0
    pending: int = 0
    expiring_soon: int = 0
    expiring_at: datetime | None = None
