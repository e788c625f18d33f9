"""Referral codes, bindings and rewards in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from secrets import choice
from typing import Any

from sqlalchemy import and_, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.documents.referral import dump_rules, dump_terms, load_rules, load_terms
from app.domain.orders.status import OrderStatus
from app.domain.referral.code import ALPHABET, LENGTH
from app.domain.referral.referral import Newcomer, Referral, Side, SideStanding, SideState
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES, ReferralRules
from app.storage.tables import (
    FuelOrderRow,
    MemberRow,
    ReferralCodeRow,
    ReferralRow,
    ReferralRulesRow,
    ReferrerRow,
    table_of,
)

RULES = table_of(ReferralRulesRow)
CODE = table_of(ReferralCodeRow)
REFERRER = table_of(ReferrerRow)
REFERRAL = table_of(ReferralRow)
MEMBER = table_of(MemberRow)
ORDER = table_of(FuelOrderRow)

COUNTED = [status.value for status in OrderStatus if status.counts]
BINDING_LOCK = 0x59484249
"""The advisory lock under which members are bound, one transaction after the other: two that bind
each other at once would else close a circle that neither sees."""

NEWEST_RULES = select(RULES.c.document).order_by(RULES.c.version.desc()).limit(1)
NEWCOMER = (
    "SELECT joined_at, referrer_id, EXISTS (SELECT FROM fuel_order AS o WHERE"
    " o.user_id = member.user_id AND o.status = ANY (:counted)) AS has_ordered"
    " FROM member LEFT JOIN referral USING (user_id) WHERE member.user_id = :user_id"
)
ABOVE = """
WITH RECURSIVE above (user_id) AS (
    SELECT referrer_id FROM referral WHERE user_id = :referrer_id
    UNION SELECT referral.referrer_id FROM referral JOIN above USING (user_id)
) SELECT EXISTS (SELECT FROM above WHERE user_id = :user_id)
"""


class PostgresReferralBook:
    """Implements `app.ports.referrals.ReferralBook` on the connection of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rules(self) -> ReferralRules:
        return rules_of(await self._connection.scalar(NEWEST_RULES))

    async def publish(self, rules: ReferralRules, published_by: str, at: datetime) -> None:
        values = {"document": dump_rules(rules), "published_by": published_by, "published_at": at}
        await self._connection.execute(insert(RULES).values(values))

    async def code_of(self, user_id: int) -> str:
        had = select(CODE.c.code).where(
            CODE.c.owner_id == user_id, CODE.c.former_owner_id.is_(None)
        )
        while (code := await self._connection.scalar(had)) is None:
            # A code that another has is drawn anew.
            drawn = "".join(choice(ALPHABET) for _ in range(LENGTH))
            new = upsert(CODE).values(code=drawn, owner_id=user_id).on_conflict_do_nothing()
            await self._connection.execute(new)
        return code

    async def owner_of(self, code: str) -> int | None:
        return await self._connection.scalar(select(CODE.c.owner_id).where(CODE.c.code == code))

    async def newcomer(self, user_id: int) -> Newcomer:
        given = {"user_id": user_id, "counted": COUNTED}
        row = (await self._connection.execute(text(NEWCOMER), given)).one()
        return Newcomer(
            joined_at=row.joined_at, has_ordered=row.has_ordered, referrer_id=row.referrer_id
        )

    async def lead_to(self, user_id: int, referrer_id: int) -> bool:
        await self._connection.execute(select(func.pg_advisory_xact_lock(BINDING_LOCK)))
        given = {"user_id": user_id, "referrer_id": referrer_id}
        return bool(await self._connection.scalar(text(ABOVE), given))

    async def bind(self, referral: Referral) -> bool:
        values = {
            "user_id": referral.friend_id,
            "referrer_id": referral.referrer_id,
            "bound_at": referral.bound_at,
            "terms": dump_terms(referral.terms),
            "friend_at": referral.bound_at,
            "referrer_at": referral.bound_at,
        }
        new = upsert(REFERRAL).values(values).on_conflict_do_nothing()
        return await self._moved(new.returning(REFERRAL.c.user_id))

    async def referral(self, friend_id: int) -> Referral | None:
        query = select(REFERRAL).where(REFERRAL.c.user_id == friend_id)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _referral_of(row)

    async def qualify(self, friend_id: int, order_id: int, rewards_at: datetime) -> bool:
        change = (
            update(REFERRAL)
            .where(REFERRAL.c.user_id == friend_id, REFERRAL.c.order_id.is_(None))
            .values(
                order_id=order_id,
                rewards_at=rewards_at,
                friend_state=SideState.COOLING.value,
                referrer_state=SideState.COOLING.value,
            )
        )
        return await self._moved(change.returning(REFERRAL.c.user_id))

    async def advance(
        self, friend_id: int, side: Side, was: SideState, becomes: SideState, at: datetime
    ) -> bool:
        name = side.value.lower()
        change = (
            update(REFERRAL)
            .where(REFERRAL.c.user_id == friend_id, REFERRAL.c[f"{name}_state"] == was.value)
            .values({f"{name}_state": becomes.value, f"{name}_at": at})
        )
        return await self._moved(change.returning(REFERRAL.c.user_id))

    async def note_coupon(self, friend_id: int, side: Side, coupon_id: int) -> None:
        column = f"{side.value.lower()}_coupon_id"
        change = update(REFERRAL).where(REFERRAL.c.user_id == friend_id)
        await self._connection.execute(change.values({column: coupon_id}))

    async def take_place(self, referrer_id: int, cap: int | None) -> bool:
        new = upsert(REFERRER).values(user_id=referrer_id, rewarded=1)
        taken = new.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"rewarded": REFERRER.c.rewarded + 1},
            where=literal(True) if cap is None else REFERRER.c.rewarded < cap,
        )
        return await self._moved(taken.returning(REFERRER.c.user_id))

    async def give_place_back(self, referrer_id: int) -> None:
        change = update(REFERRER).where(REFERRER.c.user_id == referrer_id)
        await self._connection.execute(change.values(rewarded=REFERRER.c.rewarded - 1))

    async def due(self, moment: datetime, at_most: int) -> Sequence[tuple[int, Side]]:
        found: list[tuple[int, Side]] = []
        for side in Side:
            state = REFERRAL.c[f"{side.value.lower()}_state"]
            cooled = and_(state == SideState.COOLING.value, REFERRAL.c.rewards_at <= moment)
            query = select(REFERRAL.c.user_id).where(
                or_(cooled, state == SideState.REVERSING.value)
            )
            rows = await self._connection.execute(query.limit(at_most - len(found)))
            found += [(user_id, side) for user_id in rows.scalars()]
        return found

    async def _moved(self, change: Any) -> bool:
        """Whether the statement found its row in the state that it needs."""
        return (await self._connection.execute(change)).first() is not None


def rules_of(document: dict[str, Any] | None) -> ReferralRules:
    """As published; the default where none are."""
    return DEFAULT_REFERRAL_RULES if document is None else load_rules(document)


def _referral_of(row: Any) -> Referral:
    return Referral(
        friend_id=row.user_id,
        referrer_id=row.referrer_id,
        bound_at=row.bound_at,
        terms=load_terms(row.terms),
        friend=SideStanding(state=SideState(row.friend_state), coupon_id=row.friend_coupon_id),
        referrer=SideStanding(
            state=SideState(row.referrer_state), coupon_id=row.referrer_coupon_id
        ),
        order_id=row.order_id,
        rewards_at=row.rewards_at,
    )
