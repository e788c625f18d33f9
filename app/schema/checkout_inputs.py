"""What a checkout preview is asked with."""

import strawberry

from app.resolvers import checkout as resolve
from app.schema import ids
from app.schema.enums import FuelGrade, PaymentMethod
from app.schema.values import FillInput


@strawberry.input(description="The search completes what is left open.")
class OfferChoiceInput:
    coupon_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Exactly these; []: none; left out: chosen for you.",
    )
    offer_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="Forced in."
    )
    exclude_offer_ids: list[strawberry.ID] = strawberry.field(default_factory=list[strawberry.ID])

    def to_domain(self) -> resolve.ChoiceWanted:
        coupons = self.coupon_ids
        return resolve.ChoiceWanted(
            coupons=tuple(map(ids.coupon_key, coupons)) if isinstance(coupons, list) else None,
            offers=tuple(map(ids.offer_code, self.offer_ids)),
            excluded=tuple(map(ids.offer_code, self.exclude_offer_ids)),
        )


@strawberry.input
class CheckoutPreviewInput:
    station_id: strawberry.ID
    fuel_grade: FuelGrade
    nozzle_no: str | None = strawberry.UNSET
    fill: FillInput
    choice: OfferChoiceInput | None = strawberry.field(
        default=strawberry.UNSET, description="Left out: the best legal combination."
    )
    use_points: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Left out: the viewer's setting."
    )
    payment_method: PaymentMethod | None = strawberry.field(
        default=strawberry.UNSET, description="Left out: the usual one."
    )

    def to_domain(self) -> resolve.PreviewWanted:
        return resolve.PreviewWanted(
            station_id=ids.station_id(self.station_id),
            fuel_grade=self.fuel_grade,
            nozzle_no=self.nozzle_no or None,
            fill=self.fill.to_domain(),
            choice=self.choice.to_domain() if self.choice else None,
            use_points=self.use_points if isinstance(self.use_points, bool) else None,
            payment_method=self.payment_method or None,
        )
