"""A front desk over a real database: sessions are opened, turned and ended for real."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.principal import Principal, PrincipalKind
from app.domain.shared.channel import Channel
from app.ports.session_tokens import TokenPair
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.sessions import Opened, open_session
from app.security.access_tokens import AccessTokens
from app.security.keys import KeyRing, SigningKeys, new_key_pem
from app.security.session_tokens import SignedSessionTokens
from app.storage.sessions import PostgresSessionRepository
from app.storage.work import PostgresWorks

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


@dataclass
class ToldRevocations:
    """Implements `app.ports.revocations.Revocations` for one process."""

    told: list[tuple[PrincipalKind, int]] = field(default_factory=list)

    async def revoke(self, kind: PrincipalKind, session_ids: Iterable[int], at: datetime) -> None:
        self.told += [(kind, session_id) for session_id in session_ids]

    def revoked(self, principal: Principal) -> bool:
        return (principal.kind, principal.session_id) in self.told


def front_of(engine: AsyncEngine, keys: KeyRing | None = None) -> FrontDesk:
    """With keys of its own, unless given."""
    ring = keys or SigningKeys.of([new_key_pem().decode()])
    return FrontDesk(
        works=PostgresWorks(engine),
        sessions=PostgresSessionRepository(engine),
        tokens=SignedSessionTokens(ring, AccessTokens(ring)),
        revocations=ToldRevocations(),
    )


def arrival(after: timedelta = timedelta(), **changes: object) -> Arrival:
    facts: dict[str, object] = {"moment": NOW + after, "channel": Channel.APP}
    return Arrival(**(facts | changes))


async def opened(front: FrontDesk, user_id: int, at: Arrival | None = None) -> Opened:
    """A member signs in, by a phone's word."""
    async with front.works.begin(None) as work:
        return await open_session(front, work, user_id, at or arrival(), {"by": "SMS"})


async def signed_in_pair(front: FrontDesk, user_id: int) -> TokenPair:
    return (await opened(front, user_id)).pair
