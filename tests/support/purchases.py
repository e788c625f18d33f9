"""Purchases over PostgreSQL by the use cases themselves: placed, paid, fuelled, refunded."""

import itertools
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.audit.record import Actor, ActorKind
from app.domain.checkout.catalog import Catalog
from app.domain.orders.order import Order
from app.domain.orders.payment import Money, PaymentState
from app.domain.orders.terms import OrderTerms
from app.domain.pricing.fill import AmountFill
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.ports.quote_tokens import QuoteClaims
from app.resolvers.desk import Desk
from app.resolvers.once import Receipt
from app.resolvers.order_life import complete_order, fulfil_order
from app.resolvers.payment_money import money_came
from app.resolvers.placing import PlaceWanted, place
from app.resolvers.refund_money import send_refund
from app.resolvers.refunds import RefundAnswer, RefundAsked, request_refund
from app.resolvers.refusals import Refusal
from app.security.sealing import SealingKeys
from app.storage.work import PostgresWorks
from tests.fakes.pay import FakePay
from tests.fakes.world import NOON, catalog_of, station

PRICES = {FuelGrade.GASOLINE_92: 8_000}
"""What `order_terms` counts with."""
SEALER = SealingKeys.of([b64encode(bytes(32)).decode()])


@dataclass
class Shop:
    """One member's shop: `moment` is the clock, moved by hand."""

    engine: AsyncEngine
    catalog: Catalog = field(default_factory=lambda: catalog_of([station(1, prices=PRICES)], [], 1))
    pay: FakePay = field(default_factory=FakePay)
    moment: datetime = NOON
    user_id: int = 1
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.works = PostgresWorks(self.engine, SEALER)

    def desk(self) -> Desk:
        return Desk(
            works=self.works,
            moment=self.moment,
            catalog=self.catalog,
            actor=Actor(kind=ActorKind.VIEWER, name=str(self.user_id)),
            providers={PaymentMethod.WECHAT_PAY: self.pay},
        )

    def later(self, **span: Any) -> None:
        self.moment += timedelta(**span)

    async def place(self, terms: OrderTerms, method: PaymentMethod | None = None) -> int:
        """The new order's id; asked for in the browser."""
        answer = await self.try_place(terms, method)
        assert not isinstance(answer, tuple), answer
        return cast("int", answer["order_id"])

    async def try_place(
        self, terms: OrderTerms, method: PaymentMethod | None = None
    ) -> Receipt | tuple[Refusal, ...]:
        number = next(self.numbers)
        claims = QuoteClaims(
            quote_id=f"q{self.user_id}-{number}",
            user_id=self.user_id,
            fill=AmountFill(terms.pump_amount_fen),
            terms=terms,
            issued_at=self.moment,
            expires_at=self.moment + timedelta(minutes=5),
        )
        wanted = PlaceWanted(
            quote_token=f"t{number}",
            idempotency_key=f"place-{number}",
            payment_method=method,
            scene=PaymentScene.BROWSER,
            confirm_duplicate=True,
        )
        return await place(self.desk(), self.user_id, claims, wanted)

    async def money_comes(self, order_id: int) -> None:
        """The provider tells of the order's open payment."""
        async with self.works.begin(self.user_id) as work:
            payments = await work.payments.of_order(self.user_id, order_id)
            (payment,) = [p for p in payments if p.state is PaymentState.OPEN]
            money = Money(
                amount_fen=payment.amount_fen, at=self.moment, transaction_id=payment.number
            )
            await money_came(self.desk(), work, payment, money)

    async def buy(self, terms: OrderTerms, method: PaymentMethod | None = None) -> int:
        """Placed and paid."""
        order_id = await self.place(terms, method)
        if terms.payable_fen > 0 and method is not PaymentMethod.FUEL_CREDIT:
            await self.money_comes(order_id)
        return order_id

    async def fuel(self, order_id: int) -> None:
        self.later(minutes=10)
        await fulfil_order(self.desk(), self.user_id, order_id)

    async def complete(self, order_id: int) -> None:
        """Fuelled and completed."""
        await self.fuel(order_id)
        self.later(hours=24)
        await complete_order(self.desk(), self.user_id, order_id)

    async def order(self, order_id: int) -> Order:
        async with self.works.begin(self.user_id) as work:
            found = await work.orders.order(self.user_id, order_id)
        assert found is not None
        return found

    async def ask_refund(
        self, order_id: int, pump_amount_fen: int | None = None, key: str | None = None
    ) -> RefundAnswer:
        asked = RefundAsked(
            order_id=order_id,
            pump_amount_fen=pump_amount_fen,
            reason="不想加了",
            idempotency_key=key or f"refund-{next(self.numbers)}",
        )
        return await request_refund(self.desk(), self.user_id, asked)

    async def refund(self, order_id: int, pump_amount_fen: int | None = None) -> int:
        """Asked for and done; the refund's id."""
        answer = await self.ask_refund(order_id, pump_amount_fen)
        assert answer.refund is not None, answer.refusals
        await send_refund(self.desk(), self.user_id, answer.refund.id)
        return answer.refund.id

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]
