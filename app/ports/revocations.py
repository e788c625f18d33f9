"""Sessions that ended while access tokens of theirs still run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from app.domain.identity.principal import Principal, PrincipalKind


class Revocations(Protocol):
    """Advisory: where the other side is down, an access token of an ended session is believed
    until its end, which is minutes away."""

    async def revoke(self, kind: PrincipalKind, session_ids: Iterable[int], at: datetime) -> None:
        """From now on no process believes access tokens of these sessions. Raises nothing."""
        ...

    def revoked(self, principal: Principal) -> bool:
        """Never waits: it is asked at each request. False without a session."""
        ...
