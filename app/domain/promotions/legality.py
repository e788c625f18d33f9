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


def stacks_with_itself(promotion: Promotion) -> bool:
    """Whether two coupons of the batch can be held together."""
    if promotion.exclusive or promotion.exclusivity_group is not None:
        return False
    refuses = promotion.lane in promotion.refuses_lanes
    return not refuses and any(name in promotion.stacks_with for name in names_of(promotion))


def rivals(promotions: Sequence[Promotion]) -> list[int]:
    """For each candidate's promotion, the bit set of the other candidates it clashes with.

    A promotion may stand there many times (coupons of one batch): it is then its own rival
    unless it names itself.
    """
    everyone = (1 << len(promotions)) - 1
    index = _Index(promotions)
    found: list[int] = []
    for i, promotion in enumerate(promotions):
        if promotion.exclusive:
            clashes = everyone
        else:
            lane = index.lanes[promotion.lane] & ~index.handshakes(i, promotion)
            clashes = lane | index.exclusive | index.group_of(promotion)
            clashes |= index.refused_by(promotion) | index.refusing[promotion.lane]
        found.append(clashes & ~(1 << i))
    return found


def runs_of(rivals: Sequence[int], own: Sequence[int]) -> list[range]:
    """The candidates by contiguous runs of mutual rivals: a combination takes at most one of each.
    `own`: the bit of each in the bit sets `rivals`."""
    runs: list[range] = []
    start, common = 0, -1
    for i, (others, bit) in enumerate(zip(rivals, own, strict=True)):
        if not common & bit:
            runs.append(range(start, i))
            start, common = i, -1
        common &= others
    return [*runs, range(start, len(rivals))] if rivals else []


def cliques_of(rivals: Sequence[int], own: Sequence[int]) -> list[int]:
    """For each candidate the number of its clique: mutual rivals, wherever they stand. `own` as in
    `runs_of`."""
    commons: list[int] = []
    found: list[int] = []
    for others, bit in zip(rivals, own, strict=True):
        clique = next((n for n, common in enumerate(commons) if common & bit), len(commons))
        if clique == len(commons):
            commons.append(-1)
        commons[clique] &= others
        found.append(clique)
    return found


def bits(mask: int) -> Iterator[int]:
    """The positions of the set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Index:
    """Bit sets of the candidates by lane, group, name, and what they name and refuse."""

    def __init__(self, promotions: Sequence[Promotion]) -> None:
        self.lanes: defaultdict[str, int] = defaultdict(int)
        self.refusing: defaultdict[str, int] = defaultdict(int)
        self.groups: defaultdict[str, int] = defaultdict(int)
        self.exclusive = self.points = 0
        self._called: defaultdict[str, int] = defaultdict(int)
        self._naming: defaultdict[str, int] = defaultdict(int)
        for i, promotion in enumerate(promotions):
            bit = 1 << i
            self.lanes[promotion.lane] |= bit
            self.points |= bit if promotion.benefit.burns_points else 0
            self.exclusive |= bit if promotion.exclusive else 0
            if promotion.exclusivity_group is not None:
                self.groups[promotion.exclusivity_group] |= bit
            for lane in promotion.refuses_lanes:
                self.refusing[lane] |= bit
            for name in names_of(promotion):
                self._called[name] |= bit
            for name in promotion.stacks_with:
                self._naming[name] |= bit

    def handshakes(self, i: int, promotion: Promotion) -> int:
        """Those that i names and that name i; points redemptions never shake hands."""
        named_by_it = _union(self._called, promotion.stacks_with)
        mutual = named_by_it & _union(self._naming, names_of(promotion))
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
