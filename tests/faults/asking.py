"""One client's requests: to any server, again with the same key until the answer is definite."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from tests.faults.history import Act, History, Told
from tests.faults.http import Http, NoAnswer, NotTaken
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


@dataclass
class Client:
    """`over`: set when everything runs well again; then each act must come to an answer soon."""

    town: Town
    history: History
    http: Http
    chance: random.Random
    over: asyncio.Event

    async def ask(self, user_id: int, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of one answer. Raises `NoAnswer` where it holds faults or there is none."""
        self.history.requests += 1
        try:
            body = await self._sent(user_id, document, variables)
        except NoAnswer:
            self.history.faulted += 1
            raise
        if body.get("errors"):
            self.history.faulted += 1
            raise NoAnswer(str(body["errors"])[:300])
        return body["data"]

    async def _sent(self, user_id: int, document: str, variables: dict[str, Any]) -> Any:
        """By the server with the fewest requests under way of those that take a connection, as a
        balancer in front of them would."""
        given = {"query": document, "variables": variables}
        headers = {
            "Authorization": f"Bearer {self.town.token(user_id)}",
            "Youhui-Device": f"device-{user_id}",
        }
        refused: set[int] = set()
        while True:
            port = self._least_busy(refused)
            self.town.under_way[port] += 1
            begun = asyncio.get_running_loop().time()
            try:
                body = await self.http.post(port, "/graphql", given, headers, TIMEOUT_S)
            except NotTaken as error:
                refused.add(port)
                if len(refused) == len(self.town.ports):
                    raise NoAnswer("nobody listens") from error
            else:
                if not body.get("errors"):
                    self.history.recovery.answered(port, begun)
                return body
            finally:
                self.town.under_way[port] -= 1

    def _least_busy(self, refused: set[int]) -> int:
        left = [port for port in self.town.ports if port not in refused]
        return min(left, key=lambda port: (self.town.under_way[port], self.chance.random()))

    async def read(
        self, user_id: int, document: str, variables: dict[str, Any]
    ) -> dict[str, Any] | None:
        """As `ask`, a few times; None: never answered."""
        for failed in range(6):
            try:
                return await self.ask(user_id, document, variables)
            except NoAnswer:
                await self.pause(failed)
        return None

    async def act(self, act: Act, document: str) -> dict[str, Any] | None:
        """Repeats until told; None: it was still unknown a while after everything was well."""
        self.history.note(act)
        left = TRIES_AT_REST
        for failed in range(TRIES):
            if not left:
                break
            left -= self.over.is_set()
            payload = await self.attempt(act, document)
            if payload is not None:
                return payload
            await self.pause(failed)
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

    async def pause(self, failed: int) -> None:
        """Longer after each failure, up to half a second: who asks a database that is just starting
        over and over keeps it from starting."""
        await asyncio.sleep(self.chance.uniform(0.05, 0.1 * 2 ** min(failed, 2)))
