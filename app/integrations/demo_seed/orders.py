"""The order history of a demo member: a fill every so many days, mostly at the usual station."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from app.domain.orders.status import OrderStatus
from app.domain.pricing.fill import AmountFill, measure
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.integrations.demo_seed.facts import CHINA
from app.integrations.demo_seed.plans import MemberPlan
from app.ports.seeding import SeedOrder, SeedStation

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
NEVER_PAID = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED})


def make_orders(plan: MemberPlan, moment: datetime, rng: Random) -> Iterator[SeedOrder]:
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
) -> SeedOrder:
    seeded = rng.choices(plan.stations, (72, 18, 10)[: len(plan.stations)])[0]
    grade = _grade(plan, seeded)
    price = seeded.station.products[grade].pump_price_mill_at(placed_at)
    amount = _pump_amount_fen(plan.usual_pump_amount_fen, rng)
    completed_at = None
    if status not in NEVER_PAID:
        completed_at = placed_at + timedelta(seconds=rng.randint(60, 780))
    return SeedOrder(
        id=order_id,
        user_id=plan.user_id,
        station_id=seeded.station.id,
        fuel_grade=grade,
        pump_amount_fen=amount,
        volume_ml=measure(AmountFill(amount), price).shown_volume_ml,
        discount_fen=amount * rng.randint(350, 1_250) // 10_000,
        status=status,
        payment_method=plan.payment_method or rng.choice(list(PaymentMethod)[:2]),
        placed_at=placed_at,
        completed_at=completed_at,
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
