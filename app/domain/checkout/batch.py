"""The best combinations at many places at once: legal combinations as rows of integer arrays.

Exact: 64-bit integers only, and `fits` refuses figures that could overflow. A cell is one legal
combination at one place. Offers are taken in application order, a run of mutual rivals at a time: a
cell grows by at most one offer of a run. A cell is let go when even the most that later runs could
take off (the best of each, from the undiscounted amount) leaves it above the best of its place;
never on a tie, so every combination that costs the least is met and the tie-break decides.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.checkout.crowd import Amounts, Member, Offer
from app.domain.promotions.affine import Affine
from app.domain.promotions.legality import runs_of

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_LIMIT = 2**60
WORD = 62

_PLACE, _RUNNING, _COUPONS, _POINTS, _MEMBERS, _IDENT, _BLOCKED = range(7)
"""Rows of an array of cells, a column each; from the last one on, words of a bit set of offers."""
_TIE = [_PLACE, _COUPONS, _POINTS, _IDENT]


def places_of(seen: Sequence[int], size: int, wanted: Sequence[int]) -> list[Ints]:
    """For each bit wanted of `size`, the indices of the bit sets that hold it."""
    octets = b"".join(bits.to_bytes((size >> 3) + 1, "little") for bits in seen)
    rows = np.frombuffer(octets, dtype=np.uint8).reshape(len(seen), -1)
    held = np.unpackbits(rows, axis=1, bitorder="little")[:, list(wanted)]
    return [np.flatnonzero(column) for column in held.T]


class Table:
    """Formulas and limits by offer and place; a place where an offer does not apply is empty."""

    def __init__(self, offers: Sequence[Offer], amounts: Sequence[Amounts]) -> None:
        shape, columns = (len(offers), len(amounts)), np.array(amounts, dtype=np.int64).T
        self.offers = offers
        self.pump_fen, self.low_fen, self._volume, self._volume_parts = columns
        self.able: Flags = np.zeros(shape, dtype=np.bool_)
        self.left: Ints = np.full(shape, NO_LIMIT, dtype=np.int64)
        self._n0: Ints = np.zeros(shape, dtype=np.int64)
        self._n1: Ints = np.zeros(shape, dtype=np.int64)
        self._d: Ints = np.ones(shape, dtype=np.int64)
        self._add: Ints = np.ones(shape, dtype=np.int64)
        self._at_most: Ints = np.full(shape, NO_LIMIT, dtype=np.int64)
        self._threshold: Ints = np.array([o.threshold_fen for o in offers], dtype=np.int64)
        self.step: Ints = np.array([o.step_fen or 1 for o in offers], dtype=np.int64)
        self._in_steps = np.array([o.step_fen is not None for o in offers], dtype=np.bool_)
        self._refuses = np.array([o.refuse_partial for o in offers], dtype=np.bool_)

    def put(self, row: int, at: "Sequence[int] | Ints", formula: Affine) -> None:
        """The formula of an offer at some places."""
        by_volume = formula.by_volume
        parts = self._volume_parts[at] if by_volume else 1
        self._n0[row, at] = formula.n0 * (self._volume[at] if by_volume else 1)
        self._n1[row, at] = formula.n1 * parts
        self._d[row, at] = formula.d * parts
        self._add[row, at] = formula.rounding.times * formula.d * parts - formula.rounding.less
        bounds = (self.offers[row].cap_fen, formula.at_most)
        self._at_most[row, at] = min((b for b in bounds if b is not None), default=NO_LIMIT)
        self.able[row, at] = True

    def worth(self, k: Ints, s: Ints, running: Ints) -> Ints:
        """Capped, before money limits and headroom."""
        n = self._n0[k, s] + self._n1[k, s] * running
        capped = np.minimum((2 * n + self._add[k, s]) // (2 * self._d[k, s]), self._at_most[k, s])
        return self._in_whole_steps(k, np.maximum(capped, 0))

    def discount(self, k: Ints, s: Ints, running: Ints) -> tuple[Ints, Ints]:
        """What it takes off, and what headroom cut (see `Contender.discount`)."""
        uncut, left = self.worth(k, s, running), self.left[k, s]
        uncut = np.where(left < uncut, np.where(self._refuses[k], 0, left), uncut)
        uncut = np.where(running < self._threshold[k], 0, uncut)
        granted = self._in_whole_steps(k, np.clip(running - self.low_fen[s], 0, uncut))
        return granted, np.where(self._in_steps[k], 0, uncut - granted)

    def _in_whole_steps(self, k: Ints, fen: Ints) -> Ints:
        return fen - fen % self.step[k] if self._in_steps[k].any() else fen

    def keep_able(self) -> Ints:
        """Drops what takes nothing off alone; gives the most that each can ever take off."""
        k, s = np.nonzero(self.able)
        pump, most = self.pump_fen[s], 0 * self.left
        alone, _ = self.discount(k, s, pump)
        self.able[k, s] = alone > 0
        bounds = (self.worth(k, s, pump), self.left[k, s], pump - self.low_fen[s])
        most[k, s] = np.where(alone > 0, np.minimum.reduce(bounds), 0)
        return most


class Winners:
    """Of each place the best combinations met: they differ in the later words of a tie at most.
    A place with more than `most_cells` under consideration is given up: it is left to the search.
    `met_fen`: what a combination met before comes to, less the fee, at each place."""

    def __init__(
        self, table: Table, max_offers: int, most_cells: int, met_fen: int | None = None
    ) -> None:
        self._table, self._max_offers, self._most_cells = table, max_offers, most_cells
        offers = table.offers
        self._words = len(offers) // WORD + 1
        words = [WORD * word for word in range(self._words)]
        masks = [[offer.rivals >> w & (1 << WORD) - 1 for offer in offers] for w in words]
        self._rivals: Ints = np.array(masks, dtype=np.int64)
        self._coupon: Ints = np.array([o.is_coupon for o in offers], dtype=np.int64)
        self._points: Ints = np.array([o.points_per_step for o in offers], dtype=np.int64)
        self._runs = runs_of([o.rivals for o in offers], [1 << row for row in range(len(offers))])
        most = table.keep_able()
        by_run = np.maximum.reduceat(most, [run.start for run in self._runs], axis=0)
        self._later = np.cumsum(np.vstack((by_run, 0 * by_run[:1]))[::-1], axis=0)[::-1]
        places, nobody = len(table.pump_fen), 0 * table.pump_fen - 1
        self._log: list[tuple[Ints, Ints, Ints, Ints]] = [(nobody, nobody, nobody, nobody)]
        self.given_up: Flags = np.zeros(places, dtype=np.bool_)
        self.nodes: Ints = np.zeros(places, dtype=np.int64)
        self._last = self._search(met_fen)
        self._who, self._granted, self._cut, self._parent = (
            np.concatenate(column) for column in zip(*self._log, strict=True)
        )

    def at_each(self) -> list[list[int]]:
        """The idents of the combinations that come first by payable, coupons and points."""
        last = self._last
        order = np.lexsort((last[_POINTS], last[_COUPONS], last[_PLACE]))
        found: list[list[int]] = [[] for _ in self.given_up]
        first: dict[int, tuple[int, int]] = {}
        rows: list[list[int]] = last[_TIE][:, order].T.tolist()
        for place, coupons, points, ident in rows:
            if first.setdefault(place, (coupons, points)) == (coupons, points):
                found[place].append(ident)
        return found

    def members(self, idents: Sequence[int]) -> list[list[Member]]:
        """Of each combination: offer, what it takes off and what was cut, in application order."""
        at: Ints = np.array(idents, dtype=np.int64)
        found: list[list[Member]] = [[] for _ in idents]
        while np.any(self._who[at] >= 0):
            columns = (self._who[at], self._granted[at], self._cut[at])
            for members, (offer, granted, cut) in zip(
                found, np.stack(columns, axis=1).tolist(), strict=True
            ):
                if offer >= 0:
                    members.insert(0, (offer, granted, cut))
            at = np.where(self._parent[at] >= 0, self._parent[at], at)
        return found

    def _search(self, met_fen: int | None) -> Ints:
        places = len(self.given_up)
        cells: Ints = np.zeros((_BLOCKED + self._words, places), dtype=np.int64)
        cells[_PLACE] = cells[_IDENT] = np.arange(places)
        cells[_RUNNING] = self._table.pump_fen
        best, size = self._greedy(cells) if met_fen is None else 0 * cells[0] + met_fen, places
        for run, later in zip(self._runs, self._later[1:], strict=True):
            new, who, granted, cut = self._joined(cells, run, best + later)
            self._log.append((who, granted, cut, new[_IDENT].copy()))
            new[_IDENT] = np.arange(size, size + len(who))
            size += len(who)
            np.minimum.at(best, new[_PLACE], new[_RUNNING])
            self.nodes += np.bincount(new[_PLACE], minlength=places)
            cells = np.concatenate((cells, new), axis=1)
            at = cells[_PLACE]
            cells = cells[:, (cells[_RUNNING] <= (best + later)[at]) & ~self.given_up[at]]
            self.given_up |= np.bincount(cells[_PLACE], minlength=places) > self._most_cells
        return cells[:, ~self.given_up[cells[_PLACE]]]

    def _greedy(self, start: Ints) -> Ints:
        """What a good combination at each place comes to: of each run the strongest offer."""
        cells = start.copy()
        for run in self._runs:
            new, _, granted, _ = self._joined(cells, run, self._table.pump_fen)
            order = np.lexsort((-granted, new[_PLACE]))
            places = new[_PLACE][order]
            strongest = new[:, order[np.diff(places, prepend=-1) > 0]]
            cells[:, strongest[_PLACE]] = strongest
        return cells[_RUNNING].copy()

    def _joined(self, cells: Ints, run: range, at_most: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Each cell with each offer of the run that may join it and gives something, where that
        comes to `at_most` of its place; idents are still the parents'. And who joined, what it
        takes off, and what was cut."""
        offers = np.arange(run.start, run.stop)
        free = self._table.able[run.start : run.stop][:, cells[_PLACE]]
        blocked = cells[_BLOCKED + offers // WORD] >> (offers % WORD)[:, None]
        free &= ((blocked & 1) == 0) & (cells[_MEMBERS] < self._max_offers)
        row, column = np.nonzero(free)
        who, place, running = offers[row], cells[_PLACE, column], cells[_RUNNING, column]
        granted, cut = self._table.discount(who, place, running)
        works = np.flatnonzero((granted > 0) & (running - granted <= at_most[place]))
        who, new, granted, cut = who[works], cells[:, column[works]], granted[works], cut[works]
        new[_RUNNING] -= granted
        new[_COUPONS] += self._coupon[who]
        new[_POINTS] += granted // self._table.step[who] * self._points[who]
        new[_MEMBERS] += 1
        new[_BLOCKED:] |= self._rivals[:, who]
        return new, who, granted, cut
