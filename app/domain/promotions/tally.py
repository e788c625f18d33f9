"""How many of some bit sets hold each place: counted for all places at once, in planes of bits."""

from collections.abc import Iterable, Iterator


class Tally:
    """Plane i holds the places whose count has bit i."""

    def __init__(self, sets: Iterable[int]) -> None:
        self._planes: list[int] = []
        for one in sets:
            self._add(one)

    def plus(self, *sets: int) -> "Tally":
        """With these sets counted too."""
        more = Tally(())
        more._planes = list(self._planes)
        for one in sets:
            more._add(one)
        return more

    def __getitem__(self, place: int) -> int:
        return sum((plane >> place & 1) << i for i, plane in enumerate(self._planes))

    def split(self, among: int) -> Iterator[tuple[int, int]]:
        """The places `among` by their count, the least first; no empty set."""
        for count in range(1 << len(self._planes)):
            found = among
            for i, plane in enumerate(self._planes):
                found &= plane if count >> i & 1 else ~plane
            if found:
                yield count, found

    def _add(self, one: int) -> None:
        """As adding by hand: what carries over goes to the next plane."""
        carry = one
        for i, plane in enumerate(self._planes):
            self._planes[i], carry = plane ^ carry, plane & carry
        if carry:
            self._planes.append(carry)
