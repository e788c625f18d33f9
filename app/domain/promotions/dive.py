"""A short search for the best free combination on one line: depth first, over plain integers.

Most questions are small: a few offers a lane, one of which applies. For these a walk over the
legal combinations, cut where even the most that later offers could take off would cost more than
the best one met, ends after some dozens of steps. It keeps no open nodes, so it proves its answer
or gives none; then `search` takes over, whose order, bounds and budget are made for hard cases.
"""

from app.domain.promotions.combination import Combination, Key, later_words
from app.domain.promotions.contender import Contender
from app.domain.promotions.legality import runs_of
from app.domain.promotions.takes import OnOneLine
from app.domain.promotions.wanted import Found, Wanted

STEPS = 400
"""What takes more is better left to the other search."""
STEPS_A_NODE = 4
"""Steps are that much cheaper than nodes: the node budget bounds them too."""


def walks(wanted: Wanted) -> bool:
    """Whether a walk can answer: a free choice on one line."""
    return not (wanted.must or wanted.any_of) and len(wanted.bill.lines) == 1


def short_search(wanted: Wanted) -> Found | None:
    """The best combination of a free choice on one line, proved; None: it takes longer."""
    dive = _Dive(wanted)
    dive.set_out()
    dive.walk(0, wanted.bill.lines[0], 0, (), 0, 0)
    if dive.steps > dive.most_steps:
        return None
    return Found(dive.members, dive.key[0], True, dive.steps, dive.key[0])


class _Dive:
    def __init__(self, wanted: Wanted) -> None:
        self.contenders = wanted.contenders
        self.max_offers = wanted.max_offers
        self.bill = wanted.bill
        on_one_line = [OnOneLine.of(contender) for contender in wanted.contenders]
        self.takes = [offer.takes for offer in on_one_line]
        self.mosts = [offer.most for offer in on_one_line]
        self.bits = [contender.entry.bit for contender in wanted.contenders]
        self.rivals = [contender.entry.rivals for contender in wanted.contenders]
        self.coupons = [contender.entry.is_coupon for contender in wanted.contenders]
        self.burns = [c.entry.promotion.benefit.burns_points for c in wanted.contenders]
        self.steps, self.most_steps = 0, STEPS
        if wanted.node_budget is not None:
            self.most_steps = min(STEPS, wanted.node_budget * STEPS_A_NODE)
        start = Combination(0, wanted.bill.lines)
        self.members: tuple[Contender, ...] = ()
        self.least = wanted.bill.lines[0]
        self.least_coupons: int = 0
        self.least_points: int = 0
        self.key: Key = start.key(wanted.bill.fee_fen)
        self.after, self.most = self._ahead()

    def _ahead(self) -> tuple[list[int], list[int]]:
        """For each position: where to go on once it has joined (past its run of mutual rivals), and
        the most that it and those after it can take off together: of each run the best."""
        size = len(self.bits)
        after, most, later, end = [size] * size, [0] * size, 0, size
        for run in reversed(runs_of(self.rivals, self.bits)):
            best = 0
            for i in reversed(run):
                best = max(best, self.mosts[i](self.least))
                after[i], most[i] = end, later + best
            later, end = later + best, run.start
        return after, most

    def set_out(self) -> None:
        """Meets a good combination to measure others by: in turn, the strongest of each run."""
        running, blocked, position, size = self.least, 0, 0, len(self.bits)
        members: list[int] = []
        coupons = points = 0
        while position < size and len(members) < self.max_offers:
            end = self.after[position]
            free = (i for i in range(position, end) if not blocked & self.bits[i])
            taken, back = max(((self.takes[i](running), -i) for i in free), default=(0, 0))
            position = end
            if taken > 0:
                members.append(-back)
                running, blocked = running - taken, blocked | self.rivals[-back]
                coupons += self.coupons[-back]
                points += self.contenders[-back].points_burnt(taken) if self.burns[-back] else 0
        self._meet(running, coupons, points, tuple(members))

    def walk(
        self,
        position: int,
        running: int,
        blocked: int,
        members: tuple[int, ...],
        coupons: int,
        points: int,
    ) -> None:
        """All combinations that hold `members` and some of those from `position` on."""
        self.steps += 1
        if self.steps > self.most_steps or len(members) == self.max_offers:
            return
        bits, most = self.bits, self.most
        for i in range(position, len(bits)):
            hope = running - most[i] - self.least
            if hope > 0 or (
                hope == 0 and (coupons, points) > (self.least_coupons, self.least_points)
            ):
                return
            if blocked & bits[i]:
                continue
            taken = self.takes[i](running)
            if taken <= 0:
                continue
            joined, left = (*members, i), running - taken
            held = coupons + self.coupons[i]
            burnt = points
            if self.burns[i]:
                burnt += self.contenders[i].points_burnt(taken)
            if left <= self.least:
                self._meet(left, held, burnt, joined)
            self.walk(self.after[i], left, blocked | self.rivals[i], joined, held, burnt)

    def _meet(self, running: int, coupons: int, points: int, members: tuple[int, ...]) -> None:
        """Keeps a combination that is the best so far; the whole key is made on a tie alone."""
        mine, best = (running, coupons, points), (self.least, self.least_coupons, self.least_points)
        if mine > best:
            return
        chosen = tuple(self.contenders[i] for i in members)
        words = later_words([member.entry for member in chosen])
        key = (running + self.bill.fee_fen, coupons, points, *words)
        if key < self.key:
            self.key, self.members = key, chosen
            self.least, self.least_coupons, self.least_points = mine
