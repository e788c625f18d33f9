"""Cursors read back; everything else is a bad request, never a fault."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.resolvers.errors import BadCursor
from app.resolvers.pages import Cursor
from app.schema.pagination import decode_cursor, encode_cursor

NUMBERS = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
CURSORS = st.builds(
    Cursor,
    listing=st.text(max_size=40),
    version=st.integers(min_value=0, max_value=10**9),
    key=st.lists(NUMBERS | st.text(max_size=20), max_size=4).map(tuple),
    fuel_grade=st.none() | st.just("GASOLINE_92"),
    fill=st.none() | st.just("A20000"),
)


def _as_text(parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@given(CURSORS)
def test_a_cursor_reads_back(cursor):
    text = encode_cursor(cursor)
    if len(text) <= 400:
        assert decode_cursor(text) == cursor


@given(st.text(min_size=1, max_size=80))
def test_any_text_reads_or_is_a_bad_cursor(text):
    with suppress(BadCursor):
        decode_cursor(text)


def test_a_bad_cursor_has_a_stable_code():
    assert BadCursor().extensions == {"code": "BAD_CURSOR"}


@pytest.mark.parametrize("text", [None, ""])
def test_no_cursor_is_the_first_page(text):
    assert decode_cursor(text) is None


@pytest.mark.parametrize(
    "parts",
    [
        {},
        [],
        1,
        None,
        [2, "stations:x", 1, [1, 2, 3], None, None],
        [1, "stations:x", 1, [1, 2, 3], None],
        [1, 5, 1, [1, 2, 3], None, None],
        [1, "stations:x", True, [1, 2, 3], None, None],
        [1, "stations:x", 1, [1, True, 3], None, None],
        [1, "stations:x", 1, [1, 2.5, 3], None, None],
        [1, "stations:x", 1, [1, 2**63, 3], None, None],
        [1, "stations:x", 1, "abc", None, None],
        [1, "stations:x", 1, [1, 2, 3], 92, None],
        [1, "stations:x", 1, [[1], 2, 3], None, None],
    ],
)
def test_what_was_never_written_is_refused(parts):
    with pytest.raises(BadCursor):
        decode_cursor(_as_text(parts))


def test_a_long_or_deep_text_is_refused_before_it_is_read():
    with pytest.raises(BadCursor):
        decode_cursor("A" * 100_000)
    with pytest.raises(BadCursor):
        decode_cursor(_as_text("[" * 200))
