"""The order history of a demo member: a fill every so many days, mostly at the usual station."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from app.domain.checkout.pricing import unit_price_mill
from app.domain.orders.ledger import Grant, ledger_of
from app.domain.orders.number import order_number
from app.domain.orders.order import Order
from app.domain.orders.refund import line_refund
from app.domain.orders.refund_request import OrderRefund, RefundStatus
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import AppliedTerm, OrderTerms
from app.domain.orders.timing import DEFAULT_TIMING
from app.domain.pricing.fill import AmountFill, measure
from app.domain.promotions.refusals import WHOLE_BP
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.funder import Funder
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText
from app.domain.stations.station import Station
from app.integrations.demo_seed.facts import CHINA
from app.integrations.demo_seed.plans import MemberPlan
from app.ports.seeding import SeedStation

FIRST_ORDER_ID = 1_000_000_000
MOST_ORDERS = 1_000
"""Room for order ids between one member and the next."""

ENDINGS = (
    OrderStatus.COMPLETED,
    OrderStatus.CANCELLED,
    OrderStatus.REFUNDED,
    OrderStatus.PARTIALLY_REFUNDED,
    OrderStatus.EXPIRED,
)
ENDING_WEIGHTS = (920, 45, 18, 7, 10)
CODE = "seed-history"
TITLE = LocalizedText(zh="平台优惠", en="Platform discount")
REFUND_REASON = "没有加满"
NEVER_PAID = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED})


def make_orders(plan: MemberPlan, moment: datetime, rng: Random) -> Iterator[Order]:
    """Oldest first. The last one lies `plan.last_order_days_ago` days before `moment`, the others
    about `plan.order_every_days` apart; the first and the last are completed."""
    spread = max(1, plan.order_every_days // 3)
    days_ago = plan.last_order_days_ago
    placed: list[datetime] = []
    for _ in range(plan.orders):
        placed.append(_placed_at(moment, days_ago, rng))
        days_ago += max(1, plan.order_every_days + rng.randint(-spread, spread))
    placed.reverse()
    for number, instant in enumerate(placed):
        settled = number in (0, plan.orders - 1)
        ending = ENDINGS[0] if settled else rng.choices(ENDINGS, ENDING_WEIGHTS)[0]
        order_id = FIRST_ORDER_ID + plan.index * MOST_ORDERS + number
        yield _order(order_id, plan, instant, ending, rng)


def _placed_at(moment: datetime, days_ago: int, rng: Random) -> datetime:
    """An hour of the local day, 06:00 to 22:59; at least a quarter of an hour ago."""
    day = moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    at = timedelta(hours=rng.randint(6, 22), minutes=rng.randrange(60), seconds=rng.randrange(60))
    return min(day - timedelta(days=days_ago) + at, moment - timedelta(minutes=15))


def _order(
    order_id: int, plan: MemberPlan, placed_at: datetime, status: OrderStatus, rng: Random
) -> Order:
    seeded = rng.choices(plan.stations, (72, 18, 10)[: len(plan.stations)])[0]
    amount = _pump_amount_fen(plan.usual_pump_amount_fen, rng)
    paid_at = None
    if status not in NEVER_PAID:
        paid_at = placed_at + timedelta(seconds=rng.randint(60, 780))
    discount_fen = amount * rng.randint(350, 1_250) // 10_000
    terms = _terms(seeded.station, _grade(plan, seeded), amount, discount_fen, placed_at)
    refunded = {OrderStatus.REFUNDED: amount, OrderStatus.PARTIALLY_REFUNDED: amount // 2}
    refunded_fen = refunded.get(status, 0)
    return Order(
        user_id=plan.user_id,
        id=order_id,
        quote_id=f"seed-{order_id}",
        status=status,
        terms=terms,
        payment_method=plan.payment_method or rng.choice(list(PaymentMethod)[:2]),
        placed_at=placed_at,
        pay_before=placed_at + DEFAULT_TIMING.pay_within,
        paid_at=paid_at,
        fulfilled_at=paid_at,
        completed_at=paid_at,
        closed_at=_closed_at(status, placed_at, paid_at),
        refunded_lines=(refunded_fen,),
        refunded_fen=line_refund(terms.ledger.lines[0], refunded_fen).money_fen,
        number=order_number(order_id, placed_at),
    )


def refund_of(order: Order) -> OrderRefund | None:
    """The one refund that took back what the order says; None: none did. Its id is the order's."""
    if order.paid_at is None or not any(order.refunded_lines):
        return None
    return OrderRefund(
        user_id=order.user_id,
        id=order.id,
        order_id=order.id,
        number=f"{order.number}-r1",
        status=RefundStatus.DONE,
        before=tuple(0 for _ in order.refunded_lines),
        after=order.refunded_lines,
        money_fen=order.refunded_fen,
        reason=REFUND_REASON,
        requested_at=order.paid_at,
        settled_at=order.paid_at,
    )


def _closed_at(
    status: OrderStatus, placed_at: datetime, paid_at: datetime | None
) -> datetime | None:
    """Unpaid ones end with the time to pay, refunded ones where they began."""
    if status is OrderStatus.REFUNDED:
        return paid_at
    return placed_at + DEFAULT_TIMING.pay_within if status in NEVER_PAID else None


def _terms(
    station: Station, grade: FuelGrade, amount_fen: int, discount_fen: int, placed_at: datetime
) -> OrderTerms:
    """One discount of the platform's, on the fuel: history, no rule of today."""
    price = station.products[grade].pump_price_mill_at(placed_at)
    bought = measure(AmountFill(amount_fen), price)
    payable_fen = amount_fen - discount_fen
    volume = (bought.volume_ml.numerator, bought.volume_ml.denominator)
    platform = {Funder.PLATFORM: WHOLE_BP}
    grant = Grant(code=CODE, coupon_id=None, by_line=(discount_fen,), shares_bp=platform)
    return OrderTerms(
        station_id=station.id,
        station_code=station.code,
        station_name=station.name,
        time_zone=station.time_zone,
        fuel_grade=grade,
        nozzle_no=station.products[grade].nozzles[0],
        pump_price_mill_per_litre=price,
        volume_ml=bought.shown_volume_ml,
        pump_amount_fen=amount_fen,
        fee_fen=0,
        payable_fen=payable_fen,
        unit_price_mill=unit_price_mill(payable_fen, volume),
        rule_version="",
        payment_method=None,
        use_points=False,
        applied=(
            AppliedTerm(
                code=CODE,
                title=TITLE,
                lane=Lane.ACTIVITY,
                coupon_id=None,
                discount_fen=discount_fen,
            ),
        ),
        ledger=ledger_of([amount_fen], 0, [grant]),
        usage=(),
        rewards=(),
    )


def _grade(plan: MemberPlan, seeded: SeedStation) -> FuelGrade:
    products = seeded.station.products
    return plan.fuel_grade if plan.fuel_grade in products else next(iter(products))


def _pump_amount_fen(usual_fen: int, rng: Random) -> int:
    """Half of the fills are the usual amount, others a round one near it or a tank filled up."""
    way = rng.randrange(100)
    if way < 50:
        return usual_fen
    if way < 75:
        return max(5_000, usual_fen + rng.choice((-3, -2, -1, 1, 2, 3)) * 1_000)
    return max(5_000, usual_fen * rng.randint(7_500, 12_500) // 10_000)
