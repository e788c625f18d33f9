"""Referrals in memory: each change of a side is one conditional statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.referral.referral import Newcomer, Referral, Side, SideStanding, SideState
from app.domain.referral.rules import ReferralRules
from tests.simulation.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryReferrals:
    """Rows: "referrals" by friend, "codes_of" by member, "places" by referrer."""

    tx: Transaction
    published: ReferralRules
    joined_at: datetime

    async def rules(self) -> ReferralRules:
        await self.tx.statement("referrals.rules")
        return self.tx.get("rules", ()) or self.published

    async def publish(self, rules: ReferralRules, published_by: str, at: datetime) -> None:
        await self.tx.statement("referrals.publish")
        await self.tx.put("rules", (), rules)

    async def code_of(self, user_id: int) -> str:
        await self.tx.statement("referrals.code_of")
        return f"R{user_id}"

    async def owner_of(self, code: str) -> int | None:
        await self.tx.statement("referrals.owner_of")
        return int(code[1:]) if code[1:].isdigit() else None

    async def newcomer(self, user_id: int) -> Newcomer:
        await self.tx.statement("referrals.newcomer")
        bound: Referral | None = self.tx.get("referrals", (user_id,))
        orders = self.tx.rows("orders").values()
        return Newcomer(
            joined_at=self.joined_at,
            has_ordered=any(o.user_id == user_id and o.status.counts for o in orders),
            referrer_id=bound.referrer_id if bound else None,
        )

    async def lead_to(self, user_id: int, referrer_id: int) -> bool:
        await self.tx.statement("referrals.lead_to")
        await self.tx.lock("binding", ())
        above, seen = referrer_id, {referrer_id}
        while (bound := self.tx.get("referrals", (above,))) is not None:
            above = bound.referrer_id
            if above == user_id:
                return True
            assert above not in seen, "referrals go round in a circle"
            seen.add(above)
        return False

    async def bind(self, referral: Referral) -> bool:
        await self.tx.statement("referrals.bind")
        await self.tx.lock("referrals", (referral.friend_id,))
        if self.tx.get("referrals", (referral.friend_id,)) is not None:
            return False
        await self.tx.put("referrals", (referral.friend_id,), referral)
        return True

    async def referral(self, friend_id: int) -> Referral | None:
        await self.tx.statement("referrals.referral")
        return self.tx.get("referrals", (friend_id,))

    async def qualify(self, friend_id: int, order_id: int, rewards_at: datetime) -> bool:
        await self.tx.statement("referrals.qualify")
        await self.tx.lock("referrals", (friend_id,))
        found: Referral | None = self.tx.get("referrals", (friend_id,))
        if found is None or found.order_id is not None:
            return False
        cooling = SideStanding(state=SideState.COOLING)
        after = replace(
            found, friend=cooling, referrer=cooling, order_id=order_id, rewards_at=rewards_at
        )
        await self.tx.put("referrals", (friend_id,), after)
        return True

    async def advance(
        self, friend_id: int, side: Side, was: SideState, becomes: SideState, at: datetime
    ) -> bool:
        await self.tx.statement(f"referrals.advance {side} {becomes}")
        await self.tx.lock("referrals", (friend_id,))
        found: Referral | None = self.tx.get("referrals", (friend_id,))
        if found is None or found.standing(side).state is not was:
            return False
        await self._stand(found, side, replace(found.standing(side), state=becomes))
        return True

    async def note_coupon(self, friend_id: int, side: Side, coupon_id: int) -> None:
        await self.tx.statement("referrals.note_coupon")
        await self.tx.lock("referrals", (friend_id,))
        found: Referral = self.tx.get("referrals", (friend_id,))
        await self._stand(found, side, replace(found.standing(side), coupon_id=coupon_id))

    async def _stand(self, found: Referral, side: Side, standing: SideStanding) -> None:
        after = (
            replace(found, friend=standing)
            if side is Side.FRIEND
            else replace(found, referrer=standing)
        )
        await self.tx.put("referrals", (found.friend_id,), after)

    async def take_place(self, referrer_id: int, cap: int | None) -> bool:
        await self.tx.statement("referrals.take_place")
        await self.tx.lock("places", (referrer_id,))
        taken = self.tx.get("places", (referrer_id,)) or 0
        if cap is not None and taken >= cap:
            return False
        await self.tx.put("places", (referrer_id,), taken + 1)
        return True

    async def give_place_back(self, referrer_id: int) -> None:
        await self.tx.statement("referrals.give_place_back")
        await self.tx.lock("places", (referrer_id,))
        taken = self.tx.get("places", (referrer_id,)) or 0
        assert taken > 0, "more places given back than taken"
        await self.tx.put("places", (referrer_id,), taken - 1)

    async def due(self, moment: datetime, at_most: int) -> Sequence[tuple[int, Side]]:
        await self.tx.statement("referrals.due")
        found = [
            (referral.friend_id, side)
            for referral in self.tx.rows("referrals").values()
            for side in Side
            if _is_due(referral, side, moment)
        ]
        return sorted(found)[:at_most]


def _is_due(referral: Referral, side: Side, moment: datetime) -> bool:
    state = referral.standing(side).state
    if state is SideState.REVERSING:
        return True
    cooled = referral.rewards_at is not None and referral.rewards_at <= moment
    return state is SideState.COOLING and cooled
