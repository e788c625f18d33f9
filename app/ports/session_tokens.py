"""What a session is carried by: access tokens, for minutes, and refresh tokens, for one use."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.identity.principal import Principal


@dataclass(frozen=True, slots=True)
class PresentedRefresh:
    """A refresh token taken apart. Nothing of it is believed before `SessionTokens.genuine`."""

    user_id: int
    session_id: int
    generation: int
    proof: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """`expires_at`: of the access token."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


class SessionTokens(Protocol):
    def new_seed(self) -> bytes:
        """32 random bytes for a new session."""
        ...

    def pair(self, principal: Principal, seed: bytes, generation: int, at: datetime) -> TokenPair:
        """An access token from `at` on, and the refresh token of a generation, which is the same
        each time: made twice, it is one token. `principal` has a session."""
        ...

    def read_refresh(self, token: str) -> PresentedRefresh | None:
        """None for whatever does not have the form of a refresh token."""
        ...

    def genuine(self, presented: PresentedRefresh, seed: bytes) -> bool:
        """Whether we made it, for this session and generation."""
        ...
