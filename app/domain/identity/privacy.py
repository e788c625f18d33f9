"""Rights over one's own data (个人信息保护法, arts. 14, 15, 45, 47): consent, a copy, erasure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

COOLING_OFF = timedelta(days=15)
"""From the wish to be forgotten until it is done; until then it can be taken back."""
EXPORT_KEPT = timedelta(days=7)
"""How long a copy can be fetched; then it is deleted, and can be asked for again."""
LINK_LASTS = timedelta(minutes=10)


class ExportState(StrEnum):
    REQUESTED = "REQUESTED"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`expires_at`: of a copy that is READY."""

    user_id: int
    id: int
    state: ExportState
    requested_at: datetime
    expires_at: datetime | None = None

    def state_at(self, moment: datetime) -> ExportState | None:
        """None: it is over."""
        over = self.expires_at is not None and self.expires_at <= moment
        return None if over else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    policy_version: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyStanding:
    """Of one member: the last consent, the last copy asked for, and when they are forgotten."""

    consent: Consent | None = None
    export: Export | None = None
    erasure_at: datetime | None = None
