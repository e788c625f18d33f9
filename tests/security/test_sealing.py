"""Sealing: what is sealed opens with its key, at its place, unchanged; and nowhere else."""

import stat
from base64 import b64encode
from pathlib import Path

import pytest

from app.ports.sealing import SealBroken
from app.security.sealing import KEY_FILE, SealingKeyInvalid, SealingKeys

OLD, NEW = (b64encode(bytes([number]) * 32).decode() for number in (1, 2))
PLACE = "invoice.email:7:42"


def test_what_was_sealed_opens_and_never_looks_the_same():
    keys = SealingKeys.of([NEW])
    sealed = [keys.seal("税号 91310000", PLACE) for _ in range(2)]
    assert sealed[0] != sealed[1]
    assert {keys.open(one, PLACE) for one in sealed} == {"税号 91310000"}
    assert b"91310000" not in sealed[0]


def test_a_retired_key_still_opens_and_does_not_seal():
    sealed = SealingKeys.of([OLD]).seal("a@b.cn", PLACE)
    both = SealingKeys.of([NEW, OLD])
    assert both.open(sealed, PLACE) == "a@b.cn"
    with pytest.raises(SealBroken):
        SealingKeys.of([OLD]).open(both.seal("a@b.cn", PLACE), PLACE)


def test_another_place_does_not_open_it():
    keys = SealingKeys.of([NEW])
    with pytest.raises(SealBroken):
        keys.open(keys.seal("a@b.cn", PLACE), "invoice.email:8:42")


@pytest.mark.parametrize("position", [0, 1, 5, 17, -1])
def test_a_changed_byte_does_not_open(position: int):
    keys = SealingKeys.of([NEW])
    sealed = bytearray(keys.seal("a@b.cn", PLACE))
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        keys.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 16, 20])
def test_what_is_cut_short_does_not_open(length: int):
    keys = SealingKeys.of([NEW])
    with pytest.raises(SealBroken):
        keys.open(keys.seal("a@b.cn", PLACE)[:length], PLACE)


@pytest.mark.parametrize("text", ["", "no key", b64encode(bytes(31)).decode()])
def test_what_is_no_key_is_refused_and_not_shown(text: str):
    with pytest.raises(SealingKeyInvalid) as refused:
        SealingKeys.of([text])
    assert not text or text not in str(refused.value)


def test_no_key_at_all_is_refused():
    with pytest.raises(SealingKeyInvalid):
        SealingKeys.of([])


def test_a_key_is_kept_for_the_owner_alone(tmp_path: Path):
    first, second = (SealingKeys.kept_under(tmp_path / "data") for _ in range(2))
    assert second.open(first.seal("a@b.cn", PLACE), PLACE) == "a@b.cn"
    kept = tmp_path / "data" / KEY_FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.chmod(0o640)
    with pytest.raises(SealingKeyInvalid, match="chmod 600"):
        SealingKeys.kept_under(tmp_path / "data")


def test_keys_are_no_part_of_their_text():
    assert "AESGCM" not in repr(SealingKeys.of([NEW]))
