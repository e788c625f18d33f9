"""Decimals were never floats; instants carry their offset."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.scalars import parse_decimal, parse_instant, thousandths
from app.schema.texts.amounts import decimal_of_thousandths
from tests.fakes.world import World, station


@pytest.mark.parametrize("text", ["0", "1", "43.165", "-0.5", "999999999.999", "999999999999"])
def test_plain_decimals_are_taken(text):
    assert parse_decimal(text) == text


@pytest.mark.parametrize(
    "value",
    [
        *("1e999", "1E2", "NaN", "Infinity", "-Infinity", "", " 1", "1 ", "+1", "01", "1.", ".5"),
        *("1.2345", "1234567890123", "9999999999.999", "0x10", "1_000", "１２", "1,5", "--1"),
        *(1, 1.5, True, None, [], {}),
    ],
)
def test_everything_else_is_refused(value):
    with pytest.raises(ValueError, match="decimal"):
        parse_decimal(value)


@given(st.integers(min_value=-(10**9) + 1, max_value=10**9 - 1))
def test_thousandths_read_back(number):
    assert thousandths(parse_decimal(decimal_of_thousandths(number))) == number


@pytest.mark.parametrize(("text", "number"), [("43.165", 43_165), ("0.1", 100), ("5", 5_000)])
def test_litres_become_millilitres_exactly(text, number):
    assert thousandths(parse_decimal(text)) == number


def test_an_instant_needs_an_offset():
    assert parse_instant("2026-04-22T00:00:00+08:00").utcoffset() == timedelta(hours=8)
    assert parse_instant("2026-04-21T16:00:00Z") == datetime.fromisoformat(
        "2026-04-22T00:00:00+08:00"
    )
    for text in ("2026-04-22T00:00:00", "2026-04-22", "20260422T000000Z", "noon", 1.5):
        with pytest.raises(ValueError, match=r"RFC 3339|month|day"):
            parse_instant(text)


@pytest.mark.parametrize("litres", ['"1e999"', '"NaN"', "30", "30.5", '"30.1234"', "null"])
async def test_a_bad_decimal_in_a_document_is_an_error_and_no_answer(litres):
    world = World.of([station(1)])
    fill = "{litres: " + litres + "}"
    result = await world.execute(
        "{ stations(near: {latitude: 39.9, longitude: 116.39}, fill: "
        + fill
        + ") { edges { cursor } } }"
    )
    assert result.data is None
    assert result.errors
