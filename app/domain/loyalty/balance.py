"""An account as one balance."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """In points, or fen of fuel credit. `available` may be burnt now; `pending` not yet;
    `expiring_soon` is the part of `available` that ends first, at `expiring_at`, where that is
    near. `owed`: taken back after it had been burnt; what comes in next pays it first."""

    available: int = 0
    pending: int = 0
    owed: int = 0
    expiring_soon: int = 0
    expiring_at: datetime | None = None
