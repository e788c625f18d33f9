"""Refresh tokens: proven by key and seed together; cookies: sealed."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.identity.principal import member
from app.security.access_tokens import AccessTokenInvalid, AccessTokens
from app.security.keys import SigningKeys, new_key_pem
from app.security.sealing import SealingKeys
from app.security.session_cookies import SessionCookies
from app.security.session_tokens import SignedSessionTokens

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
ME = member(7, 42)
SEED = bytes(range(32))


def tokens_of(keys) -> SignedSessionTokens:
    return SignedSessionTokens(keys, AccessTokens(keys))


@pytest.fixture
def tokens(keys) -> SignedSessionTokens:
    return tokens_of(keys)


def refresh(tokens, generation=0, seed=SEED, who=ME) -> str:
    return tokens.pair(who, seed, generation, NOW).refresh_token


def test_a_token_says_whose_it_is_and_is_genuine(tokens):
    presented = tokens.read_refresh(refresh(tokens, 3))
    assert (presented.user_id, presented.session_id, presented.generation) == (7, 42, 3)
    assert tokens.genuine(presented, SEED)


def test_made_twice_it_is_one_token(keys):
    assert refresh(tokens_of(keys), 3) == refresh(tokens_of(keys), 3)


def test_neither_key_nor_seed_alone_makes_one(tokens, tmp_path):
    others_key = tokens_of(SigningKeys.kept_under(tmp_path / "other"))
    for forged in (refresh(others_key), refresh(tokens, seed=bytes(32))):
        assert not tokens.genuine(tokens.read_refresh(forged), SEED)


@pytest.mark.parametrize(
    ("part", "other"), [("7-42.", "8-42."), ("7-42.", "7-43."), ("42.0.", "42.1.")]
)
def test_a_proof_is_of_one_member_session_and_generation(tokens, part, other):
    moved = refresh(tokens).replace(part, other)
    assert not tokens.genuine(tokens.read_refresh(moved), SEED)


@pytest.mark.parametrize(
    "text",
    ["", "x", "7-42.0", "07-42.0.{p}", "7-42.00.{p}", "7-42.-1.{p}", "7-0.0.{p}", "7-42.0.{p}=",
     " 7-42.0.{p}", "7-42.0.{p}\n", "99999999999999999999-1.0.{p}", "9999999999999999999-1.0.{p}",
     "٧-42.0.{p}", "7-42.0." + "A" * 42, "7-42.0." + "A" * 42 + "B", "a" * 100_000],
)  # fmt: skip
def test_what_has_not_the_one_form_is_no_token(tokens, text):
    assert tokens.read_refresh(text.format(p="A" * 43)) is None


def test_a_refresh_token_is_no_access_token_nor_the_other_way(keys, tokens):
    pair = tokens.pair(ME, SEED, 0, NOW)
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(keys).read(pair.refresh_token, NOW)
    assert tokens.read_refresh(pair.access_token) is None


def test_the_pair_tells_when_its_access_token_ends(keys, tokens):
    moment = NOW + timedelta(microseconds=999_999)
    pair = tokens.pair(ME, SEED, 0, moment)
    access = AccessTokens(keys)
    assert access.read(pair.access_token, pair.expires_at - timedelta(microseconds=1)) == ME
    assert pair.expires_at == NOW + timedelta(minutes=10)


def test_tokens_of_a_rotated_key_stay_genuine_until_it_is_retired():
    old, new = new_key_pem().decode(), new_key_pem().decode()
    before = refresh(tokens_of(SigningKeys.of([old])))
    rotated = tokens_of(SigningKeys.of([new, old]))
    assert rotated.genuine(rotated.read_refresh(before), SEED)
    assert refresh(rotated) != before
    retired = tokens_of(SigningKeys.of([new], retired=[old]))
    assert not retired.genuine(retired.read_refresh(before), SEED)


def test_a_pair_belongs_to_a_session(tokens):
    with pytest.raises(ValueError, match="session"):
        tokens.pair(member(7), SEED, 0, NOW)


def test_nothing_of_tokens_is_printed(tokens):
    pair = tokens.pair(ME, SEED, 0, NOW)
    assert pair.refresh_token not in repr(pair)
    assert pair.access_token not in repr(pair)


@pytest.fixture
def cookies(tokens) -> SessionCookies:
    return SessionCookies(SealingKeys.of([b64encode(bytes(32)).decode()]), tokens)


def test_a_cookie_carries_the_session(cookies, tokens):
    pair = tokens.pair(ME, SEED, 3, NOW)
    session = cookies.read(cookies.word(pair))
    assert session.principal == ME
    assert session.fresh_until == pair.expires_at
    assert session.refresh_token == pair.refresh_token


def test_a_cookie_shows_nothing_and_is_never_twice_the_same(cookies, tokens):
    pair = tokens.pair(ME, SEED, 3, NOW)
    word = cookies.word(pair)
    assert word != cookies.word(pair)
    assert pair.refresh_token not in word
    assert pair.refresh_token not in repr(cookies.read(word))


@pytest.mark.parametrize("change", [lambda w: w[:-2], lambda w: "B" + w[1:], lambda _: "",
                                    lambda w: w + "=", lambda w: f"{w[:9]} {w[9:]}",
                                    lambda _: "密", lambda w: w * 20])  # fmt: skip
def test_a_changed_cookie_is_none(cookies, tokens, change):
    word = cookies.word(tokens.pair(ME, SEED, 3, NOW))
    assert cookies.read(change(word)) is None
