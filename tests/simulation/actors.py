"""Who acts in a world: members who buy, claim and invite; workers; the provider's notices; time."""

from datetime import timedelta
from typing import Any

from app.domain.audit.record import ActorKind
from app.domain.checkout.engine import quote
from app.domain.checkout.order_terms import order_terms
from app.domain.checkout.purchase import Purchase
from app.domain.loyalty.unit import Unit
from app.domain.orders.invoice import may_invoice
from app.domain.orders.payment import PaymentState
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.usage import Usage
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.domain.wallet.coupon import CouponStatus
from app.ports.payment_providers import PaymentUnavailable
from app.ports.quote_tokens import QuoteClaims
from app.resolvers.claims import claim
from app.resolvers.invoices import InvoiceAsked, request_invoice
from app.resolvers.payment_money import payment_notice
from app.resolvers.payments import PaymentStart, prepare, start_payment
from app.resolvers.placing import PlaceWanted, place
from app.resolvers.referrals import bind
from app.resolvers.refunds import RefundAsked, request_refund
from app.resolvers.unpaid_orders import CancelWanted, cancel_order
from app.worker import identities, privacy, reconciliation, sessions
from app.worker.tasks import SWEEPS, TASKS
from tests.simulation.scheduler import ended, turn
from tests.simulation.town import MEMBERS, PRODUCT, RULES, STATION, TICKET
from tests.simulation.world import LOST, WORKERS, Asked, World

ACTS = {task.name: task.act for task in TASKS}
SECONDS, MINUTES, HOURS = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
OPEN_COUPONS = (CouponStatus.USABLE, CouponStatus.RESERVED)

NOT_HERE = (*reconciliation.SWEEPS, *identities.SWEEPS, *privacy.SWEEPS, *sessions.SWEEPS)
"""The provider in memory writes no bills to hold orders against; nobody signs in, nobody leaves."""
SIMULATED = tuple(sweep for sweep in SWEEPS if sweep not in NOT_HERE)


async def member(world: World, user_id: int) -> None:
    """A few acts, one after the other, in an order of their own."""
    chance = world.chance
    if chance.random() < 0.4:
        await invited(world, user_id, chance.choice(MEMBERS))
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.6:
            await claims_ticket(world, user_id)
        order_id = await buys(world, user_id)
        if order_id is not None:
            await goes_on(world, user_id, order_id)


async def member_again(world: World, user_id: int) -> None:
    """Days later: invoices and refunds of what is long completed, another purchase with what was
    earned."""
    chance = world.chance
    orders = [number for owner, number in world.store.rows("orders") if owner == user_id]
    if orders and chance.random() < 0.7:
        paid = [n for n in orders if may_invoice(world.store.rows("orders")[user_id, n])]
        long_done = chance.choice(paid or orders)
        if chance.random() < 0.7:
            await wants_invoice(world, user_id, long_done)
        await refunds(world, user_id, long_done)
    if chance.random() < 0.6:
        order_id = await buys(world, user_id)
        if order_id is not None:
            await pays(world, user_id, order_id)


async def invited(world: World, user_id: int, referrer_id: int) -> None:
    key = world.new_key("bind")
    asked = Asked(operation="bind", user_id=user_id, key=key, about={"referrer": referrer_id})
    name = str(user_id)
    await world.ask(asked, lambda: bind(world.desk(name), user_id, f"R{referrer_id}", key))


async def claims_ticket(world: World, user_id: int) -> None:
    key = world.new_key("claim")
    asked = Asked(operation="claim", user_id=user_id, key=key, about={})
    shopper = Shopper(user_id=user_id)
    await world.ask(asked, lambda: claim(world.desk(str(user_id)), shopper, TICKET, key))


def quoted(world: World, user_id: int) -> QuoteClaims:
    """What the member is offered now, for a fill of their liking."""
    chance, now = world.chance, world.clock.now
    coupons = tuple(
        coupon
        for key, coupon in world.store.rows("coupons").items()
        if key[0] == user_id and coupon.stored_status in OPEN_COUPONS
    )
    points = world.store.rows("accounts").get((user_id, Unit.POINTS))
    counters = dict(world.store.rows("counters"))
    fill = AmountFill(chance.choice((600, 2_000, 5_000, 10_000)))
    answer = quote(
        Purchase(
            station=STATION,
            product=PRODUCT,
            fill=fill,
            moment=now,
            rules=RULES,
            shopper=Shopper(
                user_id=user_id,
                points_available=points.available if points else 0,
                coupons=coupons,
            ),
            use_points=chance.random() < 0.5,
            minimum_payable_fen=chance.choice((0, 1)),
            usage=Usage(counters),
        )
    )
    return QuoteClaims(
        quote_id=world.new_key("quote"),
        user_id=user_id,
        fill=fill,
        terms=order_terms(answer, nozzle_no="1", payment_method=None),
        issued_at=answer.issued_at,
        expires_at=answer.expires_at,
    )


async def buys(world: World, user_id: int) -> int | None:
    """The order's id, of the first key that had it; sometimes one quote is used under two keys."""
    chance, claims = world.chance, quoted(world, user_id)
    await turn(f"member {user_id} looks at {claims.quote_id}")
    method = PaymentMethod.FUEL_CREDIT if chance.random() < 0.25 else None
    scene = PaymentScene.BROWSER if chance.random() < 0.8 else None
    found: int | None = None
    for _ in range(1 + (chance.random() < 0.15)):
        key = world.new_key("place")
        about = {"quote": claims.quote_id, "payable": claims.terms.payable_fen}
        asked = Asked(operation="place", user_id=user_id, key=key, about=about)
        wanted = PlaceWanted(
            quote_token=claims.quote_id,
            idempotency_key=key,
            payment_method=method,
            scene=scene,
            confirm_duplicate=chance.random() < 0.8,
        )
        answer = await world.ask(
            asked, lambda w=wanted: place(world.desk(str(user_id)), user_id, claims, w)
        )
        if isinstance(answer, dict) and found is None:
            found = answer["order_id"]
    return found


async def goes_on(world: World, user_id: int, order_id: int) -> None:
    """Pays, cancels, refunds, or forgets about it."""
    chance = world.chance
    for _ in range(chance.randint(1, 4)):
        act = chance.choice((pays, pays, pays, cancels, refunds, refunds, waits, wants_invoice))
        await act(world, user_id, order_id)


async def waits(world: World, user_id: int, order_id: int) -> None:
    for _ in range(world.chance.randint(1, 20)):
        await turn(f"member {user_id} waits with {order_id}")


async def pays(world: World, user_id: int, order_id: int) -> None:
    """Asks for a sheet, and pays on whatever sheet there is; maybe much later."""
    key, name = world.new_key("pay"), str(user_id)
    scene = world.chance.choice((PaymentScene.BROWSER, PaymentScene.APP))
    start = PaymentStart(order_id=order_id, scene=scene, idempotency_key=key)

    async def begin() -> Any:
        desk = world.desk(name)
        if world.chance.random() < 0.5:
            await prepare(desk, user_id, order_id)
        answer = await start_payment(desk, user_id, start)
        return answer.refusals or {"payment": answer.payment and answer.payment.number}

    asked = Asked(operation="pay", user_id=user_id, key=key, about={"order": order_id})
    await world.ask(asked, begin)
    await waits(world, user_id, order_id)
    for payment in list(world.store.rows("payments").values()):
        if payment.order_id == order_id and payment.state is not PaymentState.PAID:
            world.pay.drivers_pay(payment.number)


async def cancels(world: World, user_id: int, order_id: int) -> None:
    key = world.new_key("cancel")
    asked = Asked(operation="cancel", user_id=user_id, key=key, about={"order": order_id})
    wanted = CancelWanted(order_id=order_id, idempotency_key=key)
    await world.ask(asked, lambda: cancel_order(world.desk(str(user_id)), user_id, wanted))


async def refunds(world: World, user_id: int, order_id: int) -> None:
    key = world.new_key("refund")
    part = world.chance.choice((None, None, 100, 333, 1_500))
    wanted = RefundAsked(
        order_id=order_id, pump_amount_fen=part, reason="不想加了", idempotency_key=key
    )

    async def refund() -> Any:
        answer = await request_refund(world.desk(str(user_id)), user_id, wanted)
        return answer.refusals or {"refund_id": answer.refund.id if answer.refund else None}

    asked = Asked(operation="refund", user_id=user_id, key=key, about={"order": order_id})
    await world.ask(asked, refund)


async def wants_invoice(world: World, user_id: int, order_id: int) -> None:
    key = world.new_key("invoice")
    wanted = InvoiceAsked(
        order_id=order_id, title="某公司", tax_number=None, email=None, idempotency_key=key
    )

    async def request() -> Any:
        answer = await request_invoice(world.desk(str(user_id)), user_id, wanted)
        return answer.refusals or {"order_id": answer.order_id}

    asked = Asked(operation="invoice", user_id=user_id, key=key, about={"order": order_id})
    await world.ask(asked, request)


async def worker(world: World, number: int) -> None:
    """Takes due jobs, now and then runs one twice, and sweeps; ends with everybody else."""
    while members_left(world):
        await turn(f"worker {number} looks")
        if world.chance.random() < 0.1:
            sweep = world.chance.choice(SIMULATED)
            await attempts(world, sweep.name, lambda s=sweep: s.act(_system(world, s.name)))
            continue
        taken = take_job(world)
        if taken is None:
            continue
        place_of, job = taken
        done = await attempts(
            world, job.name, lambda j=job: ACTS[j.name](_system(world, j.name), **j.given)
        )
        if not done or world.chance.random() < 0.1:
            world.store.rows("jobs").setdefault(place_of, job)


def _system(world: World, name: str) -> Any:
    return world.desk(name, ActorKind.SYSTEM)


async def attempts(world: World, name: str, act: Any) -> bool:
    """Runs it on one of the workers' processes; False: it failed, or its process died."""

    async def run() -> None:
        await act()

    task = world.scheduler.start(name, world.chance.choice(WORKERS), run())
    await ended(task)
    note_failure(world, name, task.error)
    return task.error is None


def note_failure(world: World, name: str, error: BaseException | None) -> None:
    """Anything but an outage is a defect."""
    outage = (*LOST, PaymentUnavailable)
    if error is not None and not isinstance(error, outage):
        world.broken.append(f"{name} raised {error!r}")


def take_job(world: World) -> tuple[Any, Any] | None:
    """A due job that no open transaction touches; it waits no more."""
    rows = world.store.rows("jobs")
    due = [
        place_of
        for place_of, job in rows.items()
        if (job.at is None or job.at <= world.clock.now)
        and ("jobs", place_of) not in world.store.locks
    ]
    if not due:
        return None
    place_of = world.chance.choice(due)
    return place_of, rows.pop(place_of)


async def teller(world: World) -> None:
    """The provider tells its notices: late, in any order, some twice, until they are taken."""
    chance = world.chance
    while members_left(world):
        await turn("the provider waits")
        if chance.random() < 0.1:
            world.pay.move_refunds()
        if not world.pay.notices or chance.random() < 0.7:
            continue
        notice = world.pay.notices.pop(chance.randrange(len(world.pay.notices)))
        task = world.send(
            f"notice {notice.notice_id}",
            lambda n=notice: payment_notice(_system(world, "wechat_pay"), n),
        )
        if chance.random() < 0.5:
            await ended(task)
        if not task.done or task.error is not None or chance.random() < 0.2:
            world.pay.notices.append(notice)
        if task.done:
            note_failure(world, task.name, task.error)


async def passing_time(world: World) -> None:
    """Seconds, sometimes minutes, rarely hours."""
    chance, leaps = world.chance, 2
    while members_left(world):
        await turn("time passes")
        dice = chance.random()
        if dice < 0.004 and leaps:
            leaps -= 1
            world.clock.later(chance.randint(2, 26) * HOURS)
        elif dice < 0.05:
            world.clock.later(chance.randint(1, 12) * MINUTES)
        else:
            world.clock.later(chance.randint(0, 3) * SECONDS)


def members_left(world: World) -> bool:
    return any(not task.done for task in world.members)
