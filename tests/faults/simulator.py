"""The pay simulator's hands: paying, and misbehaving when told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import psycopg

from app.resolvers.keys import OrderKey
from app.schema import ids
from tests.faults.history import Act
from tests.faults.town import Town

if TYPE_CHECKING:
    from tests.faults.asking import Client

START = """mutation($input: StartPaymentInput!) { startPayment(input: $input) {
  order { id } payment { id } userErrors { code } } }"""
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

    http: httpx2.AsyncClient
    town: Town

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.town.simulator_port}/control/{path}"

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
            answer = await self.http.post(
                self._url(f"payments/{number}/pay"), json={"late": True}, timeout=10
            )
        except httpx2.HTTPError:
            return False
        return answer.status_code == 200

    async def _number(self, buyer: int, order_id: str) -> str | None:
        """None: there is no payment yet, or the database is just starting."""
        key = ids.decode(order_id)
        assert isinstance(key, OrderKey)
        with suppress(psycopg.OperationalError):
            return await asyncio.to_thread(self._look_up, buyer, key.order_id)
        return None

    def _look_up(self, buyer: int, order_id: int) -> str | None:
        with self.town.connect() as connection:
            found = connection.execute(
                "SELECT number FROM payment WHERE user_id = %s AND order_id = %s "
                "ORDER BY id DESC LIMIT 1",
                [buyer, order_id],
            ).fetchone()
        return None if found is None else str(found[0])

    async def misbehave(self, how: str, share: float) -> None:
        await self._weather({"share": int(share * 100), "mischief": MISDEEDS[how]})

    async def behave(self) -> None:
        """As it is on most days: some notices come more than once."""
        await self._weather({"share": 15, "mischief": MISDEEDS["repeat"]})
        await self.http.post(self._url("release"), json={}, timeout=10)

    async def _weather(self, weather: dict[str, Any]) -> None:
        await self.http.post(self._url("weather"), json=weather, timeout=10)

    async def payments(self) -> list[dict[str, Any]]:
        return (await self.http.get(self._url("payments"), timeout=30)).json()["payments"]

    async def refunds(self) -> list[dict[str, Any]]:
        return (await self.http.get(self._url("refunds"), timeout=30)).json()["refunds"]
