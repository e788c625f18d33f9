"""One-time codes of authenticator apps (TOTP, RFC 6238)."""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
SEED_BYTES = 20
ISSUER = "Youhui 油惠"
_BESIDE = (0, -1, 1)
"""The present step first; a clock may be off by one (RFC 6238, section 5.2)."""


class TotpCodes:
    """Implements `app.ports.staff.OneTimeCodes`. HMAC-SHA-1, which is what all authenticator apps
    take; what is known of SHA-1 does not touch it."""

    def new_seed(self) -> str:
        return b32encode(secrets.token_bytes(SEED_BYTES)).decode()

    def step_of(self, seed: str, code: str, at: datetime) -> int | None:
        totp = _totp(seed)
        step = int(at.timestamp()) // STEP_S
        for beside in _BESIDE:
            made = totp.generate((step + beside) * STEP_S)
            if hmac.compare_digest(made, code.encode()):
                return step + beside
        return None

    def link(self, seed: str, name: str) -> str:
        return _totp(seed).get_provisioning_uri(name, ISSUER)


def code_at(seed: str, at: datetime) -> str:
    """What an authenticator app shows."""
    return _totp(seed).generate(int(at.timestamp())).decode()


def _totp(seed: str) -> TOTP:
    return TOTP(b32decode(seed), DIGITS, SHA1(), STEP_S)  # noqa: S303 -- what the apps take
