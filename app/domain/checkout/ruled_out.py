"""The candidates that the index rules out at one place, ranked without being judged: by the
dimensions in which they fail, which are at most the reasons that they will turn out to have."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from app.domain.checkout.explain import Distance
from app.domain.checkout.quote import UnappliedOffer
from app.domain.checkout.scene import Scene
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.dimension import bit_set
from app.domain.promotions.entry import Entry, Name
from app.domain.promotions.index import RuleIndex
from app.domain.promotions.legality import bits
from app.domain.promotions.misses import Misses
from app.domain.promotions.order import NEVER
from app.domain.promotions.roster import open_coupons
from app.domain.promotions.tally import Tally

Turn = tuple[int, datetime, int]
"""Application order: the promotion's place in the index, then coupon expiry and id."""


class Ranked(NamedTuple):
    """`told`: with its entry, once it is explained; until then `distance` is at most the true one."""

    distance: Distance
    turn: Turn
    candidate: Candidate
    told: tuple[Entry, UnappliedOffer] | None = None


def turn_of(index: RuleIndex, candidate: Candidate) -> Turn:
    place, coupon = index.place_of[candidate.promotion.code], candidate.coupon
    return (place, NEVER, 0) if coupon is None else (place, coupon.valid_until, coupon.id)


class RuledOut:
    """`others`: the names of those that are judged themselves."""

    def __init__(self, scene: Scene, others: Collection[Name]) -> None:
        purchase = self._purchase = scene.purchase
        index = self._index = purchase.rules.index
        self._others = others
        self._wallet = open_coupons(purchase.shopper)
        misses = Misses.of(index, scene.fuel_situation)
        self._lasting = Tally(misses.lasting)
        self._reasons = self._lasting.plus(*misses.passing)
        self._lasting_alone = self._lasting.plus(misses.ended)
        self._reasons_alone = self._reasons.plus(misses.ended, misses.not_begun, misses.unclaimed)
        self._far = self._places()
        self._removed = self._places_removed()

    def coupons(self) -> Iterator[Ranked]:
        """In no order."""
        choice, rules = self._purchase.choice, self._purchase.rules.by_code
        for code, coupons in self._wallet.items():
            batch = rules.get(code)
            if batch is None or batch.delivery is None:
                continue
            place = self._index.place_of[code]
            distance = Distance.at_least(
                removed=choice.coupon_ids is not None or code in choice.excluded_codes,
                lasting=self._lasting[place],
                reasons=self._reasons[place],
            )
            for coupon in coupons:
                if (code, coupon.id) not in self._others:
                    candidate = Candidate(batch, coupon)
                    yield Ranked(distance, turn_of(self._index, candidate), candidate)

    def promotions(self) -> Iterator[Ranked]:
        """Automatic ones, and batches to claim; by distance, then in application order."""
        yield from self._ranked(self._far & self._removed, removed=True)
        yield from self._ranked(self._far & ~self._removed, removed=False)

    def unlockable(self) -> Iterator[Ranked]:
        """Those that may turn out so."""
        yield from (ranked for ranked in self.coupons() if ranked.distance.unlockable)
        kept = self._ranked(self._far & ~self._removed, removed=False)
        yield from takewhile(lambda ranked: ranked.distance.unlockable, kept)

    def _places(self) -> int:
        index = self._index
        held = (index.place_of[code] for code in self._wallet if code in index.place_of)
        others = (index.place_of[code] for code, coupon_id in self._others if not coupon_id)
        to_claim = index.claimable & ~bit_set(held, len(index))
        return (index.automatic | to_claim) & ~bit_set(others, len(index))

    def _places_removed(self) -> int:
        index, purchase = self._index, self._purchase
        excluded = (
            index.place_of[code]
            for code in purchase.choice.excluded_codes
            if code in index.place_of
        )
        burning = 0 if purchase.use_points else index.burning_points
        return bit_set(excluded, len(index)) | burning

    def _ranked(self, places: int, *, removed: bool) -> Iterator[Ranked]:
        for lasting, failing in self._lasting_alone.split(places):
            for reasons, alike in self._reasons_alone.split(failing):
                distance = Distance.at_least(removed=removed, lasting=lasting, reasons=reasons)
                for place in bits(alike):
                    candidate = Candidate(self._index.promotions[place])
                    yield Ranked(distance, (place, NEVER, 0), candidate)
