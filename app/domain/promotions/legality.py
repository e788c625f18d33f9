"""Which candidates exclude each other: pairwise, as bit sets over application order.

Candidate i stands for bit ``1 << i``. Source: design §2, Legality.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.promotions.promotion import Promotion


def names_of(promotion: Promotion) -> Iterator[str]:
    """What others may call it in `stacks_with`: its code, and ``tag:x`` for each tag."""
    yield promotion.code
    for tag in promotion.tags:
        yield f"tag:{tag}"


def rivals(promotions: Sequence[Promotion]) -> list[int]:
    """For each candidate's promotion, the bit set of the other candidates it clashes with.

    A promotion may stand there many times (coupons of one batch): it is then its own rival
    unless it names itself.
    """
    everyone = (1 << len(promotions)) - 1
    index = _Index(promotions)
    refused = [index.refused_by(promotion) for promotion in promotions]
    found: list[int] = []
    for i, promotion in enumerate(promotions):
        if promotion.exclusive:
            clashes = everyone
        else:
            lane = index.lanes[promotion.lane] & ~index.handshakes(i)
            clashes = lane | index.exclusive | refused[i] | index.group_of(promotion)
        found.append(clashes & ~(1 << i))
    for i, refusal in enumerate(refused):
        for j in bits(refusal & ~(1 << i)):
            found[j] |= 1 << i
    return found


def bits(mask: int) -> Iterator[int]:
    """The positions of the set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Index:
    """Bit sets of the candidates by lane, group, name, and what they name."""

    def __init__(self, promotions: Sequence[Promotion]) -> None:
        self.lanes: defaultdict[str, int] = defaultdict(int)
        self.groups: defaultdict[str, int] = defaultdict(int)
        self.exclusive = 0
        names: defaultdict[str, int] = defaultdict(int)
        points = 0
        for i, promotion in enumerate(promotions):
            bit = 1 << i
            self.lanes[promotion.lane] |= bit
            points |= bit if promotion.benefit.burns_points else 0
            self.exclusive |= bit if promotion.exclusive else 0
            if promotion.exclusivity_group is not None:
                self.groups[promotion.exclusivity_group] |= bit
            for name in names_of(promotion):
                names[name] |= bit
        self.points = points
        self._named = [_union(names, promotion.stacks_with) for promotion in promotions]

    def handshakes(self, i: int) -> int:
        """Those that i names and that name i; points redemptions never shake hands."""
        mutual = sum(1 << j for j in bits(self._named[i]) if self._named[j] >> i & 1)
        return mutual & ~self.points if self.points >> i & 1 else mutual

    def group_of(self, promotion: Promotion) -> int:
        group = promotion.exclusivity_group
        return 0 if group is None else self.groups[group]

    def refused_by(self, promotion: Promotion) -> int:
        return _union(self.lanes, promotion.refuses_lanes)


def _union(sets: Mapping[str, int], keys: Iterable[str]) -> int:
    union = 0
    for key in keys:
        union |= sets.get(key, 0)
    return union
