"""Requests as Alibaba Cloud signs them: ACS3-HMAC-SHA256 (V3 签名机制), of one POST with a form."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, urlencode

ALGORITHM = "ACS3-HMAC-SHA256"
FORM = "application/x-www-form-urlencoded"
SIGNED = (
    "content-type",
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)


def form(fields: Mapping[str, str]) -> bytes:
    """The body: a phone must not stand in an address, which others log."""
    return urlencode(fields, quote_via=quote).encode()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def signature(secret: str, headers: Mapping[str, str]) -> str:
    """`headers`: by lower-case names, all of `SIGNED` among them; the body's digest is one."""
    canonical = "\n".join(
        [
            "POST",
            "/",
            "",
            *(f"{name}:{headers[name].strip()}" for name in SIGNED),
            "",
            ";".join(SIGNED),
            headers["x-acs-content-sha256"],
        ]
    )
    to_sign = f"{ALGORITHM}\n{digest(canonical.encode())}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def authorisation(key_id: str, secret: str, headers: Mapping[str, str]) -> str:
    signed = ";".join(SIGNED)
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature(secret, headers)}"
