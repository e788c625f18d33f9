"""What the cookie of an H5 session holds: sealed, so that a page or a log that sees it learns
nothing, and can make none."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from app.domain.identity.principal import Principal, member
from app.ports.sealing import Sealer
from app.ports.session_tokens import SessionTokens, TokenPair
from app.security.sealed_words import open_word, sealed_word

PLACE = "session cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSession:
    """`fresh_until`: as long the member is believed without asking the database; then the session
    is refreshed."""

    principal: Principal
    fresh_until: datetime
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionCookies:
    """An access token and a refresh token in one, as one opaque word."""

    sealer: Sealer
    tokens: SessionTokens

    def word(self, pair: TokenPair) -> str:
        until = int(pair.expires_at.timestamp())
        return sealed_word(self.sealer, orjson.dumps([until, pair.refresh_token]).decode(), PLACE)

    def read(self, word: str) -> CookieSession | None:
        """None for whatever `word` did not make."""
        opened = open_word(self.sealer, word, PLACE)
        if opened is None:
            return None
        until, refresh_token = orjson.loads(opened)
        presented = self.tokens.read_refresh(refresh_token)
        if presented is None:
            return None
        return CookieSession(
            principal=member(presented.user_id, presented.session_id),
            fresh_until=datetime.fromtimestamp(until, UTC),
            refresh_token=refresh_token,
        )
