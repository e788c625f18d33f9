"""What the clients of a fault run do: buy, claim, cancel, refund, refer, and all of it again."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from tests.faults.asking import Client
from tests.faults.history import Act, Told
from tests.faults.simulator import Simulator
from tests.faults.world import World

PREVIEW = """query($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) {
  preview { payable { fen } quote { id token expiresAt } } userErrors { code } } }"""
PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id number status payable { fen } } payment { id method } userErrors { code } } }"""
CANCEL = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { id status } userErrors { code } } }"""
REFUND = """mutation($input: RequestRefundInput!) { requestRefund(input: $input) {
  order { id status } refund { id amount { fen } } userErrors { code } } }"""
CLAIM = """mutation($input: ClaimOfferInput!) { claimOffer(input: $input) {
  coupon { id } userErrors { code } } }"""
REDEEM = """mutation($input: RedeemCodeInput!) { redeemCode(input: $input) {
  coupon { id } userErrors { code } } }"""
BIND = """mutation($input: BindReferralInput!) { bindReferral(input: $input) {
  landing { code } userErrors { code } } }"""


@dataclass
class Shopper:
    """One client, shopping for any member until told to stop."""

    client: Client
    world: World
    simulator: Simulator

    async def shop(self) -> None:
        """Until everything is over."""
        doings = (
            (self.buy, 24),
            (self.claim, 3),
            (self.redeem, 1),
            (self.refer, 2),
        )
        names, weights = zip(*doings, strict=True)
        while not self.client.over.is_set():
            doing = self.client.chance.choices(names, weights)[0]
            await doing()

    def _act(self, operation: str, user_id: int, given: dict[str, Any]) -> Act:
        key = uuid.UUID(int=self.client.chance.getrandbits(128)).hex
        return Act(operation=operation, user_id=user_id, key=key, given=given)

    # ---- buying ------------------------------------------------------------------------------

    async def buy(self, user_id: int | None = None) -> None:
        """A quote, an order, and one of its ends."""
        chance = self.client.chance
        buyer = user_id or chance.choice(self.world.members)
        quote = await self._quote(buyer)
        if quote is None:
            return
        given = {
            "quoteToken": quote["quote"]["token"],
            "paymentMethod": "WECHAT_PAY",
            "paymentScene": "MINI_PROGRAM",
            "confirmDuplicate": True,
        }
        act = self._act("placeOrder", buyer, given)
        act.quote_id = quote["quote"]["id"]
        placed = await self._place(act)
        if placed is None or act.told is not Told.DONE:
            return
        order = placed["order"]
        if order is None:  # told otherwise than before: noted, and nothing to go on with
            return
        if order["payable"]["fen"] != quote["payable"]["fen"]:
            act.contradictions.append(f"quoted {quote['payable']}, placed at {order['payable']}")
        await self._end(buyer, order)

    async def _quote(self, buyer: int) -> dict[str, Any] | None:
        chance = self.client.chance
        station, grade = chance.choice(self.world.products)
        asked = {
            "stationId": station,
            "fuelGrade": grade,
            "fill": {"pumpAmountFen": chance.randrange(5_000, 60_000)},
            "usePoints": chance.random() < 0.5,
            "paymentMethod": "WECHAT_PAY",
        }
        data = await self.client.read(buyer, PREVIEW, {"input": asked})
        payload = data and data["checkoutPreview"]
        return payload["preview"] if payload else None

    async def _place(self, act: Act) -> dict[str, Any] | None:
        """Often more than once: together, one after the other, or with another key."""
        chance, client = self.client.chance, self.client
        way = chance.random()
        if way < 0.05:
            client.history.note(act)
            await asyncio.gather(*(client.attempt(act, PLACE) for _ in range(3)))
        elif way < 0.09:
            rival = self._act("placeOrder", act.user_id, act.given)
            rival.quote_id = act.quote_id
            both = await asyncio.gather(client.act(act, PLACE), client.act(rival, PLACE))
            done = [one for one in (act, rival) if one.told is Told.DONE]
            if len(done) > 1:
                act.contradictions.append(f"one quote, two orders: {act.result} {rival.result}")
            return both[0] if act.told is Told.DONE else None
        placed = await client.act(act, PLACE)
        if way > 0.96:
            await client.attempt(act, PLACE)
        return placed

    async def _end(self, buyer: int, order: dict[str, Any]) -> None:
        """Paid, cancelled, both at once, or forgotten."""
        chance = self.client.chance
        way = chance.random()
        if way < 0.2:
            return
        if way < 0.3:
            await self._cancel(buyer, order)
            if chance.random() < 0.4:
                await self.simulator.pay(self.client, buyer, order)
            return
        if way < 0.36:
            await asyncio.gather(
                self._cancel(buyer, order), self.simulator.pay(self.client, buyer, order)
            )
            return
        await self.simulator.pay(self.client, buyer, order)
        if chance.random() < 0.15:
            await asyncio.sleep(chance.uniform(0, 3))
            await self._refund(buyer, order)

    async def _cancel(self, buyer: int, order: dict[str, Any]) -> None:
        given = {"orderId": order["id"], "reason": "changed my mind"}
        await self.client.act(self._act("cancelOrder", buyer, given), CANCEL)

    async def _refund(self, buyer: int, order: dict[str, Any]) -> None:
        """Whole, or in one or two parts; sometimes two at once."""
        chance, client = self.client.chance, self.client
        acts: list[Act] = []
        for _ in range(chance.choice((1, 1, 2))):
            given: dict[str, Any] = {"orderId": order["id"], "reason": "too much"}
            if chance.random() < 0.6:
                given["pumpAmountFen"] = chance.randrange(100, 6_000)
            acts.append(self._act("requestRefund", buyer, given))
        if chance.random() < 0.5:
            await asyncio.gather(*(client.act(act, REFUND) for act in acts))
        else:
            for act in acts:
                await client.act(act, REFUND)

    # ---- offers, codes, friends --------------------------------------------------------------

    async def claim(self) -> None:
        member = self.client.chance.choice(self.world.members)
        act = self._act("claimOffer", member, {"offerId": self.world.scarce_offer})
        if self.client.chance.random() < 0.3:
            self.client.history.note(act)
            await asyncio.gather(*(self.client.attempt(act, CLAIM) for _ in range(2)))
        await self.client.act(act, CLAIM)

    async def redeem(self) -> None:
        """The same few codes, by anybody."""
        if not self.world.codes:
            return
        chance = self.client.chance
        code = chance.choice(self.world.codes)
        member = chance.choice(self.world.members)
        await self.client.act(self._act("redeemCode", member, {"code": code}), REDEEM)

    async def refer(self) -> None:
        """A newcomer follows one or two links, and may then buy for the first time."""
        chance = self.client.chance
        if not self.world.newcomers or not self.world.referral_codes:
            return
        newcomer = chance.choice(self.world.newcomers)
        codes = chance.sample(self.world.referral_codes, k=chance.choice((1, 1, 2)))
        acts = [self._act("bindReferral", newcomer, {"code": code}) for code in codes]
        await asyncio.gather(*(self.client.act(act, BIND) for act in acts))
        await self.buy(newcomer)
