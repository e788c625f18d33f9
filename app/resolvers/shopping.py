"""Who buys: all that a personal price depends on, gathered once a request.

Cards and checkout previews build their purchases here, so they cannot disagree (design §2, Price
truth).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.checkout.minimum_payable import minimum_payable_fen
from app.domain.checkout.purchase import FREE_CHOICE, OfferChoice, Purchase
from app.domain.loyalty.unit import Unit
from app.domain.pricing.fill import Fill
from app.domain.profiles.member import Habits, Preferences
from app.domain.profiles.usual import ChosenFill, FillOrigin, usual_fill, usual_fuel_grade
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.usage import NO_USAGE, CounterKey, Usage, Used
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Station, StationProduct
from app.ports.errors import StorageUnavailable
from app.resolvers.context import RequestContext, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopping:
    """A shopper with their settings and habits; a guest has neither. `usage`: what was used of
    promotions, where it has been read (`shopping_to_price`)."""

    shopper: Shopper
    preferences: Preferences = field(default_factory=Preferences)
    habits: Habits = field(default_factory=Habits)
    usage: Usage = NO_USAGE

    @property
    def fuel_grade(self) -> FuelGrade:
        return usual_fuel_grade(self.preferences, self.habits)

    def fill_for(self, given: Fill | None, fuel_grade: FuelGrade) -> ChosenFill:
        """The fill given, else the usual one of the grade's fuel type."""
        if given is not None:
            return ChosenFill(given, FillOrigin.GIVEN)
        return usual_fill(self.preferences, self.habits, fuel_grade.fuel_type)


async def shopping(context: RequestContext) -> Shopping:
    """The viewer's, or a guest's. Database down: `StorageUnavailable`."""
    viewer = context.viewer()
    if viewer is None:
        return guest_shopping(context)
    return await context.once("shopping", lambda: _member_shopping(context, viewer))


def guest_shopping(context: RequestContext) -> Shopping:
    """What anyone gets who comes through this channel."""
    return Shopping(shopper=Shopper(channel=context.channel, device_id=context.device))


async def _member_shopping(context: RequestContext, viewer: Viewer) -> Shopping:
    """All loads go out together: a statement each. A token whose member is gone buys as a guest."""
    loaders, user_id = viewer.loaders, viewer.user_id
    member, habits, coupons, balances = await asyncio.gather(
        loaders.member.load(user_id),
        loaders.habits.load(user_id),
        loaders.open_coupons.load(user_id),
        loaders.balances.load(user_id),
    )
    if member is None:
        return guest_shopping(context)
    shopper = Shopper(
        user_id=user_id,
        tier=member.tier,
        segments=member.segments,
        first_order=habits.counted_orders == 0,
        channel=context.channel,
        device_id=context.device,
        points_available=balances[Unit.POINTS].available,
        coupons=coupons,
    )
    return Shopping(shopper=shopper, preferences=member.preferences, habits=habits)


async def shopping_to_price(context: RequestContext) -> Shopping:
    """With what was used of promotions: the viewer's own, and by all together. All loads go out
    together. Database down: `StorageUnavailable` for a member; a guest's is `usage.unread`."""
    viewer = context.viewer()
    if viewer is None:
        return await guest_shopping_to_price(context)
    buyer, own, shared = await asyncio.gather(
        shopping(context), _own_usage(context, viewer), public_usage(context)
    )
    return replace(buyer, usage=Usage({**shared.counters, **own}, shared.unread))


async def _own_usage(context: RequestContext, viewer: Viewer) -> Mapping[CounterKey, Used]:
    """No statement where no promotion limits what a member may use."""
    if not context.catalog.rules.limits_users:
        return {}
    return await viewer.loaders.usage.load(viewer.user_id)


async def guest_shopping_to_price(context: RequestContext) -> Shopping:
    return replace(guest_shopping(context), usage=await public_usage(context))


async def public_usage(context: RequestContext) -> Usage:
    """Counters of promotions that all share, and the device's; no statement where no promotion has any. Where they
    cannot be read, nothing is known to be left of what they bound."""
    rules, public, device = context.catalog.rules, context.loaders.public, context.device
    on_device = [(device, code) for code in rules.device_codes] if device is not None else []
    if not rules.shared_codes and not on_device:
        return NO_USAGE
    try:
        of_all, of_device = await asyncio.gather(
            public.usage_by_code.load_many(rules.shared_codes),
            public.usage_by_device.load_many(on_device),
        )
    except StorageUnavailable:
        return Usage(unread=True)
    found = [*of_all, *of_device]
    return Usage({key: used for counters in found for key, used in counters.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a request may say about a purchase beyond the fill; None: the viewer's setting."""

    choice: OfferChoice = FREE_CHOICE
    use_points: bool | None = None
    payment_method: PaymentMethod | None = None


NO_WISHES = Wishes()


def purchase_of(
    context: RequestContext,
    buyer: Shopping,
    station: Station,
    product: StationProduct,
    fill: Fill,
    wishes: Wishes = NO_WISHES,
) -> Purchase:
    """The question to the engine: the remembered payment method and points setting, unless the
    request says otherwise."""
    settings = buyer.preferences
    use_points = settings.use_points if wishes.use_points is None else wishes.use_points
    method = wishes.payment_method or settings.usual_payment_method
    return Purchase(
        station=station,
        product=product,
        fill=fill,
        moment=context.moment,
        rules=context.catalog.rules,
        shopper=buyer.shopper,
        payment_method=method,
        minimum_payable_fen=minimum_payable_fen(method),
        use_points=use_points,
        choice=wishes.choice,
        usage=buyer.usage,
    )
