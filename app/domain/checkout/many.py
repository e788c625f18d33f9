"""One shopper's prices at many places: what does not depend on the place is worked out once.

The answers are those of each place alone, search statistics apart (ADR 0005).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from app.domain.checkout.batch import Ints, Table, Winners, places_of
from app.domain.checkout.crowd import Amounts, Offer, fits, largest_of, most_cells
from app.domain.checkout.pricing import price_of
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price
from app.domain.checkout.scene import Scene, Stage
from app.domain.checkout.shortlist import decide_free
from app.domain.checkout.sight import Sight
from app.domain.checkout.winnings import Winnings
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.affine import Sees, affine, sees
from app.domain.promotions.entry import Entry
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.roster import Roster
from app.domain.stations.station import Station, StationProduct

Indices = Sequence[int] | Ints
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
    stage = Stage(purchase)
    common = {field.name: getattr(purchase, field.name) for field in fields(purchase)}
    for station, product in places:
        common["station"], common["product"] = station, product
        yield stage.scene(Purchase(**common))


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
        decision = decide_free(
            self.sight, self.scenes[number], self.seen[number], self.roster, self.promotions
        )
        return price_of(decision)

    def prices(self) -> list[Price]:
        amounts = [_amounts(scene) for scene in self.scenes]
        entries, size = self.roster.entries, len(self.sight.purchase.rules.index)
        table, largest = (
            Table([Offer.of(entry, entry.rivals) for entry in entries], amounts),
            largest_of(amounts),
        )
        alone: set[int] = set()
        held = places_of(self.seen, size, self.promotions)
        for entry, place, at in zip(entries, self.promotions, held, strict=True):
            if entry.scope.fuel and not entry.barred:
                alone.update(self._fill(table, entry, self._holding(entry, place, at), largest))
        purchase = self.sight.purchase
        winners = Winners(table, purchase.max_offers, most_cells(purchase.node_budget))
        prices = Winnings(self.scenes, entries, winners)
        return [
            self.price_alone(number) if found is None or number in alone else found
            for number, found in enumerate(prices.all())
        ]

    def _holding(self, entry: Entry, place: int, at: Indices) -> Indices:
        """Of the places `at`, those where what the index does not judge holds too."""
        if place not in self.sight.purchase.rules.index.remaining:
            return at
        return [n for n in map(int, at) if self.sight.holds(entry, place, self.scenes[n])]

    def _fill(self, table: Table, entry: Entry, at: Indices, largest: Amounts) -> Iterable[int]:
        """Writes the entry's row; gives the places that it leaves to a search of their own."""
        if not len(at):
            return ()
        looks_at = sees(entry.promotion)
        if looks_at is None:
            return map(int, at)
        alone: list[int] = []
        for places in self._alike(at, looks_at):
            basis = self.scenes[int(places[0])].basis_of(entry)
            formula = affine(entry.promotion.benefit, basis)
            if fits(formula, largest):
                table.put(entry.rank, places, formula)
            else:
                alone += map(int, places)
        self._limit(table, entry, at)
        return alone

    def _alike(self, at: Indices, looks_at: Sees) -> Iterable[Indices]:
        """The places by what the formula depends on."""
        one_amount = isinstance(self.sight.purchase.fill, AmountFill)
        if looks_at is Sees.NOTHING or (looks_at is Sees.PUMP_AMOUNT and one_amount):
            return [at]
        alike: dict[tuple[object, ...], list[int]] = {}
        for number in map(int, at):
            alike.setdefault(_seen_at(self.scenes[number], looks_at), []).append(number)
        return alike.values()

    def _limit(self, table: Table, entry: Entry, at: Indices) -> None:
        if not entry.promotion.is_limited:
            return
        by_place = any(limit.per is LimitPer.STATION for limit in entry.promotion.all_limits)
        groups = [[int(number)] for number in at] if by_place else [at]
        for group in groups:
            left_fen = self.scenes[int(group[0])].left_fen(entry)
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
