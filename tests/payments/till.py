"""A till: orders in PostgreSQL, WeChat Pay's simulator and our webhook, on real sockets."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.domain.audit.record import Actor, ActorKind
from app.domain.orders.order import Order
from app.domain.orders.payment import Payment
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.gateway.boundary import Boundary
from app.gateway.webhooks import PaymentWebhook
from app.integrations.wechat_pay.provider import WeChatPay
from app.integrations.wechat_pay_simulator.account import SimulatedPayers, simulated_account
from app.integrations.wechat_pay_simulator.simulator import create_simulator
from app.outside import NOTICES_PATH
from app.ports.orders import NewOrder
from app.resolvers.desk import Desk
from app.resolvers.payment_money import check_payment
from app.resolvers.payments import ask_payment, prepare
from app.storage.work import PostgresWorks
from tests.gateway.support import catalog
from tests.support.orders import order_terms
from tests.support.serving import address, listener, served
from tests.support.waiting import until

USER = 7
PACE = 0.00001
"""Of the simulator's patience: all its repetitions take a second."""


@dataclass
class MovedClock:
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Till:
    engine: AsyncEngine
    pay: WeChatPay
    control: httpx.AsyncClient
    ours: httpx.AsyncClient
    clock: MovedClock = field(default_factory=MovedClock)
    quotes: Iterator[int] = field(default_factory=count)

    def desk(self, **others: Any) -> Desk:
        values: dict[str, Any] = {
            "works": PostgresWorks(self.engine),
            "moment": self.clock.now(),
            "catalog": catalog(1),
            "actor": Actor(kind=ActorKind.VIEWER, name=str(USER)),
            "providers": {PaymentMethod.WECHAT_PAY: self.pay},
            "payers": SimulatedPayers(),
        }
        return Desk(**(values | others))

    async def place(self, pump_amount_fen: int = 20_000) -> Order:
        moment = self.clock.now()
        async with self.desk().works.begin(USER) as work:
            order = await work.orders.place(
                NewOrder(
                    user_id=USER,
                    quote_id=f"q{next(self.quotes)}",
                    terms=order_terms(pump_amount_fen=pump_amount_fen),
                    payment_method=PaymentMethod.WECHAT_PAY,
                    placed_at=moment,
                    pay_before=moment + timedelta(minutes=15),
                )
            )
        assert order is not None
        return order

    async def ask(self, order: Order, scene: PaymentScene = PaymentScene.MINI_PROGRAM) -> Payment:
        """Placed, asked for and prepared."""
        desk = self.desk()
        async with desk.works.begin(USER) as work:
            await ask_payment(desk, work, order, scene)
        payment = await prepare(desk, USER, order.id)
        assert payment is not None
        return payment

    async def pay_for(self, payment: Payment, **given: Any) -> None:
        answer = await self.control.post(f"/control/payments/{payment.number}/pay", json=given)
        assert answer.status_code == 200, answer.text

    async def check(self, payment: Payment) -> None:
        await check_payment(self.desk(), USER, payment.id)

    async def delivered(self) -> None:
        """Until nothing is owed to us any more."""

        async def nothing_owed() -> bool:
            return not (await self.control.get("/control/payments")).json()["owed"]

        await until(nothing_owed)

    async def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query), given)]

    async def status(self, order: Order) -> str:
        query = "SELECT status FROM fuel_order WHERE id = :id"
        return (await self.rows(query, id=order.id))[0][0]

    async def state(self, payment: Payment) -> str:
        query = "SELECT state FROM payment WHERE id = :id"
        return (await self.rows(query, id=payment.id))[0][0]

    async def outcomes(self) -> list[str]:
        """Of the notices of our payments, in the order they came."""
        rows = await self.rows("SELECT outcome FROM payment_notice ORDER BY received_at")
        return [outcome for (outcome,) in rows]

    async def acts(self) -> list[str]:
        return [act for (act,) in await self.rows("SELECT act FROM audit_event ORDER BY id")]


@asynccontextmanager
async def open_till(engine: AsyncEngine, data_dir: Path) -> AsyncIterator[Till]:
    async with AsyncExitStack() as stack:
        theirs, ours = listener(), listener()
        account = simulated_account(data_dir, address(theirs), address(ours) + NOTICES_PATH)
        till = Till(
            engine,
            WeChatPay(account),
            httpx.AsyncClient(base_url=address(theirs), trust_env=False),
            httpx.AsyncClient(base_url=address(ours), trust_env=False),
        )
        for client in (till.control, till.ours):
            await stack.enter_async_context(client)
        stack.push_async_callback(till.pay.close_connections)
        await stack.enter_async_context(served(_webhook(till), ours))
        simulator = create_simulator(data_dir, pace=PACE)
        await stack.enter_async_context(served(simulator, theirs))
        yield till


def _webhook(till: Till) -> Starlette:
    webhook = PaymentWebhook(
        path=NOTICES_PATH,
        provider="wechat-pay",
        reader=till.pay.notices,
        clock=till.clock,
        desk=lambda actor, moment: till.desk(actor=actor, moment=moment),
    )
    return Starlette(routes=[webhook.route()], middleware=[Middleware(Boundary)])
