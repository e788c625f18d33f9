"""Forged access tokens, each wrong in one way that some library has believed."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from joserfc import jws
from joserfc.jwk import ECKey

from app.security.access_tokens import AUDIENCE, ISSUER, PURPOSE, AccessTokens
from app.security.keys import SigningKeys

VICTIM = 1000002
_REGISTRY = jws.JWSRegistry(algorithms=["ES256"])


@dataclass(frozen=True)
class Forger:
    """Who holds a real token of their own, and all that is public."""

    keys: SigningKeys

    def token(self, name: str) -> str:
        return FORGERIES[name](self)

    def real(self) -> str:
        return AccessTokens(self.keys).issue(VICTIM, datetime.now(UTC))

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(datetime.now(UTC).timestamp())
        return {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(VICTIM),
            "iat": now,
            "exp": now + 600,
            "jti": secrets.token_urlsafe(12),
        } | changed

    def header(self, **changed: Any) -> dict[str, Any]:
        return {"alg": "ES256", "typ": PURPOSE, "kid": self.keys.current_id} | changed

    def public_pem(self) -> bytes:
        return self.keys.current.as_pem(private=False)

    def with_hmac(self, secret: bytes) -> str:
        """HS256 under what everybody may know."""
        signed = f"{_part(self.header(alg='HS256'))}.{_part(self.claims())}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_encoded(mac)}"

    def signed(self, key: ECKey, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        return jws.serialize_compact(dict(header), orjson.dumps(claims), key, registry=_REGISTRY)

    def ours(self, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """As if our own key had signed something that it never signs."""
        return self.signed(self.keys.current, header or self.header(), self.claims(**claims))


def _encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _part(values: Mapping[str, Any]) -> str:
    return _encoded(orjson.dumps(values))


def _unsigned(forger: Forger, alg: str) -> str:
    return f"{_part(forger.header(alg=alg))}.{_part(forger.claims())}."


def _own_key(forger: Forger) -> str:
    return forger.signed(_foreign(), forger.header(), forger.claims())


def _foreign() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


def _brings_its_key(forger: Forger) -> str:
    """In the header, as RFC 7515 (section 4.1.3) lets a token do."""
    key = _foreign()
    header = forger.header(jwk=key.as_dict(private=False))
    return forger.signed(key, header, forger.claims())


def _other_payload(forger: Forger) -> str:
    header, _, signature = forger.real().split(".")
    return f"{header}.{_part(forger.claims(sub='1000001'))}.{signature}"


def _respelt(forger: Forger) -> str:
    """The same signature in another spelling: its last character holds unused bits."""
    token = forger.real()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def _expired(forger: Forger) -> str:
    long_ago = replace(AccessTokens(forger.keys), lifetime=timedelta(seconds=1))
    return long_ago.issue(VICTIM, datetime.now(UTC) - timedelta(days=1))


FORGERIES: dict[str, Callable[[Forger], str]] = {
    "alg-none": lambda f: _unsigned(f, "none"),
    "alg-none-in-other-case": lambda f: _unsigned(f, "nOnE"),
    "unsigned-es256": lambda f: _unsigned(f, "ES256"),
    "hmac-with-public-pem": lambda f: f.with_hmac(f.public_pem()),
    "hmac-with-public-jwk": lambda f: f.with_hmac(
        orjson.dumps(f.keys.current.as_dict(private=False))
    ),
    "hmac-with-empty-key": lambda f: f.with_hmac(b""),
    "own-key-with-our-kid": _own_key,
    "brings-its-key": _brings_its_key,
    "kid-unknown": lambda f: f.signed(_foreign(), f.header(kid="nobody"), f.claims()),
    "kid-is-a-path": lambda f: f.signed(_foreign(), f.header(kid="../../../dev/null"), f.claims()),
    "kid-is-sql": lambda f: f.signed(_foreign(), f.header(kid="' OR '1'='1"), f.claims()),
    "key-by-address": lambda f: f.signed(
        _foreign(), f.header(jku="http://127.0.0.1:1/jwks.json"), f.claims()
    ),
    "payload-replaced": _other_payload,
    "signature-respelt": _respelt,
    "signature-cut": lambda f: f.real().rpartition(".")[0] + ".",
    "expired": _expired,
    "never-expires": lambda f: f.ours(exp=None),
    "expires-as-text": lambda f: f.ours(exp="9999999999"),
    "expires-as-a-fraction": lambda f: f.ours(exp=9999999999.5),
    "other-audience": lambda f: f.ours(aud="someone-else"),
    "audience-as-a-list": lambda f: f.ours(aud=[AUDIENCE]),
    "other-issuer": lambda f: f.ours(iss="someone-else"),
    "subject-negative": lambda f: f.ours(sub="-1"),
    "subject-too-great": lambda f: f.ours(sub=str(2**63)),
    "subject-of-other-digits": lambda f: f.ours(sub="１０００００２"),
    "subject-with-spaces": lambda f: f.ours(sub=" 1000002"),
    "subject-of-staff-without-roles": lambda f: f.ours(sub="staff:1"),
    "refresh-as-access": lambda f: f"1.{secrets.token_urlsafe(32)}",
    "quote-as-access": lambda f: f.ours(header=f.header(typ="quote")),
    "plain-jwt-as-access": lambda f: f.ours(header=f.header(typ="JWT")),
    "critical-extension": lambda f: _part(f.header(crit=["exp"], exp=1)) + f.real()[36:],
    "five-parts": lambda f: "a.b.c.d.e",
    "very-long": lambda f: f.real() + "A" * 20_000,
    "of-json": lambda f: '{"payload":"","protected":"","signature":""}',
}
