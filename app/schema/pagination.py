"""Cursors as text, and what every connection shares.

A cursor is a format number, the place in the list, and what the list was asked for; it holds no
secret and no rule. What does not read as one is a bad request.
"""

import base64
import binascii
import json
from typing import Any, TypeVar, cast

import strawberry

from app.resolvers.errors import BadCursor
from app.resolvers.pages import Cursor, Page
from app.schema.access import PUBLIC, access

FORMAT = 1
LONGEST = 400
_GREATEST = 2**63 - 1
"""Keys go into statements as BIGINT."""

T = TypeVar("T")


@access(PUBLIC)
@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def page_info(page: Page[T]) -> PageInfo:
    items = page.items
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=encode_cursor(items[0].cursor) if items else None,
        end_cursor=encode_cursor(items[-1].cursor) if items else None,
    )


def encode_cursor(cursor: Cursor) -> str:
    parts = [FORMAT, cursor.listing, cursor.version, cursor.key, cursor.fuel_grade, cursor.fill]
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Cursor | None:
    """None: the first page. Anything that `encode_cursor` cannot have written: `BadCursor`."""
    if not text:
        return None
    if len(text) > LONGEST:
        raise BadCursor
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts = json.loads(raw.decode())
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    return _cursor(parts)


def _cursor(parts: object) -> Cursor:
    if not isinstance(parts, list):
        raise BadCursor
    items = cast(list[Any], parts)
    if len(items) != 6 or items[0] != FORMAT or not isinstance(items[3], list):
        raise BadCursor
    _, listing, version, key, fuel_grade, fill = items
    parts_of_key = cast(list[Any], key)
    texts = (fuel_grade, fill)
    if (
        type(listing) is not str
        or type(version) is not int
        or not all(_fits(part) for part in parts_of_key)
        or not all(text is None or type(text) is str for text in texts)
    ):
        raise BadCursor
    return Cursor(
        listing=listing,
        version=version,
        key=tuple(parts_of_key),
        fuel_grade=fuel_grade,
        fill=fill,
    )


def _fits(part: object) -> bool:
    """`bool` is an int to Python and not to us."""
    return type(part) is str or (type(part) is int and -_GREATEST <= part <= _GREATEST)
