"""One client's requests: to any server, again with the same key until the answer is definite."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.faults.history import Act, History, Told
from tests.faults.town import Town

TIMEOUT_S = 6.0
TRIES, TRIES_AT_REST = 120, 40
"""How often an act is repeated, in all and once everything runs well."""
SAME = {
    "placeOrder": ("order", ("id", "number", "payable")),
    "claimOffer": ("coupon", ("id",)),
    "redeemCode": ("coupon", ("id",)),
    "requestRefund": ("refund", ("id", "amount")),
    "cancelOrder": ("order", ("id",)),
    "bindReferral": ("landing", ("code",)),
    "startPayment": ("order", ("id",)),
}
"""Of each payload, what every answer to one key must repeat."""


class NoAnswer(Exception):
    """The request may or may not have happened."""


@dataclass
class Client:
    """`over`: set when everything runs well again; then each act must come to an answer soon."""

    town: Town
    history: History
    http: httpx2.AsyncClient
    chance: random.Random
    over: asyncio.Event

    async def ask(self, user_id: int, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of one answer. Raises `NoAnswer` where it holds faults or there is none."""
        self.history.requests += 1
        try:
            body = (await self._sent(user_id, document, variables)).json()
        except (httpx2.HTTPError, ValueError) as error:
            self.history.faulted += 1
            raise NoAnswer(type(error).__name__) from error
        if body.get("errors"):
            self.history.faulted += 1
            raise NoAnswer(str(body["errors"])[:300])
        return body["data"]

    async def _sent(
        self, user_id: int, document: str, variables: dict[str, Any]
    ) -> httpx2.Response:
        """By any server that takes a connection, as a balancer in front of them would."""
        ports = self.chance.sample(self.town.ports, k=len(self.town.ports))
        for port in ports:
            try:
                return await self.http.post(
                    f"http://127.0.0.1:{port}/graphql",
                    json={"query": document, "variables": variables},
                    headers={
                        "Authorization": f"Bearer {self.town.token(user_id)}",
                        "Youhui-Device": f"device-{user_id}",
                    },
                    timeout=TIMEOUT_S,
                )
            except httpx2.ConnectError:
                if port == ports[-1]:
                    raise
        raise AssertionError("there is at least one server")

    async def read(
        self, user_id: int, document: str, variables: dict[str, Any]
    ) -> dict[str, Any] | None:
        """As `ask`, a few times; None: never answered."""
        for _ in range(6):
            try:
                return await self.ask(user_id, document, variables)
            except NoAnswer:
                await self.pause()
        return None

    async def act(self, act: Act, document: str) -> dict[str, Any] | None:
        """Repeats until told; None: it was still unknown a while after everything was well."""
        if act not in self.history.acts:
            self.history.acts.append(act)
        left, in_all = TRIES_AT_REST, TRIES
        while left and in_all:
            left -= self.over.is_set()
            in_all -= 1
            payload = await self.attempt(act, document)
            if payload is not None:
                return payload
            await self.pause()
        return None

    async def attempt(self, act: Act, document: str) -> dict[str, Any] | None:
        """Once; None: unknown."""
        act.attempts += 1
        given = {"input": {**act.given, "idempotencyKey": act.key}}
        try:
            data = await self.ask(act.user_id, document, given)
        except NoAnswer:
            return None
        payload = data.get(act.operation)
        if payload is None:
            return None
        codes = tuple(error["code"] for error in payload["userErrors"])
        name, fields = SAME[act.operation]
        found = payload.get(name) or {}
        told = Told.REFUSED if codes else Told.DONE
        result = {} if codes else {field: found.get(field) for field in fields}
        act.learn(told, codes, result)
        return payload

    async def pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.05, 0.4))
