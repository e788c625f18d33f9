"""Keys are rotated under running processes: nothing that holds is refused, nothing retired holds."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.security.access_tokens import AccessTokenInvalid, AccessTokens
from app.security.code_hashes import KeyedCodeHashes
from app.security.followed_keys import (
    LOOK_EVERY_S,
    RETIRED_FILE,
    FollowedKeys,
    KeyChangeRefused,
    retire,
    rotate,
)
from app.security.keys import KEY_FILE, SigningKeys, public_keys

NOW = datetime(2026, 5, 1, tzinfo=UTC)


class Ticks:
    """A monotonic clock that a test moves."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def process(tmp_path, ticks) -> FollowedKeys:
    """The keys as one running process sees them."""
    return FollowedKeys(tmp_path, ticks)


def test_a_rotation_is_seen_while_running(process, tmp_path, ticks):
    before = process.now().current_id
    made = rotate(tmp_path)
    ticks.now_s += LOOK_EVERY_S
    assert process.now().current_id == made.current_id != before
    assert set(process.now().by_id) == {made.current_id, before}


def test_what_another_process_signs_first_is_believed_at_once(process, tmp_path):
    """Its key is not known here yet, and the next look is not due."""
    AccessTokens(process).read(AccessTokens(process).issue(7, NOW), NOW)
    rotate(tmp_path)
    elsewhere = AccessTokens(FollowedKeys(tmp_path))
    assert AccessTokens(process).read(elsewhere.issue(7, NOW), NOW).id == 7


def test_tokens_from_before_a_rotation_hold_until_their_key_is_retired(process, tmp_path, ticks):
    old, tokens = process.now().current_id, AccessTokens(process)
    token = tokens.issue(7, NOW)
    rotate(tmp_path)
    ticks.now_s += LOOK_EVERY_S
    assert tokens.read(token, NOW).id == 7
    retire(tmp_path, old)
    ticks.now_s += LOOK_EVERY_S
    with pytest.raises(AccessTokenInvalid):
        tokens.read(token, NOW)


def test_codes_that_were_hashed_under_a_retired_key_are_still_found(process, tmp_path, ticks):
    hashes = KeyedCodeHashes(process)
    printed = hashes.of("CODE")[0]
    retire_all_but_the_newest(tmp_path)
    ticks.now_s += LOOK_EVERY_S
    assert hashes.of("CODE")[0] != printed
    assert printed in hashes.of("CODE")


def retire_all_but_the_newest(folder) -> None:
    old = FollowedKeys(folder).now().current_id
    rotate(folder)
    retire(folder, old)


def test_the_key_that_signs_is_not_retired(process, tmp_path):
    with pytest.raises(KeyChangeRefused, match="rotate"):
        retire(tmp_path, process.now().current_id)
    with pytest.raises(KeyChangeRefused, match="no key"):
        retire(tmp_path, "nobody")


def test_broken_files_leave_the_keys_as_they_are(process, tmp_path, ticks):
    before = process.now().current_id
    (tmp_path / KEY_FILE).write_text("half a key")
    ticks.now_s += LOOK_EVERY_S
    assert process.now().current_id == before


def test_many_rotations_at_once_lose_no_key(tmp_path):
    FollowedKeys(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        made = {keys.current_id for keys in pool.map(lambda _: rotate(tmp_path), range(8))}
    assert len(made) == 8
    assert made < set(FollowedKeys(tmp_path).now().by_id)


def test_what_is_kept_is_its_owners_alone(tmp_path):
    FollowedKeys(tmp_path)
    retire_all_but_the_newest(tmp_path)
    for name in (KEY_FILE, RETIRED_FILE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {KEY_FILE, RETIRED_FILE, "keys.lock"}


def test_a_setting_holds_several_keys(tmp_path):
    FollowedKeys(tmp_path)
    rotate(tmp_path)
    text = (tmp_path / KEY_FILE).read_text()
    assert SigningKeys.of_text(text).by_id.keys() == FollowedKeys(tmp_path).now().by_id.keys()


def test_the_published_set_holds_public_halves_of_all_that_verify(tmp_path):
    FollowedKeys(tmp_path)
    retire_all_but_the_newest(tmp_path)
    keys = rotate(tmp_path)
    published = public_keys(keys)["keys"]
    assert [key["kid"] for key in published] == list(keys.by_id)
    assert published[0]["kid"] == keys.current_id
    for key in published:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
