"""What the cookie of an H5 session holds: sealed, so that a page or a log that sees it learns
nothing, and can make none."""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from app.domain.identity.principal import Principal, member
from app.ports.sealing import SealBroken, Sealer
from app.ports.session_tokens import SessionTokens, TokenPair

PLACE = "session cookie"
LONGEST = 1_024


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
        sealed = self.sealer.seal(orjson.dumps([until, pair.refresh_token]).decode(), PLACE)
        return _spelled(sealed)

    def read(self, word: str) -> CookieSession | None:
        """None for whatever `word` did not make."""
        if len(word) > LONGEST:
            return None
        try:
            sealed = b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
            if _spelled(sealed) != word:
                return None
            until, refresh_token = orjson.loads(self.sealer.open(sealed, PLACE))
        except (SealBroken, Base64Error, ValueError):
            return None
        presented = self.tokens.read_refresh(refresh_token)
        if presented is None:
            return None
        return CookieSession(
            principal=member(presented.user_id, presented.session_id),
            fresh_until=datetime.fromtimestamp(until, UTC),
            refresh_token=refresh_token,
        )


def _spelled(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
