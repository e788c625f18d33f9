"""Codes that give a coupon (兑换码): twelve signs, of which the last checks the others.

The alphabet has no sign that a reader could take for another: a typed I or L is read as 1, O as 0,
U as V. Case, width, spaces and hyphens say nothing. Eleven signs are free: 55 bits, so that among a
million open codes one guess in 36 thousand millions hits.
"""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FREE_SIGNS = 11
LENGTH = FREE_SIGNS + 1
LONGEST_TYPED = 64

_VALUES = {sign: value for value, sign in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0, "U": 27}
_IGNORED = frozenset(" \t\n-–—_.·")
_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): its root runs through all 31 units."""


def code_of(free: int) -> str:
    """The code of a number from 0 to 2^55 - 1."""
    values = [free >> (5 * place) & 31 for place in reversed(range(FREE_SIGNS))]
    return "".join(ALPHABET[value] for value in (*values, _check(values)))


def read_code(typed: str) -> str | None:
    """The one spelling of a typed code; None: it cannot be one, its check fails.

    Every single wrong sign is found, and every two neighbours that were swapped: the check is the
    remainder of the code as a polynomial over GF(32).
    """
    if len(typed) > LONGEST_TYPED:
        return None
    signs = [sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign not in _IGNORED]
    values = [_VALUES.get(sign, -1) for sign in signs]
    if len(values) != LENGTH or min(values) < 0 or _check(values[:-1]) != values[-1]:
        return None
    return "".join(ALPHABET[value] for value in values)


def spelled(code: str) -> str:
    """As it is printed, in groups of four: "7Q2M-0XKD-93HV"."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def _check(values: list[int]) -> int:
    remainder = 0
    for value in values:
        remainder = _times_root(remainder ^ value)
    return remainder


def _times_root(value: int) -> int:
    shifted = value << 1
    return shifted ^ _POLYNOMIAL if shifted & 32 else shifted
