"""Tokens of sessions: signed access tokens, and refresh tokens that are proven, not stored.

A refresh token is `<member>-<session>.<generation>.<proof>`. The proof is an HMAC over all of it
under the server's key and the session's seed: the database alone makes no token, nor does the key
alone, and any generation is told from a guess without a row for each. Made twice, it is the same:
so an answer that was lost is given again.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from app.domain.identity.principal import Principal
from app.ports.session_tokens import PresentedRefresh, TokenPair
from app.security.access_tokens import AccessTokens
from app.security.derived_keys import DerivedKeys
from app.security.keys import KeyRing

PURPOSE = b"youhui refresh token"
SEED_BYTES = 32
_FORM = re.compile(
    r"([1-9][0-9]{0,18})-([1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,9})\.([A-Za-z0-9_-]{43})"
)
_MAX_BIGINT = 2**63 - 1


class SignedSessionTokens:
    """Implements `app.ports.session_tokens.SessionTokens`. A token that a retired key made is no
    longer genuine: whoever refreshed since the rotation has one of the new key."""

    def __init__(self, keys: KeyRing, access: AccessTokens) -> None:
        self._keys = DerivedKeys(keys, PURPOSE)
        self._access = access

    def new_seed(self) -> bytes:
        return secrets.token_bytes(SEED_BYTES)

    def pair(self, principal: Principal, seed: bytes, generation: int, at: datetime) -> TokenPair:
        if principal.session_id is None:
            raise ValueError("a refresh token belongs to a session")
        named = f"{principal.id}-{principal.session_id}.{generation}"
        proof = urlsafe_b64encode(_proof(self._keys.verifying()[0], seed, named)).rstrip(b"=")
        return TokenPair(
            access_token=self._access.issue(principal, at),
            refresh_token=f"{named}.{proof.decode()}",
            expires_at=self._access.expires_at(at),
        )

    def read_refresh(self, token: str) -> PresentedRefresh | None:
        form = _FORM.fullmatch(token)
        if form is None:
            return None
        user_id, session_id, generation = (int(form[part]) for part in (1, 2, 3))
        proof = urlsafe_b64decode(form[4] + "=")
        canonical = urlsafe_b64encode(proof).rstrip(b"=").decode() == form[4]
        if not canonical or max(user_id, session_id) > _MAX_BIGINT:
            return None
        return PresentedRefresh(user_id, session_id, generation, proof)

    def genuine(self, presented: PresentedRefresh, seed: bytes) -> bool:
        named = f"{presented.user_id}-{presented.session_id}.{presented.generation}"
        proofs = [_proof(key, seed, named) for key in self._keys.verifying()]
        return any(hmac.compare_digest(proof, presented.proof) for proof in proofs)


def _proof(key: bytes, seed: bytes, named: str) -> bytes:
    return hmac.digest(key, seed + named.encode(), "sha256")
