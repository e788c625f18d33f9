"""Two accounts of one person, over PostgreSQL, by the use cases."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.identity import IdentifiedMember
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.orders.terms import RewardTerm
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.shared.text import LocalizedText
from app.resolvers.invoices import InvoiceAsked, request_invoice
from app.resolvers.joining import join
from app.resolvers.once import repeated
from app.storage.tables import (
    USER_OWNED,
    CodeMissRow,
    MemberSessionRow,
    PaymentNoticeRow,
    ReferrerRow,
    table_of,
)
from tests.fakes.world import NOON
from tests.identities.people import People
from tests.storage.test_accounts import BROKEN
from tests.support import rows
from tests.support.orders import order_terms
from tests.support.purchases import Shop

ELDER, YOUNGER, REFERRER = 1, 2, 3
EARNS = RewardTerm(code="base", title=LocalizedText(zh="base"), kind=RewardKind.POINTS, points=200)
REWARDED = order_terms(rewards=(EARNS,))


@dataclass
class Two:
    people: People
    elder: Shop
    younger: Shop

    async def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        return await self.people.rows(query, **given)

    async def join(self) -> IdentifiedMember:
        async def once() -> IdentifiedMember:
            async with self.people.works.begin(None) as work:
                pair = [await work.identities.account(each) for each in (ELDER, YOUNGER)]
                one, other = pair
                assert one is not None
                assert other is not None
                return await join(work, one, other, self.people.arrival())

        joined = await repeated(once)
        assert (joined.user_id, joined.joined_user_id) == (ELDER, YOUNGER)
        await self.nothing_is_left()
        return joined

    async def nothing_is_left(self) -> None:
        for row in USER_OWNED:
            name = table_of(row).name
            left = await self.rows(f"SELECT count(*) FROM {name} WHERE user_id = {YOUNGER}")
            assert left == [(0,)], name
        assert await self.rows(BROKEN) == []

    async def balance(self, unit: Unit = Unit.POINTS) -> tuple[Any, ...]:
        query = (
            "SELECT available, pending, owed FROM loyalty_account WHERE user_id = 1 AND unit = :u"
        )
        return (await self.rows(query, u=unit.value))[0]


async def live(shop: Shop, engine: AsyncEngine, user_id: int) -> int:
    """A member with something in every table; the completed order's id."""
    order_id = await shop.buy(REWARDED)
    await shop.complete(order_id)
    await shop.refund(order_id, 5_000)
    invoice = InvoiceAsked(
        order_id=order_id,
        title="北京油惠有限公司",
        tax_number="91310000MA1FL8XQ30",
        email="bill@example.com",
        idempotency_key=f"invoice-{user_id}",
    )
    assert not (await request_invoice(shop.desk(), user_id, invoice)).refusals
    await rows.put_credit(engine, user_id, Balance(available=300))
    await rows.put_coupon(engine, user_id, user_id * 100, origin="ISSUE", cause="run:1")
    for station_id in {1, user_id}:
        await rows.put_favourite(engine, user_id, station_id)
    await rows.put_preferences(engine, user_id, theme="DARK" if user_id == YOUNGER else "LIGHT")
    await rows.put_usage(engine, user_id, "daily", uses=user_id, fen=user_id * 100)
    await rows.put(
        engine, CodeMissRow, {"user_id": user_id, "day_began_at": NOON, "misses": user_id}
    )
    await rows.put(engine, ReferrerRow, {"user_id": user_id, "rewarded": user_id})
    ((payment_id,),) = await shop.rows(f"SELECT id FROM payment WHERE user_id = {user_id}")
    notice = {"notice_key": f"n{user_id}", "payment_id": payment_id, "kind": "PAYMENT"}
    notice |= {"state": "SUCCESS", "received_at": NOON, "user_id": user_id}
    await rows.put(engine, PaymentNoticeRow, notice)
    session = {"user_id": user_id, "channel": "APP", "seed": bytes(32)}
    session |= {"opened_at": NOON, "last_seen_at": NOON}
    await rows.put(engine, MemberSessionRow, session)
    return order_id
