"""Sets of promotions by what they ask of one dimension, as bit sets over their places in order.

A promotion that asks nothing of a dimension is open to all of its values.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V", bound=Hashable)
Span = tuple[int | None, int | None]
"""[begin, end) on a line of integers; None: without bound."""


def bit_set(places: Iterable[int], size: int) -> int:
    """The places as one integer, in time that grows with their number and `size` bytes, where
    adding bit by bit would copy the whole set for each."""
    octets = bytearray((size >> 3) + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def common_to(first: int, *others: int) -> int:
    """The places that all of the sets hold."""
    for other in others:
        first &= other
    return first


@dataclass(frozen=True, slots=True, eq=False)
class Dimension(Generic[V]):
    """`accepting`: by value, the places that accept it. `others`: those that ask nothing."""

    size: int
    others: int
    accepting: dict[V, list[int]]

    def at(self, *values: V) -> int:
        """Those that accept at least one of the values, or ask nothing."""
        found = self.others
        for value in values:
            places = self.accepting.get(value)
            if places:
                found |= bit_set(places, self.size)
        return found


def dimension_of(asking: Mapping[int, Iterable[V]], size: int) -> Dimension[V]:
    """`asking`: by place, the values it accepts; places from 0 to `size` - 1."""
    accepting: dict[V, list[int]] = {}
    for place, values in asking.items():
        for value in values:
            accepting.setdefault(value, []).append(place)
    others = bit_set((place for place in range(size) if place not in asking), size)
    return Dimension(size, others, accepting)


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Sets that change at known points of a line only: thresholds, starts and ends, minutes.

    Each promotion holds within [begin, end) for some spans of its own; None: without bound. What
    holds between two neighbouring points is worked out when it is first asked.
    """

    size: int
    others: int
    spans: Mapping[int, Sequence[Span]]
    points: Sequence[int]
    _known: dict[int, int] = field(default_factory=dict[int, int])

    @classmethod
    def of(cls, spans: Mapping[int, Sequence[Span]], size: int) -> "Spans":
        points = {point for own in spans.values() for span in own for point in span}
        points.discard(None)
        others = bit_set((i for i in range(size) if i not in spans), size)
        return cls(size, others, spans, sorted(p for p in points if p is not None))

    def at(self, point: int) -> int:
        """Those with a span that holds `point`, or without any span."""
        between = bisect_right(self.points, point)
        known = self._known.get(between)
        if known is None:
            holding = (place for place, own in self.spans.items() if _holds(own, point))
            known = self._known[between] = self.others | bit_set(holding, self.size)
        return known


def _holds(spans: Sequence[Span], point: int) -> bool:
    for begin, end in spans:
        if (begin is None or begin <= point) and (end is None or point < end):
            return True
    return False
