"""Ids are opaque, of one spelling, and anything else is unknown."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.shared.fuel import FuelGrade
from app.resolvers.keys import CouponKey, OfferKey, ProductKey, SessionKey, StationKey, ViewerKey
from app.schema import ids

BIGINT = st.integers(min_value=0, max_value=2**63 - 1)
KEYS = st.one_of(
    st.builds(StationKey, BIGINT),
    st.builds(ProductKey, BIGINT, st.sampled_from(FuelGrade)),
    st.builds(OfferKey, st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)),
    st.builds(CouponKey, BIGINT, BIGINT),
    st.builds(ViewerKey, BIGINT),
)


@given(KEYS)
def test_an_id_reads_back(key):
    assert ids.decode(ids.encode(key)) == key


@given(KEYS, st.integers(min_value=0), st.characters())
def test_a_changed_id_is_unknown_or_another_ones_own_id(key, place, character):
    written = ids.encode(key)
    at = place % len(written)
    changed = written[:at] + character + written[at + 1 :]
    read = ids.decode(changed)
    assert read is None or ids.encode(read) == changed


@given(st.text(max_size=60))
def test_anything_else_is_unknown(text):
    read = ids.decode(text)
    assert read is None or ids.encode(read) == text


def _spelled(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "1",
        "1s",
        "2s1",
        "1s01",
        "1s+1",
        "1s-1",
        "1s１",
        "1s1 ",
        f"1s{2**63}",
        "1s" + "9" * 120,
        "1p1:GASOLINE_91",
        "1p1",
        "1c1",
        "1c1:2:3",
        "1x1",
    ],
)
def test_spellings_that_encode_never_writes(spelling):
    assert ids.decode(_spelled(spelling)) is None


def test_padding_and_the_other_alphabet_are_refused():
    written = ids.encode(OfferKey("ÿÿÿ?"))
    assert ids.decode(written) == OfferKey("ÿÿÿ?")
    assert ids.decode(written + "=") is None
    assert ids.decode(written.replace("_", "/").replace("-", "+")) in (None, OfferKey("ÿÿÿ?"))


def test_ids_of_other_kinds_are_not_mistaken():
    assert ids.station_id(ids.encode(ViewerKey(7))) == ids.NO_STATION
    assert ids.offer_code(ids.encode(StationKey(7))) is None
    assert ids.coupon_key(ids.encode(OfferKey("x"))) is None


SESSIONS = st.builds(SessionKey, BIGINT, BIGINT)


@given(SESSIONS)
def test_a_sessions_id_reads_back_and_is_no_nodes(key):
    text = ids.session_id(key.user_id, key.session_id)
    assert ids.session_key(text) == key
    assert ids.decode(text) is None


@given(SESSIONS, st.integers(min_value=0), st.characters())
def test_a_changed_id_of_a_session_is_unknown_or_another_ones_own_id(key, place, character):
    written = ids.session_id(key.user_id, key.session_id)
    at = place % len(written)
    changed = written[:at] + character + written[at + 1 :]
    read = ids.session_key(changed)
    assert read is None or ids.session_id(read.user_id, read.session_id) == changed


@given(KEYS)
def test_no_nodes_id_is_a_sessions(key):
    assert ids.session_key(ids.encode(key)) is None
