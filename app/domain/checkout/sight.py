"""The candidates that a free choice could take at some of many places, found through the index.

What stays out of sight is ineligible at every place asked, or is a coupon that others of its batch
stand before (see `spare_coupons`); so no best combination holds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.domain.checkout.purchase import Purchase
from app.domain.checkout.scene import Scene
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.entry import Entry, Name
from app.domain.promotions.legality import bits, stacks_with_itself
from app.domain.promotions.order import application_key
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.roster import Roster, candidates_of, open_coupons
from app.domain.wallet.coupon import Coupon, CouponStatus


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One shopper's view of the rules at one moment. Bit sets are over the index's order."""

    purchase: Purchase
    everywhere: int
    """What the viewer could use now, wherever."""
    wallet: dict[str, list[Coupon]]
    """By batch, the coupons usable now, in application order."""
    _by_zone: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of(cls, purchase: Purchase) -> "Sight":
        shopper, moment = purchase.shopper, purchase.moment
        wallet: dict[str, list[Coupon]] = {}
        for coupon in shopper.coupons:
            usable = coupon.stored_status is CouponStatus.USABLE
            if usable and coupon.valid_from <= moment < coupon.valid_until:
                wallet.setdefault(coupon.batch_code, []).append(coupon)
        for coupons in wallet.values():
            coupons.sort(key=lambda coupon: (coupon.valid_until, coupon.id))
        rules = purchase.rules.by_code
        held = [code for code in wallet if code in rules and rules[code].delivery is not None]
        method = purchase.payment_method
        return cls(purchase, purchase.rules.index.for_viewer(shopper, method, moment, held), wallet)

    def at(self, scene: Scene) -> int:
        """The promotions whose indexed conditions all hold in the scene."""
        index, situation = self.purchase.rules.index, scene.fuel_situation
        zone = situation.station.time_zone
        found = self._by_zone.get(zone)
        if found is None:
            found = self.everywhere & index.recurrence.at(situation.local)
            self._by_zone[zone] = found
        found &= index.at_place(situation.station, situation.fuel_grade)
        found &= index.amounts.at(scene.fuel.pump_amount_fen)
        volume = scene.fuel.volume_ml
        return found & index.litres.at(volume.numerator // volume.denominator)

    def roster(self, seen: int) -> tuple[Roster, Sequence[int]]:
        """The candidates of a bit set of promotions, and the place of each one's promotion."""
        promotions = self.purchase.rules.index.promotions
        candidates: list[Candidate] = []
        places: list[int] = []
        for place in bits(seen):
            for candidate in self._candidates(promotions[place]):
                candidates.append(candidate)
                places.append(place)
        purchase = self.purchase
        return Roster.among(candidates, purchase.shopper, purchase.moment), places

    def everyone(self, seen: int) -> Roster:
        """All candidates of a bit set of promotions, spare coupons and points that the viewer does
        not burn too; and all that the viewer's choice names."""
        promotions, purchase = self.purchase.rules.index.promotions, self.purchase
        found: list[Candidate] = []
        for promotion in (promotions[place] for place in bits(seen)):
            found += candidates_of(promotion, self.wallet.get(promotion.code, ()))
        if not purchase.choice.is_free:
            every = {_name(candidate): candidate for candidate in (*found, *self._named())}
            found = sorted(every.values(), key=application_key)
        return Roster.among(found, purchase.shopper, purchase.moment)

    def _named(self) -> Iterator[Candidate]:
        """What the viewer's choice wants, whether it can apply or not."""
        purchase, choice = self.purchase, self.purchase.choice
        rules, held = purchase.rules.by_code, open_coupons(purchase.shopper)
        for code in choice.forced_codes & rules.keys():
            yield from candidates_of(rules[code], held.get(code, ()))
        for code, coupons in held.items():
            batch = rules.get(code)
            if batch is not None and batch.delivery is not None:
                wanted = (c for c in coupons if c.id in (choice.coupon_ids or ()))
                yield from (Candidate(batch, coupon) for coupon in wanted)

    def _candidates(self, promotion: Promotion) -> Iterable[Candidate]:
        if promotion.benefit.burns_points and not self.purchase.use_points:
            return ()
        if promotion.delivery is None:
            return (Candidate(promotion),)
        together = self.purchase.max_offers if stacks_with_itself(promotion) else 1
        return [Candidate(promotion, coupon) for coupon in self.wallet[promotion.code][:together]]

    def holds(self, entry: Entry, place: int, scene: Scene) -> bool:
        """Whether what the index does not judge holds too."""
        if entry.barred:
            return False
        remaining = self.purchase.rules.index.remaining.get(place)
        if not remaining:
            return True
        situation = scene.situation_of(entry)
        return not any(condition.failures(situation) for condition in remaining)


def _name(candidate: Candidate) -> Name:
    return candidate.promotion.code, candidate.coupon.id if candidate.coupon else 0
