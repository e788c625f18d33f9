"""Cache headers that follow what was read, and validators that follow what was said."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from app.resolvers.context import RequestContext

NEVER_KEPT = "private, no-store"
"""Errors, whatever holds a token, and whatever was not asked for by GET."""

_ASKED_AGAIN = "private, no-cache"
"""Kept by the viewer's own client only, which asks each time whether it still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """For how many seconds an answer that is the same for everyone is kept: `client_s` by whoever
    asked, `shared_s` by caches on the way."""

    client_s: int = 10
    shared_s: int = 10


def cache_control(context: RequestContext, lifetimes: Lifetimes | None) -> str:
    """For an answer without errors: kept by shared caches only if nothing of a viewer was read.
    `lifetimes` None: it was not asked for by GET, so no cache may answer it again."""
    if context.no_store or lifetimes is None:
        return NEVER_KEPT
    if context.private:
        return _ASKED_AGAIN
    return f"public, max-age={lifetimes.client_s}, s-maxage={lifetimes.shared_s}"


def entity_tag(body: bytes, media_type: str, language: str) -> str:
    """A strong validator: other bytes, another media type or language, another tag."""
    told = hashlib.sha256(f"{media_type}\n{language}\n".encode() + body).digest()[:16]
    return f'"{urlsafe_b64encode(told).decode().rstrip("=")}"'


def matches(tag: str, if_none_match: str | None) -> bool:
    """By weak comparison, as RFC 9110 (section 13.1.2) has it: a proxy that compresses an answer
    makes its tag weak."""
    if if_none_match is None:
        return False
    named = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in named or named == ["*"]
