"""Who asks: the only place that reads credentials, for HTTP, events and WebSockets alike.

A bearer token, or the cookie of an H5 session; where both come the token counts, since no foreign
page can send one. Neither: a guest. What does not hold is refused: to answer as a guest would show
a member other prices without a word.
"""

from datetime import datetime
from typing import Protocol

from starlette.requests import HTTPConnection

from app.domain.identity.principal import Principal
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.held_session import HeldSession, held_by, session_over
from app.security.access_tokens import AccessTokenExpired, AccessTokenInvalid, AccessTokens

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="youhui", error="invalid_token"'}


class Revoked(Protocol):
    def revoked(self, principal: Principal) -> bool:
        """Whether the principal's session has ended, as far as is known here."""
        ...


def read_credentials(
    caller: HTTPConnection, tokens: AccessTokens, revocations: Revoked | None, moment: datetime
) -> Principal | None:
    """None: a guest. Raises `EdgeFault`: TOKEN_INVALID, TOKEN_EXPIRED, or FORBIDDEN where a page
    of another origin would use the cookie."""
    header = caller.headers.get("authorization")
    held = held_by(caller) if header is None else None
    principal = _of_cookie(held, moment) if header is None else _of_bearer(header, tokens, moment)
    if principal is None or revocations is None or not revocations.revoked(principal):
        return principal
    if held is not None:
        raise held.over(session_over(EdgeCode.TOKEN_INVALID))
    raise token_refused(EdgeCode.TOKEN_INVALID)


def _of_bearer(header: str, tokens: AccessTokens, moment: datetime) -> Principal:
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise token_refused(EdgeCode.TOKEN_INVALID)
    try:
        return tokens.read(token.strip(), moment)
    except AccessTokenExpired:
        raise token_refused(EdgeCode.TOKEN_EXPIRED) from None
    except AccessTokenInvalid:
        raise token_refused(EdgeCode.TOKEN_INVALID) from None


def _of_cookie(held: HeldSession | None, moment: datetime) -> Principal | None:
    """What was fresh when the connection began may have ended on a stream meanwhile."""
    if held is None:
        return None
    if held.fault is not None:
        raise held.fault
    if held.session is None:
        return None
    if moment >= held.session.fresh_until:
        raise session_over(EdgeCode.TOKEN_EXPIRED)
    return held.session.principal


def token_refused(code: EdgeCode) -> EdgeFault:
    expired = code is EdgeCode.TOKEN_EXPIRED
    return EdgeFault(
        401,
        code,
        "登录已过期，请重新登录。" if expired else "登录凭证无效，请重新登录。",
        "The session has expired. Sign in again."
        if expired
        else "The access token is not valid. Sign in again.",
        CHALLENGE,
    )
