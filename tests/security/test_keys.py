"""Signing keys: made once, kept private, rotated without loss."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey, RSAKey

from app.security.access_tokens import AccessTokenInvalid, AccessTokens
from app.security.keys import KEY_FILE, SigningKeyInvalid, SigningKeys

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def new_pem(curve: str = "P-256", *, private: bool = True) -> str:
    return ECKey.generate_key(curve, private=True).as_pem(private=private).decode()


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path):
    folder = tmp_path / "deep" / "er"
    first = SigningKeys.kept_under(folder)
    second = SigningKeys.kept_under(folder)
    assert first.current_id == second.current_id
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: SigningKeys.kept_under(tmp_path).current_id, range(24)))
    assert len(set(found)) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path):
    SigningKeys.kept_under(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(SigningKeyInvalid, match="chmod 600"):
        SigningKeys.kept_under(tmp_path)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "not a key",
        new_pem("P-384"),
        new_pem(private=False),
        RSAKey.generate_key(2048).as_pem(private=True).decode(),
    ],
    ids=["empty", "text", "other curve", "public half", "RSA"],
)
def test_only_a_private_p256_key_signs(pem):
    with pytest.raises(SigningKeyInvalid):
        SigningKeys.of([pem])


def test_no_key_at_all_is_refused():
    with pytest.raises(SigningKeyInvalid):
        SigningKeys.of([])


def test_a_retired_key_still_verifies_but_no_longer_signs():
    old, new = new_pem(), new_pem()
    token = AccessTokens(SigningKeys.of([old])).issue(7, NOW)
    rotated = AccessTokens(SigningKeys.of([new, old]))
    assert rotated.read(token, NOW).user_id == 7
    with pytest.raises(AccessTokenInvalid):
        AccessTokens(SigningKeys.of([old])).read(rotated.issue(7, NOW), NOW)


def test_a_folder_made_for_the_key_is_its_owners_alone(tmp_path):
    SigningKeys.kept_under(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_key_file_that_holds_no_text_is_refused(tmp_path):
    SigningKeys.kept_under(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SigningKeyInvalid):
        SigningKeys.kept_under(tmp_path)
