"""Opaque global ids: typed, versioned, one spelling each.

Anything that is not exactly what `encode` wrote is unknown, never an error: an id may come from an
old build, a shared link or a hand that tampers.
"""

import base64
import binascii

import strawberry

from app.domain.loyalty.unit import Unit
from app.domain.shared.fuel import FuelGrade
from app.resolvers.keys import (
    CouponKey,
    EntryKey,
    NodeKey,
    OfferKey,
    OrderKey,
    ProductKey,
    SessionKey,
    StationKey,
    ViewerKey,
)

FORMAT = "1"
LONGEST = 200
_GREATEST = 2**63 - 1
"""BIGINT."""


def encode(key: NodeKey) -> strawberry.ID:
    return _opaque(_spelling(key))


def refund_id(user_id: int, refund_id: int) -> strawberry.ID:
    """Of what is no node: found by its order only."""
    return _opaque(f"f{user_id}:{refund_id}")


def session_id(user_id: int, session_id: int) -> strawberry.ID:
    """Likewise."""
    return _opaque(f"q{user_id}:{session_id}")


def session_key(text: str) -> SessionKey | None:
    """None for anything that `session_id` did not write."""
    spelling = _transparent(text) or ""
    first, _, second = spelling[2:].partition(":")
    if spelling[:2] != f"{FORMAT}q":
        return None
    try:
        key = SessionKey(_number(first), _number(second))
    except ValueError:
        return None
    return key if session_id(key.user_id, key.session_id) == text else None


def _opaque(spelling: str) -> strawberry.ID:
    text = FORMAT + spelling
    return strawberry.ID(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


def decode(text: str) -> NodeKey | None:
    """The key, or None for anything that `encode` did not write."""
    spelling = _transparent(text)
    try:
        key = None if spelling is None else _read(spelling)
    except ValueError:
        return None
    return key if key is not None and encode(key) == text else None


def _transparent(text: str) -> str | None:
    if len(text) > LONGEST:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None


NO_STATION = 0
"""No station has it: stands for an id that cannot be read, so that it is simply not found."""


def station_id(text: str) -> int:
    """The station's id, or `NO_STATION`."""
    key = decode(text)
    return key.station_id if isinstance(key, StationKey) else NO_STATION


def offer_code(text: str) -> str | None:
    key = decode(text)
    return key.code if isinstance(key, OfferKey) else None


def coupon_key(text: str) -> CouponKey | None:
    key = decode(text)
    return key if isinstance(key, CouponKey) else None


def order_key(text: str) -> OrderKey | None:
    key = decode(text)
    return key if isinstance(key, OrderKey) else None


def _spelling(key: NodeKey) -> str:
    match key:
        case StationKey(station):
            return f"s{station}"
        case ProductKey(station, grade):
            return f"p{station}:{grade.value}"
        case OfferKey(code):
            return f"o{code}"
        case CouponKey(user, coupon):
            return f"c{user}:{coupon}"
        case EntryKey(user, unit, seq):
            return f"e{user}:{unit.value}:{seq}"
        case OrderKey(user, order):
            return f"r{user}:{order}"
        case ViewerKey(user):
            return f"v{user}"


def _read(spelling: str) -> NodeKey | None:
    """Raises ValueError where a part is not what its kind asks for."""
    if len(spelling) < 3 or spelling[0] != FORMAT:
        return None
    kind, rest = spelling[1], spelling[2:]
    first, _, second = rest.partition(":")
    match kind:
        case "s":
            return StationKey(_number(rest))
        case "p":
            return ProductKey(_number(first), FuelGrade(second))
        case "o":
            return OfferKey(rest)
        case "c":
            return CouponKey(_number(first), _number(second))
        case "e":
            unit, _, seq = second.partition(":")
            return EntryKey(_number(first), Unit(unit), _number(seq))
        case "r":
            return OrderKey(_number(first), _number(second))
        case "v":
            return ViewerKey(_number(rest))
        case _:
            return None


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _GREATEST:
        raise ValueError("beyond BIGINT")
    return number
