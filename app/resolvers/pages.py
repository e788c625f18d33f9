"""Pages of a list in a total order: where a page ended, and how the next one goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from app.resolvers.errors import BadCursor, BadPageSize

LARGEST_PAGE = 100

Key = tuple[int | str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a list. `listing` names the list and hashes what was asked of it; `version` is
    the catalog's when the page was made; `fuel_grade` and `fill` are those it was sorted by, so
    that the next page goes on with them when the viewer's usual ones change in between."""

    listing: str
    version: int
    key: Key
    fuel_grade: str | None = None
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """An item and where it stands."""

    cursor: Cursor
    item: T


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`has_previous`: something stands before the first item."""

    items: tuple[Placed[T], ...]
    has_next: bool
    has_previous: bool


def check_first(first: int) -> int:
    """1 to 100, else `BadPageSize`."""
    if not 1 <= first <= LARGEST_PAGE:
        raise BadPageSize(first)
    return first


def key_after(after: Cursor | None, listing: str, kinds: tuple[type, ...]) -> Key | None:
    """The key to go on after. A cursor of another list, or with a key of other types than
    `kinds`: `BadCursor`. One of another catalog version is welcome: the list goes on, on the
    version of this request."""
    if after is None:
        return None
    if after.listing != listing or tuple(map(type, after.key)) != kinds:
        raise BadCursor
    return after.key


def page_of(
    items: Sequence[T],
    key_of: Callable[[T], Key],
    *,
    listing: str,
    version: int,
    first: int,
    after: Key | None,
) -> Page[T]:
    """The page behind `after` of items in any order, sorted by their keys."""
    keyed = sorted(((key_of(item), item) for item in items), key=lambda entry: entry[0])
    behind = [entry for entry in keyed if after is None or entry[0] > after]
    placed = tuple(
        Placed(Cursor(listing=listing, version=version, key=key), item)
        for key, item in behind[:first]
    )
    return Page(placed, len(behind) > first, len(behind) < len(keyed))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def key_of_instant(at: datetime) -> int:
    """An instant as a part of a key: microseconds since 1970, in UTC."""
    return (at - _EPOCH) // _MICROSECOND


def instant_of_key(part: int | str) -> datetime:
    """What `key_of_instant` was given. Beyond the calendar: `BadCursor`."""
    try:
        return _EPOCH + int(part) * _MICROSECOND
    except OverflowError as error:
        raise BadCursor from error


Place = tuple[datetime, int]
"""Where something stands in a list by an instant, then by an id."""


def place_after(after: Cursor | None, listing: str) -> Place | None:
    """The place to go on after, in a list by instants. Raises `BadCursor`."""
    key = key_after(after, listing, (int, int))
    return None if key is None else (instant_of_key(key[0]), int(key[1]))


def page_by_instants(
    items: Sequence[T],
    place_of: Callable[[T], Place],
    *,
    listing: str,
    version: int,
    more: bool,
    after: Place | None,
) -> Page[T]:
    """A page of items that stand in their order already. `more`: others follow."""

    def placed(item: T) -> Placed[T]:
        at, number = place_of(item)
        key = (key_of_instant(at), number)
        return Placed(Cursor(listing=listing, version=version, key=key), item)

    return Page(tuple(map(placed, items)), more, after is not None)
