"""The viewer's orders: placed, cancelled, read."""

from dataclasses import dataclass, replace
from typing import cast

from app.domain.orders.order import Order
from app.domain.orders.payment import Payment
from app.domain.orders.status import OrderStatus
from app.ports.orders import OrderPage
from app.ports.quote_tokens import QuoteClaims, QuoteTokenInvalid
from app.resolvers.checkout import Preview, PreviewWanted, preview
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.keys import OrderKey
from app.resolvers.pages import Cursor, Page, check_first, page_by_instants, place_after
from app.resolvers.payments import PaymentStart, prepare, start_payment
from app.resolvers.placing import PRICE_CODES, PlaceWanted, place
from app.resolvers.refusals import ErrorCode, Refusal
from app.resolvers.unpaid_orders import CancelWanted, cancel_order

SIGN_IN = (Refusal(code=ErrorCode.SIGN_IN_REQUIRED),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """`payment`: with its sheet; None: nothing to pay, or to be asked for. `fresh`: what the same
    fill costs now, after a refusal of the price."""

    order: Order | None = None
    payment: Payment | None = None
    fresh: Preview | None = None
    refusals: tuple[Refusal, ...] = ()


async def place_order(context: RequestContext, wanted: PlaceWanted) -> PlacedOrder:
    """At exactly the quoted price, or refused with a fresh quote. Raises `StorageUnavailable`:
    whether the order was placed is found out by repeating with the same key."""
    viewer = context.viewer()
    if viewer is None:
        return PlacedOrder(refusals=SIGN_IN)
    try:
        claims = context.quote_tokens.read(wanted.quote_token)
    except QuoteTokenInvalid:
        return PlacedOrder(refusals=(Refusal(code=ErrorCode.QUOTE_INVALID, at=("quote_token",)),))
    desk = context.desk()
    answer = await place(desk, viewer.user_id, claims, wanted)
    context.forget()
    if isinstance(answer, tuple):
        fresh = await _fresh(context, claims, wanted) if _of_price(answer) else None
        return PlacedOrder(fresh=fresh, refusals=answer)
    order_id = cast("int", answer["order_id"])
    payment = None
    if wanted.scene is not None:
        payment = await prepare(desk, viewer.user_id, order_id, context.client_address)
    return PlacedOrder(order=await _order(viewer, order_id), payment=payment)


def _of_price(refusals: tuple[Refusal, ...]) -> bool:
    return any(refusal.code in PRICE_CODES for refusal in refusals)


async def _fresh(
    context: RequestContext, claims: QuoteClaims, wanted: PlaceWanted
) -> Preview | None:
    """The same fill, priced now for this viewer; None: it cannot be had here any more."""
    terms = claims.terms
    answer = await preview(
        context,
        PreviewWanted(
            station_id=terms.station_id,
            fuel_grade=terms.fuel_grade,
            nozzle_no=terms.nozzle_no,
            fill=claims.fill,
            choice=None,
            use_points=terms.use_points,
            payment_method=terms.payment_method or wanted.payment_method,
        ),
    )
    return None if isinstance(answer, tuple) else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledOrder:
    order: Order | None = None
    refusals: tuple[Refusal, ...] = ()


async def cancel(context: RequestContext, wanted: CancelWanted) -> CancelledOrder:
    """The order as it then stands, after a refusal too. Raises `StorageUnavailable`: repeat."""
    viewer = context.viewer()
    if viewer is None:
        return CancelledOrder(refusals=SIGN_IN)
    answer = await cancel_order(context.desk(), viewer.user_id, wanted)
    context.forget()
    refusals = answer if isinstance(answer, tuple) else ()
    order = None if wanted.order_id is None else await _order(viewer, wanted.order_id)
    return CancelledOrder(order=order, refusals=refusals)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderToPay:
    """`payment`: with its sheet; None: see the refusals."""

    order: Order | None = None
    payment: Payment | None = None
    refusals: tuple[Refusal, ...] = ()


async def start(context: RequestContext, wanted: PaymentStart) -> OrderToPay:
    """The order as it then stands, after a refusal too. Raises `StorageUnavailable`: repeat."""
    viewer = context.viewer()
    if viewer is None:
        return OrderToPay(refusals=SIGN_IN)
    wanted = replace(wanted, client_address=context.client_address)
    started = await start_payment(context.desk(), viewer.user_id, wanted)
    context.forget()
    order = await _order(viewer, wanted.order_id)
    return OrderToPay(order=order, payment=started.payment, refusals=started.refusals)


async def order_by_key(context: RequestContext, key: OrderKey) -> Order | None:
    """The viewer's own; another's and a guest's are None. Database down: `StorageUnavailable`."""
    viewer = context.viewer()
    if viewer is None or key.user_id != viewer.user_id:
        return None
    return await _order(viewer, key.order_id)


async def _order(viewer: Viewer, order_id: int) -> Order | None:
    return await viewer.loaders.order_by_id.load((viewer.user_id, order_id))


async def viewer_orders(
    context: RequestContext,
    viewer: Viewer,
    status: OrderStatus | None,
    first: int,
    after: Cursor | None,
) -> Page[Order]:
    """Newest first. Bad page size or cursor: `BadRequest`. Database down: `StorageUnavailable`."""
    check_first(first)
    listing = f"orders:{viewer.user_id}:{status.value if status else 'all'}"
    place = place_after(after, listing)
    wanted = OrderPage(user_id=viewer.user_id, status=status, first=first, after=place)
    found = await context.orders.page(wanted)
    return page_by_instants(
        found[:first],
        lambda order: (order.placed_at, order.id),
        listing=listing,
        version=context.catalog.version,
        more=len(found) > first,
        after=place,
    )
