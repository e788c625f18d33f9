"""The blind index: finds what is the same, tells nothing of what it is, and survives a new key."""

from base64 import b64encode

from app.security.sealing import SealingKeys

OLD, NEW = (b64encode(bytes([number]) * 32).decode() for number in (1, 2))
PHONE = "+8613812340001"


def test_the_same_text_at_the_same_place_is_found():
    keys = SealingKeys.of([NEW])
    assert keys.index(PHONE, "phone") == SealingKeys.of([NEW]).index(PHONE, "phone")
    assert [len(each) for each in keys.index(PHONE, "phone")] == [32]


def test_another_text_place_or_key_is_another_hash():
    keys = SealingKeys.of([NEW])
    hashes = {
        *keys.index(PHONE, "phone"),
        *keys.index("+8613812340002", "phone"),
        *keys.index(PHONE, "address"),
        *SealingKeys.of([OLD]).index(PHONE, "phone"),
    }
    assert len(hashes) == 4


def test_a_place_and_a_text_cannot_be_told_for_others():
    keys = SealingKeys.of([NEW])
    assert keys.index("b", "pa") != keys.index("ab", "p")


def test_what_was_indexed_under_a_retired_key_is_still_found():
    before = SealingKeys.of([OLD]).index(PHONE, "phone")
    assert before[0] in SealingKeys.of([NEW, OLD]).index(PHONE, "phone")[1:]


def test_keys_are_not_printed():
    keys = SealingKeys.of([NEW])
    assert all(str(key) not in repr(keys) for key in keys.index_keys)
