"""Orders: placed, cancelled, read. Everything is told from what was frozen at placement."""

import asyncio
from datetime import datetime

import strawberry
from strawberry.scalars import ID

from app.domain.checkout.order_lines import order_lines
from app.domain.orders import order as domain
from app.domain.orders.actions import actions_of
from app.domain.orders.terms import AppliedTerm, OrderTerms, RewardTerm
from app.resolvers import orders as resolve
from app.resolvers.keys import CouponKey, OrderKey
from app.resolvers.offers import offer_by_code
from app.resolvers.order_papers import invoice_of, refunds_of
from app.resolvers.pages import Page
from app.resolvers.placing import PlaceWanted
from app.resolvers.unpaid_orders import CancelWanted
from app.resolvers.wallet import held_coupon
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.checkout import CheckoutPreview, PriceLine, Reward
from app.schema.enums import FuelGrade, OrderAction, OrderStatus, PaymentMethod, PaymentScene
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.offers import Offer
from app.schema.pagination import PageInfo, encode_cursor, page_info
from app.schema.payments import PaymentRequest, payment_request
from app.schema.quotes import AppliedOffer
from app.schema.refunds import Invoice, Refund
from app.schema.scalars import DateTime, Decimal
from app.schema.stations import Station
from app.schema.texts.orders import ORDER_STATUSES, order_line_label
from app.schema.values import Money, Node, UnitPrice, decimal_of
from app.schema.wallet import Coupon


def _offer(code: str, info: Info) -> Offer | None:
    """Null once it has gone."""
    promotion = offer_by_code(info.context, code)
    return Offer.of(promotion) if promotion else None


def _lines(terms: OrderTerms, info: Info) -> list[PriceLine]:
    words = words_of(info)
    return [
        PriceLine(
            kind=line.kind,
            label=order_line_label(line, words),
            amount=Money.of(line.amount_fen),
            running_total=Money.of(line.running_total_fen),
            offer=_offer(line.applied.code, info) if line.applied else None,
        )
        for line in order_lines(terms)
    ]


async def _applied(user_id: int, term: AppliedTerm, info: Info) -> AppliedOffer:
    held = None
    if term.coupon_id is not None:
        held = await held_coupon(info.context, CouponKey(user_id, term.coupon_id))
    return AppliedOffer(
        label=term.title.in_language(info.context.language),
        offer=_offer(term.code, info),
        coupon=Coupon.of(held) if held else None,
        discount=Money.of(term.discount_fen),
        cut=Money.of(term.cut_fen) if term.cut_fen else None,
        points=term.points or None,
    )


def _reward(term: RewardTerm, info: Info) -> Reward:
    language = info.context.language
    return Reward(
        kind=term.kind,
        label=term.title.in_language(language),
        points=term.points,
        money=Money.of(term.credit_fen) if term.credit_fen is not None else None,
        coupon_title=term.batch_title.in_language(language) if term.batch_title else None,
    )


def _instant(at: datetime | None) -> DateTime | None:
    return DateTime(at) if at else None


@access(OWN)
@strawberry.type(description="Frozen at placement; later changes of rules do not touch it.")
class Order(Node):
    number: str
    status: OrderStatus
    status_label: str
    station_name: str
    fuel_grade: FuelGrade
    nozzle_no: str | None
    litres: Decimal
    pump_amount: Money
    fee_total: Money
    discount_total: Money
    payable: Money
    refunded: Money
    effective_price: UnitPrice
    payment_method: PaymentMethod
    placed_at: DateTime
    pay_before: DateTime | None = strawberry.field(description="Unpaid until then: released.")
    paid_at: DateTime | None
    completed_at: DateTime | None
    _order: strawberry.Private[domain.Order]

    @classmethod
    def of(cls, order: domain.Order, info: Info) -> "Order":
        terms, words = order.terms, words_of(info)
        return cls(
            id=ids.encode(OrderKey(order.user_id, order.id)),
            number=order.number,
            status=order.status,
            status_label=ORDER_STATUSES[order.status].in_language(words.language),
            station_name=terms.station_name,
            fuel_grade=terms.fuel_grade,
            nozzle_no=terms.nozzle_no,
            litres=decimal_of(terms.volume_ml),
            pump_amount=Money.of(terms.pump_amount_fen),
            fee_total=Money.of(terms.fee_fen),
            discount_total=Money.of(terms.discount_fen),
            payable=Money.of(terms.payable_fen),
            refunded=Money.of(order.refunded_fen),
            effective_price=UnitPrice.of(terms.unit_price_mill, words),
            payment_method=order.payment_method,
            placed_at=DateTime(order.placed_at),
            pay_before=_instant(order.pay_before if order.paid_at is None else None),
            paid_at=_instant(order.paid_at),
            completed_at=_instant(order.completed_at),
            _order=order,
        )

    @strawberry.field(description="What the viewer may do now: draw buttons from it.")
    async def actions(self, info: Info) -> list[OrderAction]:
        found = await invoice_of(info.context, self._order)
        invoiced = found is not None and found.stands
        return list(actions_of(self._order, info.context.moment, invoiced=invoiced))

    @strawberry.field
    def station(self, info: Info) -> Station | None:
        found = info.context.catalog.stations.by_id.get(self._order.terms.station_id)
        return Station.of(found) if found else None

    @strawberry.field
    def lines(self, info: Info) -> list[PriceLine]:
        return _lines(self._order.terms, info)

    @strawberry.field
    async def applied(self, info: Info) -> list[AppliedOffer]:
        user_id, terms = self._order.user_id, self._order.terms
        return await asyncio.gather(*(_applied(user_id, term, info) for term in terms.applied))

    @strawberry.field
    def rewards(self, info: Info) -> list[Reward]:
        return [_reward(term, info) for term in self._order.terms.rewards]

    @strawberry.field
    async def refunds(self, info: Info) -> list[Refund]:
        return [Refund.of(one) for one in await refunds_of(info.context, self._order)]

    @strawberry.field
    async def invoice(self, info: Info) -> Invoice | None:
        found = await invoice_of(info.context, self._order)
        return Invoice.of(found) if found else None


@access(OWN)
@strawberry.type
class OrderEdge:
    cursor: str
    node: Order


@access(OWN)
@strawberry.type
class OrderConnection:
    edges: list[OrderEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[domain.Order], info: Info) -> "OrderConnection":
        edges = [
            OrderEdge(cursor=encode_cursor(placed.cursor), node=Order.of(placed.item, info))
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


@strawberry.input(
    description="`paymentMethod`: left out, or the quoted one where the quote fixes it."
)
class PlaceOrderInput:
    quote_token: str
    idempotency_key: str
    payment_method: PaymentMethod | None = strawberry.UNSET
    payment_scene: PaymentScene | None = strawberry.UNSET
    nozzle_no: str | None = strawberry.UNSET
    confirm_duplicate: bool = False

    def to_domain(self) -> PlaceWanted:
        return PlaceWanted(
            quote_token=self.quote_token,
            idempotency_key=self.idempotency_key,
            payment_method=self.payment_method or None,
            scene=self.payment_scene or None,
            nozzle_no=self.nozzle_no or None,
            confirm_duplicate=self.confirm_duplicate,
        )


@access(OWN)
@strawberry.type(
    description="`payment` is null when nothing is left to pay. `fresh`: what it would cost now, "
    "after a refusal."
)
class PlaceOrderPayload:
    order: Order | None
    payment: PaymentRequest | None
    fresh: CheckoutPreview | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, placed: resolve.PlacedOrder, info: Info) -> "PlaceOrderPayload":
        words = words_of(info)
        return cls(
            order=Order.of(placed.order, info) if placed.order else None,
            payment=payment_request(placed.payment),
            fresh=CheckoutPreview.of(placed.fresh, info) if placed.fresh else None,
            user_errors=[user_error(refusal, words) for refusal in placed.refusals],
        )


@strawberry.input
class CancelOrderInput:
    order_id: strawberry.ID
    reason: str | None = strawberry.UNSET
    idempotency_key: str


@access(OWN)
@strawberry.type
class CancelOrderPayload:
    order: Order | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class OrderQueries:
    @strawberry.field(description="Viewer's own, else null.")
    async def order(self, info: Info, id: ID) -> Order | None:  # noqa: A002 the contract's own word
        key = ids.order_key(id)
        found = await resolve.order_by_key(info.context, key) if key else None
        return Order.of(found, info) if found else None


@access(OWN)
@strawberry.type
class OrderMutations:
    @strawberry.mutation(description="At exactly the quoted price, or refused with `fresh`.")
    async def place_order(self, info: Info, input: PlaceOrderInput) -> PlaceOrderPayload | None:  # noqa: A002 the contract's own word
        placed = await resolve.place_order(info.context, input.to_domain())
        return PlaceOrderPayload.of(placed, info)

    @strawberry.mutation
    async def cancel_order(self, info: Info, input: CancelOrderInput) -> CancelOrderPayload | None:  # noqa: A002 the contract's own word
        key, user_id = ids.order_key(input.order_id), info.context.user_id
        wanted = CancelWanted(
            order_id=key.order_id if key and key.user_id == user_id else None,
            idempotency_key=input.idempotency_key,
            reason=input.reason or None,
        )
        answer = await resolve.cancel(info.context, wanted)
        words = words_of(info)
        return CancelOrderPayload(
            order=Order.of(answer.order, info) if answer.order else None,
            user_errors=[user_error(refusal, words) for refusal in answer.refusals],
        )
