"""One purchase at one place, in the values that promotions measure: bill, situations, bases."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.checkout.purchase import Purchase
from app.domain.pricing.fill import FuelMeasure, measure
from app.domain.promotions.benefits.rule import Basis
from app.domain.promotions.bill import Bill, Scope, scoped_fen
from app.domain.promotions.contender import Contender
from app.domain.promotions.entry import Entry
from app.domain.promotions.situation import Situation
from app.domain.promotions.terms import Base
from app.domain.promotions.usage import left_fen

_FUEL = Scope(fuel=True, non_fuel=False)
_Bases = tuple[Scope, bool, bool]
"""A scope, and whether percentages and thresholds look at running."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`situation_of` and `basis_of` are made once for each scope and kind of base."""

    purchase: Purchase
    fuel: FuelMeasure
    bill: Bill
    fuel_situation: Situation
    _situations: dict[Scope, Situation] = field(default_factory=dict[Scope, Situation])
    _bases: dict[_Bases, Basis] = field(default_factory=dict[_Bases, Basis])

    @classmethod
    def of(cls, purchase: Purchase) -> "Scene":
        return Stage(purchase).scene(purchase)

    def situation_of(self, entry: Entry) -> Situation:
        """What the promotion's conditions look at: its scope's amount and volume."""
        scope = entry.scope
        situation = self._situations.get(scope)
        if situation is None:
            situation = self._situations[scope] = replace(
                self.fuel_situation,
                scoped_amount_fen=scoped_fen(scope, self.bill.lines),
                volume_ml=self.fuel.volume_ml * scope.fuel,
            )
        return situation

    def basis_of(self, entry: Entry) -> Basis:
        """What the promotion's benefit measures."""
        scope, promotion = entry.scope, entry.promotion
        on_running = promotion.percent_base is Base.RUNNING
        key = (scope, on_running, promotion.threshold_base is Base.RUNNING)
        basis = self._bases.get(key)
        if basis is None:
            basis = self._bases[key] = Basis(
                pump_fen=scoped_fen(scope, self.bill.lines),
                volume_ml=self.bill.scoped_volume_ml(scope),
                fill_ml=self.bill.volume_ml,
                demand=self.fuel_situation.demand,
                remoteness=self.fuel_situation.remoteness,
                points=self.purchase.shopper.points_available,
                tier=self.purchase.shopper.tier_held,
                percent_base=promotion.percent_base,
                threshold_base=promotion.threshold_base,
            )
        return basis

    def contender(self, entry: Entry) -> Contender:
        """The candidate ready to apply here."""
        return Contender(entry, self.bill, self.basis_of(entry), self.left_fen(entry))

    def left_fen(self, entry: Entry) -> int | None:
        """What the promotion's limits leave here and now: 0 where one is reached; None: all."""
        promotion, purchase = entry.promotion, self.purchase
        if not promotion.is_limited:
            return None
        return left_fen(promotion, purchase.usage, purchase.subjects, purchase.moment)


class Stage:
    """Makes the scenes of one shopper, moment and fill at many places; what they share is made
    once."""

    def __init__(self, purchase: Purchase) -> None:
        self._goods = tuple(line.amount_fen for line in purchase.non_fuel)
        self._locals: dict[str, datetime] = {}
        self._fuels: dict[int, FuelMeasure] = {}
        self._bills: dict[tuple[int, int, int], Bill] = {}

    def scene(self, purchase: Purchase) -> Scene:
        """At the purchase's place; all else is as in the purchase that the stage was made for."""
        station, product, moment = purchase.station, purchase.product, purchase.moment
        price = product.pump_price_mill_at(moment)
        fuel = self._fuels.get(price)
        if fuel is None:
            fuel = self._fuels[price] = measure(purchase.fill, price)
        local = self._locals.get(station.time_zone)
        if local is None:
            local = self._locals[station.time_zone] = station.local(moment)
        situation = Situation(
            station=station,
            fuel_grade=product.fuel_grade,
            moment=moment,
            local=local,
            shopper=purchase.shopper,
            payment_method=purchase.payment_method,
            scoped_amount_fen=fuel.pump_amount_fen,
            volume_ml=fuel.volume_ml,
            demand=station.demand_in(local),
            remoteness=station.remoteness,
        )
        return Scene(purchase, fuel, self._bill(purchase, fuel), situation, {_FUEL: situation})

    def _bill(self, purchase: Purchase, fuel: FuelMeasure) -> Bill:
        fee_fen = purchase.station.service_fee_fen
        floor = purchase.product.floor_price_mill_per_litre
        key = (fuel.pump_price_mill_per_litre, fee_fen, floor)
        bill = self._bills.get(key)
        if bill is None:
            bill = self._bills[key] = Bill.of(
                fuel,
                self._goods,
                fee_fen=fee_fen,
                floor_price_mill_per_litre=floor,
                minimum_payable_fen=purchase.minimum_payable_fen,
            )
        return bill
