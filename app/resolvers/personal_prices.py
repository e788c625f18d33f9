"""The price of a product for this viewer: many at once, each made once a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.checkout import engine
from app.domain.checkout.engine import price_many
from app.domain.checkout.quote import Price, Unlock
from app.domain.pricing.bounds import in_range
from app.domain.pricing.fill import Fill
from app.domain.profiles.usual import FillOrigin
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Station, StationProduct
from app.loaders.batching import BatchLoader
from app.resolvers.context import RequestContext
from app.resolvers.errors import BadFill
from app.resolvers.shopping import Shopping, purchase_of, shopping_to_price

Place = tuple[Station, StationProduct]
_Key = tuple[int, FuelGrade, Fill]
_Asked = tuple[int, FuelGrade, Fill | None]


@dataclass(frozen=True, slots=True)
class PersonalPrice:
    """`personalised`: made with what is known of a signed-in viewer."""

    price: Price
    fill_origin: FillOrigin

    @property
    def personalised(self) -> bool:
        return not self.price.purchase.shopper.is_guest


class PersonalPrices(BatchLoader[_Asked, PersonalPrice]):
    """Prices of one request. Fields that ask in one turn of the loop are priced in one batch, and
    what a list was sorted by is not priced again for its cards."""

    def __init__(self, context: RequestContext) -> None:
        super().__init__()
        self._context = context
        self._buyer: Shopping | None = None
        self._priced: dict[_Key, Price] = {}

    def known(self, product: StationProduct, fill: Fill | None) -> PersonalPrice | None:
        """The price if it is there already: no await. A fill out of range: `BadFill`."""
        check_fill(fill)
        if self._buyer is None:
            return None
        chosen = self._buyer.fill_for(fill, product.fuel_grade)
        price = self._priced.get((product.station_id, product.fuel_grade, chosen.fill))
        return PersonalPrice(price, chosen.origin) if price else None

    async def price(self, product: StationProduct, fill: Fill | None) -> PersonalPrice:
        """`fill` None: the viewer's usual. Database down: `StorageUnavailable`."""
        return await self.load((product.station_id, product.fuel_grade, fill))

    async def price_all(self, places: Sequence[Place], fill: Fill) -> list[Price]:
        """At many places with one fill, in their order."""
        buyer = await self._buyer_of_request()
        return self._price(buyer, places, fill)

    async def _buyer_of_request(self) -> Shopping:
        if self._buyer is None:
            self._buyer = await shopping_to_price(self._context)
        return self._buyer

    async def load_batch(self, keys: Sequence[_Asked]) -> list[PersonalPrice]:
        buyer = await self._buyer_of_request()
        chosen = [buyer.fill_for(fill, grade) for _, grade, fill in keys]
        stations = self._context.catalog.stations.by_id
        by_fill: dict[Fill, list[Place]] = {}
        for (station_id, grade, _), one in zip(keys, chosen, strict=True):
            station = stations[station_id]
            by_fill.setdefault(one.fill, []).append((station, station.products[grade]))
        for fill, places in by_fill.items():
            self._price(buyer, places, fill)
        return [
            PersonalPrice(self._priced[station_id, grade, one.fill], one.origin)
            for (station_id, grade, _), one in zip(keys, chosen, strict=True)
        ]

    def _price(self, buyer: Shopping, places: Sequence[Place], fill: Fill) -> list[Price]:
        keys = [(station.id, product.fuel_grade, fill) for station, product in places]
        new = [place for key, place in zip(keys, places, strict=True) if key not in self._priced]
        if new:
            purchase = purchase_of(self._context, buyer, *new[0], fill)
            with self._context.computing():
                prices = price_many(purchase, new)
            for (station, product), price in zip(new, prices, strict=True):
                self._priced[station.id, product.fuel_grade, fill] = price
        return [self._priced[key] for key in keys]


def personal_prices(context: RequestContext) -> PersonalPrices:
    """Those of this request."""
    context.private = True
    return context.keep("personal_prices", lambda: PersonalPrices(context))


async def best_unlock(context: RequestContext, price: Price) -> Unlock | None:
    """The best next step from a card's price: the one that saves most. It takes a price for each
    step, so it is made only where it is asked for."""
    async with context.turn():
        return engine.best_unlock(price)


def check_fill(fill: Fill | None) -> None:
    """A fill that no station sells: `BadFill`."""
    if fill is not None and not in_range(fill):
        raise BadFill
