"""Products of stations, each with the price that this viewer would really pay."""

from collections.abc import Awaitable
from typing import cast

import strawberry

from app.domain.stations import station as domain
from app.resolvers.keys import ProductKey
from app.resolvers.personal_prices import PersonalPrice, best_unlock, personal_prices
from app.schema import ids
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.enums import FillOrigin, FuelGrade, PaymentMethod
from app.schema.info import Info, words_of
from app.schema.quotes import AppliedOffer, UnlockHint
from app.schema.scalars import DateTime, Decimal
from app.schema.texts.names import FUEL_GRADES
from app.schema.values import FillInput, Money, Node, UnitPrice, decimal_of


@access(OWN)
@strawberry.type
class EffectivePrice:
    unit_price: UnitPrice
    pump_amount: Money
    payable: Money
    savings: Money
    litres: Decimal
    fill_origin: FillOrigin
    payment_method: PaymentMethod | None
    points_used: bool
    personalised: bool
    _price: strawberry.Private[PersonalPrice]

    @classmethod
    def of(cls, personal: PersonalPrice, info: Info) -> "EffectivePrice":
        price = personal.price
        return cls(
            unit_price=UnitPrice.of(price.unit_price_mill, words_of(info)),
            pump_amount=Money.of(price.measure.pump_amount_fen),
            payable=Money.of(price.payable_fen),
            savings=Money.of(price.discount_fen),
            litres=decimal_of(price.measure.shown_volume_ml),
            fill_origin=personal.fill_origin,
            payment_method=price.purchase.payment_method,
            points_used=any(offer.points for offer in price.applied),
            personalised=personal.personalised,
            _price=personal,
        )

    @strawberry.field
    def applied_offers(self, info: Info) -> list[AppliedOffer]:
        return [AppliedOffer.of(applied, info) for applied in self._price.price.applied]

    @strawberry.field(description="The best next step, e.g. sign in or claim.")
    async def unlock(self, info: Info) -> UnlockHint | None:
        step = await best_unlock(info.context, self._price.price)
        return UnlockHint.of(step, info) if step else None


@access(PUBLIC)
@strawberry.type
class StationProduct(Node):
    fuel_grade: FuelGrade
    nozzles: list[str]
    _product: strawberry.Private[domain.StationProduct]

    @classmethod
    def of(cls, product: domain.StationProduct) -> "StationProduct":
        return cls(
            id=ids.encode(ProductKey(product.station_id, product.fuel_grade)),
            fuel_grade=product.fuel_grade,
            nozzles=list(product.nozzles),
            _product=product,
        )

    @strawberry.field(description="Localised, e.g. 92#.")
    def display_name(self, info: Info) -> str:
        return FUEL_GRADES[self.fuel_grade].in_language(info.context.language)

    @strawberry.field(description="Regulated ceiling in force here now.")
    def official_price(self, info: Info) -> UnitPrice | None:
        official = self._product.official_point_at(info.context.moment)
        return UnitPrice.of(official.price_mill_per_litre, words_of(info)) if official else None

    @strawberry.field
    def pump_price(self, info: Info) -> UnitPrice:
        return UnitPrice.of(self._product.pump_price_mill_at(info.context.moment), words_of(info))

    @strawberry.field
    def pump_price_since(self, info: Info) -> DateTime:
        return DateTime(self._product.pump_point_at(info.context.moment).effective_from)

    @strawberry.field(
        metadata=field_access(OWN),
        description="Viewer: what they pay per litre, for the given fill, else the usual one: "
        "a price that can be ordered. Null on a fault.",
    )
    def effective_price(
        self, info: Info, fill: FillInput | None = strawberry.UNSET
    ) -> EffectivePrice | None:
        prices = personal_prices(info.context)
        wanted = fill.to_domain() if fill else None
        known = prices.known(self._product, wanted)
        if known is not None:
            return EffectivePrice.of(known, info)
        # Awaited by the executor; a price that is known, as on a sorted list, costs no task.
        later = _priced_later(prices.price(self._product, wanted), info)
        return cast(EffectivePrice, later)


async def _priced_later(price: Awaitable[PersonalPrice], info: Info) -> EffectivePrice:
    return EffectivePrice.of(await price, info)
