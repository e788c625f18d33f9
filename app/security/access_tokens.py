"""Access tokens: who asks, for a limited time (JWT, RFC 9068)."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from app.security.keys import SigningKeys
from app.security.signatures import SignatureInvalid, Signer

PURPOSE = "at+jwt"
ISSUER = "youhui"
AUDIENCE = "youhui-api"
_MAX_BIGINT = 2**63 - 1


class AccessTokenInvalid(Exception):
    """Not one of ours, changed, or signed for something else."""


class AccessTokenExpired(Exception):
    """One of ours, whose time is over."""


@dataclass(frozen=True, slots=True)
class AccessTokens:
    keys: SigningKeys
    lifetime: timedelta = timedelta(hours=2)
    _signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_signer", Signer(self.keys, PURPOSE))

    def issue(self, user_id: int, moment: datetime) -> str:
        """A token that names the member by number alone, valid from `moment` for `lifetime`."""
        issued = int(moment.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "iat": issued,
            "exp": issued + int(self.lifetime.total_seconds()),
            "jti": secrets.token_urlsafe(12),
        }
        return self._signer.sign(orjson.dumps(claims))

    def read(self, token: str, moment: datetime) -> int:
        """The member's user id. Raises `AccessTokenInvalid` or `AccessTokenExpired`."""
        try:
            claims = orjson.loads(self._signer.read(token))
        except (SignatureInvalid, orjson.JSONDecodeError) as error:
            raise AccessTokenInvalid(str(error)) from error
        if not isinstance(claims, dict):
            raise AccessTokenInvalid("claims")
        if claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            raise AccessTokenInvalid("audience")
        expires, subject = claims.get("exp"), claims.get("sub")
        if not isinstance(expires, int) or not isinstance(subject, str):
            raise AccessTokenInvalid("claims")
        if not (subject.isascii() and subject.isdigit() and 0 < int(subject) <= _MAX_BIGINT):
            raise AccessTokenInvalid("subject")
        if moment.timestamp() >= expires:
            raise AccessTokenExpired
        return int(subject)
