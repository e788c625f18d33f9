"""All candidates of one shopper in application order, and what holds for them at every place."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.domain.promotions.candidate import Candidate
from app.domain.promotions.eligibility import standing_failures
from app.domain.promotions.entry import Entry
from app.domain.promotions.legality import rivals
from app.domain.promotions.order import application_key
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.situation import Situation
from app.domain.wallet.coupon import Coupon, CouponStatus

_OPEN = frozenset({CouponStatus.USABLE, CouponStatus.RESERVED})


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """One shopper's candidates. The remembered answers hold for one moment and payment method."""

    entries: tuple[Entry, ...]
    by_code: Mapping[str, int]
    """The bit set of each code's candidates."""
    by_coupon: Mapping[int, Entry]
    _abreast: dict[str, tuple[Entry, ...]] = field(default_factory=dict[str, tuple[Entry, ...]])

    @classmethod
    def of(cls, rules: RuleBook, shopper: Shopper, moment: datetime) -> "Roster":
        """Automatic promotions, open coupons, and claimable batches the shopper has none of."""
        wallet = open_coupons(shopper)
        found = (
            c
            for promotion in rules
            for c in candidates_of(promotion, wallet.get(promotion.code, ()))
        )
        return cls.among(sorted(found, key=application_key), shopper, moment)

    @classmethod
    def among(cls, candidates: Sequence[Candidate], shopper: Shopper, moment: datetime) -> "Roster":
        """Of these candidates alone; they stand in application order."""
        clashes = rivals([candidate.promotion for candidate in candidates])
        entries = tuple(
            Entry.of(
                candidate,
                rank,
                clashes[rank],
                barred=bool(standing_failures(candidate, moment, guest=shopper.is_guest)),
            )
            for rank, candidate in enumerate(candidates)
        )
        by_code: dict[str, int] = {}
        for entry in entries:
            by_code[entry.promotion.code] = by_code.get(entry.promotion.code, 0) | entry.bit
        held = {e.candidate.coupon.id: e for e in entries if e.candidate.coupon is not None}
        return cls(entries, by_code, held)

    def eligible(
        self, situation_of: Callable[[Entry], Situation], time_zone: str
    ) -> Iterable[Entry]:
        """Those whose every condition holds in the situation of their scope, in order."""
        abreast = self._abreast.get(time_zone)
        if abreast is None:
            at_no_place = (entry for entry in self.entries if not entry.barred)
            abreast = tuple(_holding(at_no_place, situation_of, "placeless"))
            self._abreast[time_zone] = abreast
        return _holding(abreast, situation_of, "local")


def open_coupons(shopper: Shopper) -> dict[str, list[Coupon]]:
    """By batch, the coupons that are candidates, whether they can apply or not."""
    wallet: dict[str, list[Coupon]] = {}
    for coupon in shopper.coupons:
        if coupon.stored_status in _OPEN:
            wallet.setdefault(coupon.batch_code, []).append(coupon)
    return wallet


def candidates_of(promotion: Promotion, held: Sequence[Coupon]) -> Iterable[Candidate]:
    """An automatic promotion; each open coupon `held` of a batch, or else the batch itself where
    it can be claimed. A reward is none."""
    if promotion.is_reward:
        return ()
    if promotion.delivery is None:
        return (Candidate(promotion),)
    if held:
        return [Candidate(promotion, coupon) for coupon in held]
    return (Candidate(promotion),) if promotion.delivery.claimable else ()


def _holding(
    entries: Iterable[Entry],
    situation_of: Callable[[Entry], Situation],
    conditions: Literal["placeless", "local"],
) -> Iterator[Entry]:
    """Those whose conditions hold. Coupons of one batch stand together and share its conditions,
    so each batch is judged once."""
    judged: Promotion | None = None
    holds = False
    for entry in entries:
        if entry.promotion is not judged:
            judged, situation = entry.promotion, situation_of(entry)
            asked = entry.placeless if conditions == "placeless" else entry.local
            holds = not any(condition.failures(situation) for condition in asked)
        if holds:
            yield entry
