"""Placing an order: a signed quote becomes an order at exactly its price, or is refused.

One transaction reserves coupons, points, credit, limits and budgets together with the order, its
payment, its jobs and its audit record. Nothing of the price is computed again.
"""

from dataclasses import dataclass, replace

from app.domain.audit.record import AuditRecord
from app.domain.checkout.catalog import Catalog
from app.domain.orders.order import Order
from app.domain.orders.terms import OrderTerms
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.domain.stations.station import StationProduct
from app.ports.jobs import Job
from app.ports.orders import Alike, NewOrder
from app.ports.quote_tokens import QuoteClaims
from app.ports.work import Work
from app.resolvers import coupon_moves
from app.resolvers.counting import take
from app.resolvers.desk import Desk
from app.resolvers.ledger_moves import burn_for_order
from app.resolvers.once import Asked, Receipt, once
from app.resolvers.order_life import paid
from app.resolvers.payments import ask_payment
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Refused, Subject

DEFAULT_METHOD = PaymentMethod.WECHAT_PAY
"""Where neither the quote nor the request names one."""

PRICE_CODES = frozenset(
    {
        ErrorCode.QUOTE_EXPIRED,
        ErrorCode.QUOTE_USED,
        ErrorCode.QUOTE_NOT_YOURS,
        ErrorCode.PRICE_CEILING_CHANGED,
        ErrorCode.COUPON_TAKEN,
        ErrorCode.COUPON_EXPIRED,
        ErrorCode.NOT_ELIGIBLE,
        ErrorCode.BUDGET_EXHAUSTED,
        ErrorCode.LIMIT_REACHED,
        ErrorCode.OUT_OF_STOCK,
        ErrorCode.POINTS_SHORT,
    }
)
"""Refusals after which the same fill costs something else: they come with a fresh quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWanted:
    """`payment_method`, `nozzle_no` None: the quote's. `scene` None: no pay sheet is asked for yet.
    `confirm_duplicate`: an order that looks like the last one is meant."""

    quote_token: str
    idempotency_key: str
    payment_method: PaymentMethod | None = None
    scene: PaymentScene | None = None
    nozzle_no: str | None = None
    confirm_duplicate: bool = False


async def place(
    desk: Desk, user_id: int, claims: QuoteClaims, wanted: PlaceWanted
) -> Receipt | tuple[Refusal, ...]:
    """The order's id as `order_id`; the first answer again where the key was answered before, also
    long after the quote expired. Raises `StorageUnavailable`: repeat with the same key."""

    async def act(work: Work) -> Receipt:
        order = await _placed(desk, work, _new_order(desk, user_id, claims, wanted), wanted)
        return {"order_id": order.id}

    asked = Asked(
        operation="placeOrder",
        key=wanted.idempotency_key,
        asked={
            "quote_token": wanted.quote_token,
            "payment_method": wanted.payment_method,
            "payment_scene": wanted.scene,
            "nozzle_no": wanted.nozzle_no,
            "confirm_duplicate": wanted.confirm_duplicate,
        },
    )
    return await once(desk, user_id, asked, act)


def _new_order(desk: Desk, user_id: int, claims: QuoteClaims, wanted: PlaceWanted) -> NewOrder:
    """What the quote and the request alone decide. Raises `Refused`."""
    if claims.user_id is not None and claims.user_id != user_id:
        raise Refused(_refusal(ErrorCode.QUOTE_NOT_YOURS, "quote_token"))
    if desk.moment >= claims.expires_at:
        raise Refused(_refusal(ErrorCode.QUOTE_EXPIRED, "quote_token"))
    product = _product(desk.catalog, claims.terms)
    refuse_lower_ceiling(desk, claims.terms, product)
    terms = replace(claims.terms, nozzle_no=_nozzle(claims.terms, product, wanted))
    return NewOrder(
        user_id=user_id,
        quote_id=claims.quote_id,
        terms=terms,
        payment_method=_method(desk, terms, wanted),
        placed_at=desk.moment,
        pay_before=desk.moment + desk.timing.pay_within,
    )


def refuse_lower_ceiling(desk: Desk, terms: OrderTerms, product: StationProduct | None) -> None:
    """The law goes before the quote: an official price that was corrected to below the quoted pump
    price. A scheduled change ends quotes by itself. Raises `Refused`."""
    official = None if product is None else product.official_point_at(desk.moment)
    if official is not None and official.price_mill_per_litre < terms.pump_price_mill_per_litre:
        raise Refused(_refusal(ErrorCode.PRICE_CEILING_CHANGED, "quote_token"))


def _product(catalog: Catalog, terms: OrderTerms) -> StationProduct | None:
    """None: no longer sold; the quote is honoured all the same."""
    station = catalog.stations.by_id.get(terms.station_id)
    return None if station is None else station.products.get(terms.fuel_grade)


def _nozzle(terms: OrderTerms, product: StationProduct | None, wanted: PlaceWanted) -> str | None:
    given = wanted.nozzle_no
    if given is None or given == terms.nozzle_no:
        return terms.nozzle_no
    unknown = product is not None and given not in product.nozzles
    if terms.nozzle_no is not None or unknown:
        refusal = _refusal(ErrorCode.INVALID_INPUT, "nozzle_no")
        raise Refused(replace(refusal, subject=Subject.NOZZLE))
    return given


def _method(desk: Desk, terms: OrderTerms, wanted: PlaceWanted) -> PaymentMethod:
    """The one that the quote fixes, else the one asked for. One that nobody can pay with here is
    refused, unless there is nothing to pay."""
    fixed, given = terms.payment_method, wanted.payment_method
    if fixed is not None and given is not None and given is not fixed:
        raise Refused(_refusal(ErrorCode.PAYMENT_METHOD_MISMATCH, "payment_method"))
    method = fixed or given or DEFAULT_METHOD
    known = method is PaymentMethod.FUEL_CREDIT or method in desk.providers
    if terms.payable_fen > 0 and not known:
        refusal = _refusal(ErrorCode.INVALID_INPUT, "payment_method")
        raise Refused(replace(refusal, subject=Subject.METHOD))
    return method


async def _placed(desk: Desk, work: Work, new: NewOrder, wanted: PlaceWanted) -> Order:
    """Everything that placing writes; what many share comes last."""
    if not wanted.confirm_duplicate:
        await _refuse_duplicate(desk, work, new)
    order = await work.orders.place(new)
    if order is None:
        raise Refused(_refusal(ErrorCode.QUOTE_USED, "quote_token"))
    try:
        await coupon_moves.reserve(work, order.id, order.terms, order.user_id, desk.moment)
        await burn_for_order(work, order, desk.moment)
    except Refused as refused:
        raise Refused(*map(_to_requote, refused.refusals)) from refused
    await work.audit.add(_audit(desk, order))
    settled = order.terms.payable_fen == 0 or order.payment_method is PaymentMethod.FUEL_CREDIT
    if settled:
        order = await paid(desk, work, order, desk.moment)
    else:
        await work.jobs.defer(_expiry(order))
        if wanted.scene is not None:
            await ask_payment(desk, work, order, wanted.scene)
    await take(work, order.user_id, order.terms)
    return order


async def _refuse_duplicate(desk: Desk, work: Work, new: NewOrder) -> None:
    alike = Alike(
        user_id=new.user_id,
        station_id=new.terms.station_id,
        nozzle_no=new.terms.nozzle_no,
        pump_amount_fen=new.terms.pump_amount_fen,
        since=desk.moment - desk.timing.duplicate_within,
    )
    if await work.orders.alike(alike) is not None:
        raise Refused(_refusal(ErrorCode.DUPLICATE_SUSPECTED, "confirm_duplicate"))


def _refusal(code: ErrorCode, at: str) -> Refusal:
    return Refusal(code=code, at=(at,))


def _to_requote(refusal: Refusal) -> Refusal:
    """What can be had changed since the quote: there is a fresh one to look at."""
    return replace(refusal, told=Advice.REQUOTE) if refusal.code in PRICE_CODES else refusal


def _expiry(order: Order) -> Job:
    return Job(
        name="orders.expire",
        given={"user_id": order.user_id, "order_id": order.id},
        at=order.pay_before,
        key=f"orders.expire:{order.user_id}:{order.id}",
    )


def _audit(desk: Desk, order: Order) -> AuditRecord:
    return AuditRecord(
        act="order.place",
        subject=f"order:{order.id}",
        user_id=order.user_id,
        at=desk.moment,
        actor=desk.actor,
        after={
            "status": order.status,
            "quote_id": order.quote_id,
            "payable_fen": order.terms.payable_fen,
            "payment_method": order.payment_method,
        },
    )
