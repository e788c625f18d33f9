"""Codes: one spelling, and every slip of the finger found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wallet.codes import ALPHABET, LENGTH, code_of, read_code, spelled

NUMBERS = st.integers(0, 2**55 - 1)


@given(NUMBERS)
def test_a_code_is_read_as_it_was_made(number: int):
    code = code_of(number)
    assert len(code) == LENGTH == 12
    assert read_code(spelled(code)) == read_code(code) == code


@given(NUMBERS, NUMBERS)
def test_two_numbers_have_two_codes(one: int, other: int):
    assert (code_of(one) == code_of(other)) is (one == other)


@given(NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_wrong_sign_is_found(number: int, place: int, sign: str):
    code = code_of(number)
    typed = code[:place] + sign + code[place + 1 :]
    assert read_code(typed) == (code if typed == code else None)


@given(NUMBERS, st.integers(0, LENGTH - 2))
def test_every_swap_of_neighbours_is_found(number: int, place: int):
    code = code_of(number)
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(typed) == (code if typed == code else None)


@given(NUMBERS)
def test_case_width_spaces_and_look_alikes_say_nothing(number: int):
    code = code_of(number)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    alike = code.replace("1", "l").replace("0", "o").replace("V", "u")
    spaced = f" {' '.join(code.lower())}\u3000"
    assert [read_code(typed) for typed in (wide, alike, spaced)] == [code] * 3


@pytest.mark.parametrize("typed", ["", "-", "A" * 11, "A" * 13, "!" * 12, "0" * 10_000, "券" * 12])
def test_what_is_no_code_is_none(typed: str):
    assert read_code(typed) is None
