"""Scalars: instants with an offset, and decimals that were never floats."""

import re
from datetime import datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", datetime)
Decimal = NewType("Decimal", str)
"""Kept as its text: it is converted to millilitres or mills, and only ever shown."""

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,3})?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})")
MOST_DIGITS = 12


def parse_decimal(value: object) -> Decimal:
    """A string of at most 12 digits, 3 of them decimals. Numbers, exponents, "NaN", signs but "-",
    leading zeros: ValueError."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError('a decimal is a string such as "43.165"')
    if sum(character.isdigit() for character in value) > MOST_DIGITS:
        raise ValueError(f"a decimal has at most {MOST_DIGITS} digits")
    return Decimal(value)


def thousandths(decimal: Decimal) -> int:
    """Exactly: "43.165" are 43,165 (litres as millilitres)."""
    whole, _, decimals = decimal.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 1000 + int(decimals.ljust(3, "0") or "0"))


def parse_instant(value: object) -> DateTime:
    """RFC 3339 with an offset; else ValueError."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError(
            'an instant is RFC 3339 with an offset, such as "2026-04-22T00:00:00+08:00"'
        )
    return DateTime(datetime.fromisoformat(value))


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 with offset.",
        serialize=datetime.isoformat,
        parse_value=parse_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='Decimal number as a string, e.g. "43.165": no exponent, at most 12 digits and 3 decimals.',
        serialize=str,
        parse_value=parse_decimal,
    ),
}
