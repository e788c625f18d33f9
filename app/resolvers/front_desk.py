"""Where members sign in and out: what the use cases of sessions have at hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.audit.record import Actor, ActorKind, AuditRecord, Plain
from app.domain.identity.session import DEFAULT_RULES, SessionRules
from app.domain.shared.channel import Channel
from app.ports.revocations import Revocations
from app.ports.session_tokens import SessionTokens, TokenPair
from app.ports.sessions import SessionRepository
from app.ports.work import Works


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDesk:
    works: Works
    sessions: SessionRepository
    tokens: SessionTokens
    revocations: Revocations
    rules: SessionRules = DEFAULT_RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where a caller comes from and when. `device` and `app_version`: as the client says;
    `request_id` joins logs to what is recorded."""

    moment: datetime
    channel: Channel
    device: str | None = None
    app_version: str | None = None
    request_id: str | None = None

    def actor(self, user_id: int) -> Actor:
        return Actor(
            kind=ActorKind.VIEWER,
            name=str(user_id),
            channel=self.channel,
            device=self.device,
            request_id=self.request_id,
        )

    def record(
        self, act: str, user_id: int, after: dict[str, Plain], subject: str | None = None
    ) -> AuditRecord:
        """What a member did on arriving. `subject` None: to their own account."""
        return AuditRecord(
            act=act,
            subject=subject or f"member:{user_id}",
            user_id=user_id,
            at=self.moment,
            actor=self.actor(user_id),
            after=after,
        )


class Carrier(Protocol):
    """Carries a session where a page's scripts cannot read it: a cookie, which the gateway sets
    and removes with the answer."""

    def carry(self, pair: TokenPair) -> None: ...

    def drop(self) -> None: ...
