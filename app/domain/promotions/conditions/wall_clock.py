"""Spans of wall time, and the instants at which a zone's clock shows them.

A wall time that the clock skips in spring belongs to no instant, one that it repeats in autumn to
two (design §2, Time). So a span may open at its start (once or twice) or where the clock jumps
into its midst.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_MARGIN = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WallSpan:
    """[start, end) in naive wall time."""

    start: datetime
    end: datetime

    def __contains__(self, wall: datetime) -> bool:
        return self.start <= wall < self.end


def next_instant_inside(span: WallSpan, moment: datetime, zone: tzinfo | None) -> datetime | None:
    """The first instant after `moment` (itself outside) at which the clock in `zone` enters the
    span, in UTC; None: never again."""
    entries = (
        entry for entry in _entries(span, zone) if entry > moment and _wall(entry, zone) in span
    )
    return min(entries, default=None)


def _entries(span: WallSpan, zone: tzinfo | None) -> Iterator[datetime]:
    """Every instant at which the clock may enter the span; some of them lie outside it."""
    first = span.start.replace(tzinfo=zone, fold=0).astimezone(UTC)
    yield first
    yield span.start.replace(tzinfo=zone, fold=1).astimezone(UTC)
    jump = _jump_between(first - _MARGIN, first + (span.end - span.start) + _MARGIN, zone)
    if jump is not None:
        yield jump


def _jump_between(early: datetime, late: datetime, zone: tzinfo | None) -> datetime | None:
    """The first instant of a new offset in (early, late], to the second; None where the offset is
    the same at both ends (no zone changes its offset twice within a few days)."""
    before = early.astimezone(zone).utcoffset()
    if late.astimezone(zone).utcoffset() == before:
        return None

    def jumped(seconds: int) -> bool:
        return (early + seconds * _SECOND).astimezone(zone).utcoffset() != before

    seconds = range((late - early) // _SECOND + 1)
    return early + bisect_left(seconds, True, key=jumped) * _SECOND


def _wall(instant: datetime, zone: tzinfo | None) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
