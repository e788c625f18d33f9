"""Access tokens: only ours, only in time, only for their purpose."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson
import pytest

from app.domain.identity.permissions import Permission
from app.domain.identity.principal import Principal, PrincipalKind, member
from app.domain.identity.roles import Role
from app.security.access_tokens import (
    PURPOSE,
    AccessTokenExpired,
    AccessTokenInvalid,
    AccessTokens,
)
from app.security.keys import SigningKeys
from app.security.signatures import Signer

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def signed(keys, **changed) -> str:
    claims = {
        "iss": "youhui",
        "aud": "youhui-api",
        "sub": "7",
        "exp": int(NOW.timestamp()) + 60,
    } | changed
    return Signer(keys, PURPOSE).sign(orjson.dumps(claims))


def test_a_token_names_its_member(keys):
    tokens = AccessTokens(keys)
    assert tokens.read(tokens.issue(9_007_199_254_740_993, NOW), NOW).id == 9_007_199_254_740_993


def test_a_token_ends_at_its_end_and_not_before(keys):
    tokens = AccessTokens(keys, lifetime=timedelta(minutes=10))
    token = tokens.issue(7, NOW)
    assert tokens.read(token, NOW + timedelta(minutes=9, seconds=59)).user_id == 7
    with pytest.raises(AccessTokenExpired):
        tokens.read(token, NOW + timedelta(minutes=10))


def test_two_tokens_of_one_instant_differ(keys):
    tokens = AccessTokens(keys)
    assert tokens.issue(7, NOW) != tokens.issue(7, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "other"},
        {"aud": "other"},
        {"aud": None},
        {"sub": "0"},
        {"sub": "-1"},
        {"sub": "x"},
        {"sub": "٧"},
        {"sub": str(2**63)},
        {"sub": 7},
        {"exp": "never"},
        {"exp": None},
    ],
)
def test_claims_out_of_shape_are_refused(keys, changed):
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(signed(keys, **changed), NOW)


@pytest.mark.parametrize("payload", [b"[]", b"7", b"null", b"{", b""])
def test_payloads_that_hold_no_claims_are_refused(keys, payload):
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(Signer(keys, PURPOSE).sign(payload), NOW)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "密.码.钥", "a" * 5000])
def test_what_is_no_token_is_refused(keys, token):
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(token, NOW)


def test_a_strangers_key_is_refused(keys, tmp_path):
    stranger = SigningKeys.kept_under(tmp_path / "stranger")
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(AccessTokens(stranger).issue(7, NOW), NOW)


@pytest.mark.parametrize("algorithm", ["HS256", "none", "ES384"])
def test_no_other_algorithm_is_taken(keys, algorithm):
    """The public half as an HMAC secret, no signature at all, a neighbour: classic forgeries."""
    header = {"alg": algorithm, "typ": PURPOSE, "kid": keys.current_id}
    claims = {"iss": "youhui", "aud": "youhui-api", "sub": "7", "exp": 9_999_999_999}
    signed_part = b".".join(base64url(orjson.dumps(part)) for part in (header, claims))
    code = hmac.new(keys.current.as_pem(private=False), signed_part, sha256).digest()
    signature = b"" if algorithm == "none" else base64url(code)
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read((signed_part + b"." + signature).decode(), NOW)


def base64url(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


STAFF = Principal(
    kind=PrincipalKind.STAFF, id=7, session_id=3, roles=frozenset({Role.OPERATOR, Role.SUPPORT})
)
SERVICE = Principal(kind=PrincipalKind.SERVICE, id=7, scopes=frozenset({Permission.ORDER_FULFIL}))


@pytest.mark.parametrize("principal", [member(7), member(7, 42), STAFF, SERVICE])
def test_a_token_names_who_asks_whatever_they_are(keys, principal):
    tokens = AccessTokens(keys)
    assert tokens.read(tokens.issue(principal, NOW), NOW) == principal


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "staff:7"},
        {"sub": "staff:7", "roles": "OPERATOR"},
        {"sub": "staff:", "roles": []},
        {"sub": "staff:07", "roles": []},
        {"sub": "service:7"},
        {"sub": "service:7", "scope": ["order:fulfil"]},
        {"sub": "nobody:7"},
        {"sub": ":7"},
        {"sub": "07"},
        {"sid": 0},
        {"sid": "1"},
        {"sid": True},
        {"sid": 2**63},
        {"exp": True},
    ],
)
def test_subjects_and_sessions_out_of_shape_are_refused(keys, changed):
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(signed(keys, **changed), NOW)


def test_a_role_that_is_not_known_opens_nothing(keys):
    token = signed(keys, sub="staff:7", roles=["OPERATOR", "EMPEROR", 3])
    assert AccessTokens(keys).read(token, NOW).roles == {Role.OPERATOR}


def test_a_member_is_never_more_than_a_driver(keys):
    """Whatever the claims say: only the subject's kind counts."""
    token = signed(keys, roles=["ADMINISTRATOR"], scope="access:grant")
    assert AccessTokens(keys).read(token, NOW) == member(7)
