"""The pay simulator's hands: paying, and misbehaving when told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from app.resolvers.keys import OrderKey
from app.schema import ids
from tests.faults.history import Act
from tests.faults.http import Http, NoAnswer, NotTaken
from tests.faults.town import Town

if TYPE_CHECKING:
    from tests.faults.asking import Client

START = """mutation($input: StartPaymentInput!) { startPayment(input: $input) {
  order { id } payment { id } userErrors { code } } }"""
NUMBER = "SELECT number FROM payment WHERE user_id = %s AND order_id = %s ORDER BY id DESC LIMIT 1"
MISDEEDS: dict[str, dict[str, Any]] = {
    "repeat": {"copies": 3},
    "reorder": {"delay_ms": 2_500, "spread": True},
    "delay": {"delay_ms": 2_500},
    "lose": {"lose": 1},
    "forge": {"forge": "signature"},
}


@dataclass
class Simulator:
    """`number_of` looks up what an order's payment is called; a client would read it off the
    sheet, which a real phone opens."""

    http: Http
    town: Town
    _connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pay(self, client: Client, buyer: int, order: dict[str, Any]) -> None:
        """The driver pays; where no sheet was had, asks for one first. Money for an order that was
        given up meanwhile is taken all the same."""
        number = await self._number(buyer, order["id"])
        if number is not None and await self._paid(client, number):
            return
        given = {"orderId": order["id"], "paymentScene": "MINI_PROGRAM"}
        key = f"pay-{client.chance.getrandbits(96):x}"
        act = Act(operation="startPayment", user_id=buyer, key=key, given=given)
        await client.act(act, START)
        number = await self._number(buyer, order["id"])
        if number is not None:
            await self._paid(client, number)

    async def _paid(self, client: Client, number: str) -> bool:
        try:
            return "notice_id" in await self._told(f"payments/{number}/pay", {"late": True})
        except (NoAnswer, NotTaken):
            return False

    async def _told(self, what: str, given: dict[str, Any]) -> Any:
        return await self.http.post(self.town.simulator_port, f"/control/{what}", given)

    async def _number(self, buyer: int, order_id: str) -> str | None:
        """None: there is no payment yet, or the database is just starting."""
        key = ids.decode(order_id)
        assert isinstance(key, OrderKey)
        async with self._looking:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await self.town.connect_async()
                cursor = await self._connection.execute(NUMBER, [buyer, key.order_id])
                found = await cursor.fetchone()
            except psycopg.OperationalError:
                self._connection = None
                return None
        return None if found is None else str(found[0])

    async def misbehave(self, how: str, share: float) -> None:
        await self._weather({"share": int(share * 100), "mischief": MISDEEDS[how]})

    async def behave(self) -> None:
        """As it is on most days: some notices come more than once."""
        await self._weather({"share": 15, "mischief": MISDEEDS["repeat"]})
        await self._told("release", {})

    async def _weather(self, weather: dict[str, Any]) -> None:
        await self._told("weather", weather)

    async def payments(self) -> list[dict[str, Any]]:
        return (await self._listed("payments"))["payments"]

    async def refunds(self) -> list[dict[str, Any]]:
        return (await self._listed("refunds"))["refunds"]

    async def _listed(self, what: str) -> Any:
        return await self.http.get(self.town.simulator_port, f"/control/{what}")
