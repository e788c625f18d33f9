"""Small values that many types share: money, prices, tags, places and fills."""

import strawberry

from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.pricing.fill import Fill as DomainFill
from app.domain.stations.geo import (
    Coordinates as Place,
)
from app.domain.stations.geo import CoordinatesImpossible, from_wgs84, to_wgs84
from app.domain.stations.station import Label
from app.resolvers.errors import BadCoordinates
from app.schema.access import PUBLIC, access
from app.schema.enums import Datum
from app.schema.scalars import Decimal, thousandths
from app.schema.texts import amounts
from app.schema.texts.words import Words


@access(PUBLIC)
@strawberry.interface
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque, global.")


@access(PUBLIC)
@strawberry.type
class Money:
    fen: int = strawberry.field(description="Integer fen (1/100 CNY).")
    formatted: str = strawberry.field(description="Localised, e.g. ¥286.10.")

    @classmethod
    def of(cls, fen: int) -> "Money":
        return cls(fen=fen, formatted=amounts.money(fen))


@access(PUBLIC)
@strawberry.type
class UnitPrice:
    per_litre: Decimal = strawberry.field(
        description="Yuan per litre, three decimals, half up; for display, never to multiply."
    )
    formatted: str

    @classmethod
    def of(cls, mill_per_litre: int, words: Words) -> "UnitPrice":
        return cls(
            per_litre=decimal_of(mill_per_litre),
            formatted=amounts.unit_price(mill_per_litre, words.language),
        )


def decimal_of(in_thousandths: int) -> Decimal:
    """Millilitres as litres, or mills as yuan."""
    return Decimal(amounts.decimal_of_thousandths(in_thousandths))


@access(PUBLIC)
@strawberry.type(description="A code to filter by and its localised name.")
class Tag:
    code: str
    label: str
    icon_url: str | None

    @classmethod
    def of(cls, code: str, label: Label | None, words: Words) -> "Tag":
        """A code without a label is its own label."""
        if label is None:
            return cls(code=code, label=code, icon_url=None)
        return cls(code=code, label=label.name.in_language(words.language), icon_url=label.icon_url)


@access(PUBLIC)
@strawberry.type
class Coordinates:
    latitude: float
    longitude: float
    datum: Datum

    @classmethod
    def of(cls, place: Place, datum: Datum) -> "Coordinates":
        latitude, longitude = from_wgs84(place, datum)
        return cls(latitude=latitude, longitude=longitude, datum=datum)


@strawberry.input
class CoordinatesInput:
    latitude: float
    longitude: float
    datum: Datum = Datum.GCJ02

    def to_domain(self) -> Place:
        """Not a place on earth: `BadCoordinates`."""
        try:
            return to_wgs84(self.latitude, self.longitude, self.datum)
        except CoordinatesImpossible as error:
            raise BadCoordinates from error


@strawberry.input(
    one_of=True, description="How much is bought: the amount the pump shows, or litres."
)
class FillInput:
    pump_amount_fen: int | None = strawberry.UNSET
    litres: Decimal | None = strawberry.UNSET

    def to_domain(self) -> DomainFill:
        """Exactly one is set: the executor has seen to it. The range is the resolver's to judge."""
        if isinstance(self.pump_amount_fen, int):
            return AmountFill(self.pump_amount_fen)
        return LitresFill(thousandths(Decimal(self.litres or "0")))


@access(PUBLIC)
@strawberry.type(description="Exactly one is set, as it was given.")
class Fill:
    pump_amount: Money | None
    litres: Decimal | None

    @classmethod
    def of(cls, fill: DomainFill) -> "Fill":
        if isinstance(fill, AmountFill):
            return cls(pump_amount=Money.of(fill.pump_amount_fen), litres=None)
        return cls(pump_amount=None, litres=decimal_of(fill.volume_ml))
