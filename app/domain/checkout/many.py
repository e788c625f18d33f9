"""One shopper's prices at many places: what does not depend on the place is worked out once.

The answers are those of each place alone, search statistics apart (ADR 0003).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from app.domain.checkout.batch import Table, Winners
from app.domain.checkout.crowd import Amounts, Offer, fits
from app.domain.checkout.decision import Constraints, Decision, able_among, search
from app.domain.checkout.pricing import price_of, unit_price_mill
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import AppliedOffer, Certificate, Price
from app.domain.checkout.scene import Scene
from app.domain.checkout.sight import Sight
from app.domain.promotions.affine import Affine, Sees, affine, sees
from app.domain.promotions.entry import Entry
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.roster import Roster
from app.domain.stations.station import Station, StationProduct

Place = tuple[Station, StationProduct]
WORTH_A_BATCH = 8
"""For fewer places the searches one by one are quicker."""


def price_all(purchase: Purchase, places: Sequence[Place]) -> list[Price]:
    """At each place the price of a free choice, in the order of the places."""
    sight = Sight.of(purchase)
    scenes = list(_scenes(purchase, places))
    seen = [sight.at(scene) for scene in scenes]
    together = 0
    for here in seen:
        together |= here
    roster, promotions = sight.roster(together)
    crowd = _Crowd(sight, scenes, seen, roster, promotions)
    if len(places) < WORTH_A_BATCH or purchase.non_fuel or not roster.entries:
        return [crowd.price_alone(number) for number in range(len(scenes))]
    return crowd.prices()


def _scenes(purchase: Purchase, places: Sequence[Place]) -> Iterator[Scene]:
    """As `replace` would make the purchases, at a fifth of its cost."""
    common = {field.name: getattr(purchase, field.name) for field in fields(purchase)}
    for station, product in places:
        common["station"], common["product"] = station, product
        yield Scene.of(Purchase(**common))


@dataclass(frozen=True, slots=True, eq=False)
class _Crowd:
    """`seen`: by place, the promotions that the index leaves there. `promotions`: of each entry of
    the roster, the place of its promotion in the index."""

    sight: Sight
    scenes: Sequence[Scene]
    seen: Sequence[int]
    roster: Roster
    promotions: Sequence[int]

    def price_alone(self, number: int) -> Price:
        """By a search of its own."""
        scene, here = self.scenes[number], self.seen[number]
        eligible = (
            entry
            for entry, place in zip(self.roster.entries, self.promotions, strict=True)
            if here >> place & 1 and self.sight.holds(entry, place, scene)
        )
        able, free = able_among(scene, eligible), Constraints()
        found = search(scene, able, free)
        if found is None:
            raise AssertionError("the empty combination is always legal")
        return price_of(Decision(scene, self.roster, free, able, found))

    def prices(self) -> list[Price]:
        amounts = [_amounts(scene) for scene in self.scenes]
        entries = self.roster.entries
        table = Table([Offer.of(entry) for entry in entries], amounts)
        alone: set[int] = set()
        for entry, place in zip(entries, self.promotions, strict=True):
            alone.update(self._fill(table, entry, place, amounts))
        winners = Winners(table, self.sight.purchase.max_offers)
        alone.update(number for number, gone in enumerate(winners.given_up) if gone)
        prices = _Prices(self.scenes, entries, winners)
        return [
            self.price_alone(number) if number in alone else prices.of(number, tied)
            for number, tied in enumerate(winners.at_each())
        ]

    def _fill(
        self, table: Table, entry: Entry, place: int, amounts: Sequence[Amounts]
    ) -> Sequence[int]:
        """Writes the entry's row; gives the places that it leaves to a search of their own."""
        if not entry.scope.fuel:
            return ()
        here = [
            number
            for number, seen in enumerate(self.seen)
            if seen >> place & 1 and self.sight.holds(entry, place, self.scenes[number])
        ]
        formulas = self._formulas(entry, here)
        if formulas is None:
            return here
        alone: list[int] = []
        for formula, at in formulas:
            if all(fits(formula, amounts[number]) for number in at):
                table.put(entry.rank, at, formula)
            else:
                alone += at
        self._limit(table, entry, here)
        return alone

    def _formulas(
        self, entry: Entry, here: Sequence[int]
    ) -> Sequence[tuple[Affine, Sequence[int]]] | None:
        looks_at = sees(entry.promotion)
        if looks_at is None:
            return None
        if not here:
            return ()
        benefit = entry.promotion.benefit
        if looks_at is Sees.NOTHING:
            return [(affine(benefit, self.scenes[here[0]].basis_of(entry)), here)]
        alike: dict[tuple[object, ...], list[int]] = {}
        for number in here:
            alike.setdefault(_seen_at(self.scenes[number], looks_at), []).append(number)
        return [(affine(benefit, self.scenes[at[0]].basis_of(entry)), at) for at in alike.values()]

    def _limit(self, table: Table, entry: Entry, here: Sequence[int]) -> None:
        if not entry.promotion.is_limited or not here:
            return
        by_place = any(limit.per is LimitPer.STATION for limit in entry.promotion.all_limits)
        groups = [[number] for number in here] if by_place else [here]
        for group in groups:
            left_fen = self.scenes[group[0]].left_fen(entry)
            if left_fen is not None:
                table.left[entry.rank, group] = left_fen


def _seen_at(scene: Scene, looks_at: Sees) -> tuple[object, ...]:
    fuel, situation = scene.fuel, scene.fuel_situation
    if looks_at is Sees.PUMP_AMOUNT:
        return (fuel.pump_amount_fen,)
    if looks_at is Sees.PRICE:
        return (fuel.pump_price_mill_per_litre,)
    return (fuel.pump_price_mill_per_litre, situation.demand, situation.remoteness)


def _amounts(scene: Scene) -> Amounts:
    bill = scene.bill
    return Amounts(bill.lines[0], bill.low_fen, *bill.volume_ml)


@dataclass(frozen=True, slots=True, eq=False)
class _Prices:
    scenes: Sequence[Scene]
    entries: Sequence[Entry]
    winners: Winners

    def of(self, number: int, tied: Sequence[int]) -> Price:
        """The figures of the combination that comes first among those tied."""
        scene, bill = self.scenes[number], self.scenes[number].bill
        found = [self.winners.members(ident) for ident in tied]
        members = found[0] if len(found) == 1 else min(found, key=self._later_words)
        off_fen = sum(granted for _, granted, _ in members)
        payable_fen = bill.lines[0] - off_fen + bill.fee_fen
        return Price(
            purchase=scene.purchase,
            measure=scene.fuel,
            fee_fen=bill.fee_fen,
            non_fuel_fen=0,
            discount_fen=off_fen,
            payable_fen=payable_fen,
            fuel_payable_fen=bill.lines[0] - off_fen,
            unit_price_mill=unit_price_mill(payable_fen, bill.volume_ml),
            applied=tuple(self._applied(*member) for member in members),
            certificate=Certificate(
                exact=True, nodes=int(self.winners.nodes[number]), lower_bound_fen=payable_fen
            ),
        )

    def _applied(self, rank: int, granted_fen: int, cut_fen: int) -> AppliedOffer:
        candidate = self.entries[rank].candidate
        points = candidate.promotion.benefit.points_burnt(granted_fen)
        return AppliedOffer(
            candidate=candidate, discount_fen=granted_fen, cut_fen=cut_fen, points=points
        )

    def _later_words(self, members: Sequence[tuple[int, int, int]]) -> tuple[object, ...]:
        """Of `Key`, what comes after payable, coupons and points."""
        chosen = [self.entries[rank] for rank, _, _ in members]
        coupons = (entry.candidate.coupon for entry in chosen)
        expiries = sorted(coupon.valid_until for coupon in coupons if coupon is not None)
        return expiries, len(members), [entry.name for entry in chosen]
