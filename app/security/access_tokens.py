"""Access tokens: who asks, for a few minutes (JWT, RFC 9068)."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import orjson

from app.domain.identity.permissions import Permission
from app.domain.identity.principal import Principal, PrincipalKind, member
from app.domain.identity.roles import Role
from app.security.keys import KeyRing
from app.security.signatures import SignatureInvalid, Signer

PURPOSE = "at+jwt"
ISSUER = "youhui"
AUDIENCE = "youhui-api"
LIFETIME = timedelta(minutes=10)
_MAX_BIGINT = 2**63 - 1
_PREFIXES = {
    PrincipalKind.MEMBER: "",
    PrincipalKind.STAFF: "staff:",
    PrincipalKind.SERVICE: "service:",
}

Word = TypeVar("Word", bound=StrEnum)


class AccessTokenInvalid(Exception):
    """Not one of ours, changed, or signed for something else."""


class AccessTokenExpired(Exception):
    """One of ours, whose time is over."""


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Claims: `sub` is a member's number, "staff:7" or "service:3"; `sid` the session, where there
    is one; `roles` of staff; `scope` of services (RFC 8693, section 4.2). Nothing personal."""

    keys: KeyRing
    lifetime: timedelta = LIFETIME
    _signer: Signer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_signer", Signer(self.keys, PURPOSE))

    def issue(self, principal: Principal | int, moment: datetime) -> str:
        """A token that names the principal, valid from `moment` for `lifetime`; a number alone is
        a member's, without a session."""
        if isinstance(principal, int):
            principal = member(principal)
        issued = int(moment.timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": f"{_PREFIXES[principal.kind]}{principal.id}",
            "iat": issued,
            "exp": issued + int(self.lifetime.total_seconds()),
            "jti": secrets.token_urlsafe(12),
        }
        if principal.session_id is not None:
            claims["sid"] = principal.session_id
        if principal.kind is PrincipalKind.STAFF:
            claims["roles"] = sorted(principal.roles)
        if principal.kind is PrincipalKind.SERVICE:
            claims["scope"] = " ".join(sorted(principal.scopes or ()))
        return self._signer.sign(orjson.dumps(claims))

    def expires_at(self, moment: datetime) -> datetime:
        """When a token that is issued at `moment` ends: whole seconds, as the token says them."""
        return moment.replace(microsecond=0) + self.lifetime

    def read(self, token: str, moment: datetime) -> Principal:
        """Whom the token names. Raises `AccessTokenInvalid` or `AccessTokenExpired`."""
        try:
            claims = orjson.loads(self._signer.read(token))
        except (SignatureInvalid, orjson.JSONDecodeError) as error:
            raise AccessTokenInvalid(str(error)) from error
        if not isinstance(claims, dict):
            raise AccessTokenInvalid("claims")
        if claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            raise AccessTokenInvalid("audience")
        expires = claims.get("exp")
        if type(expires) is not int:
            raise AccessTokenInvalid("claims")
        principal = _principal(claims)
        if moment.timestamp() >= expires:
            raise AccessTokenExpired
        return principal


def _principal(claims: Mapping[str, Any]) -> Principal:
    kind, number = _subject(claims.get("sub"))
    session = claims.get("sid")
    if session is not None and not (type(session) is int and 0 < session <= _MAX_BIGINT):
        raise AccessTokenInvalid("session")
    match kind:
        case PrincipalKind.MEMBER:
            return member(number, session)
        case PrincipalKind.STAFF:
            roles = _words(Role, claims.get("roles"))
            return Principal(kind=kind, id=number, session_id=session, roles=roles)
        case PrincipalKind.SERVICE:
            scope = claims.get("scope")
            scopes = _words(Permission, scope.split() if isinstance(scope, str) else None)
            return Principal(kind=kind, id=number, session_id=session, scopes=scopes)


def _subject(subject: object) -> tuple[PrincipalKind, int]:
    if not isinstance(subject, str):
        raise AccessTokenInvalid("subject")
    prefix, colon, rest = subject.rpartition(":")
    kind = next((kind for kind, of in _PREFIXES.items() if of == prefix + colon), None)
    plain = rest.isascii() and rest.isdigit() and not rest.startswith("0")
    if kind is None or not plain or int(rest) > _MAX_BIGINT:
        raise AccessTokenInvalid("subject")
    return kind, int(rest)


def _words(of: type[Word], given: Iterable[object] | None) -> frozenset[Word]:
    """A word that this version does not know opens nothing here: it is passed over."""
    if not isinstance(given, list):
        raise AccessTokenInvalid("claims")
    known = {word.value: word for word in of}
    return frozenset(known[word] for word in given if isinstance(word, str) and word in known)
