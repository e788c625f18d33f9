"""What members see of referrals, from PostgreSQL."""

from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from app.documents.referral import load_reward
from app.domain.referral.referral import SideState
from app.ports.referral_reads import InvitedFriend, InviteePage, Landing, ReferrerStanding
from app.storage.engine import reading
from app.storage.referrals import CODE, MEMBER, NEWEST_RULES, ORDER, REFERRAL, REFERRER, rules_of

RULES_NOW = NEWEST_RULES.scalar_subquery().label("rules")
UNDER_WAY = (
    select(ORDER.c.id)
    .where(
        ORDER.c.user_id == REFERRAL.c.user_id,
        ORDER.c.paid_at.is_not(None),
        ORDER.c.completed_at.is_(None),
        ORDER.c.closed_at.is_(None),
    )
    .exists()
)


class PostgresReferralRepository:
    """Implements `app.ports.referral_reads.ReferralRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def landing(self, code: str) -> Landing | None:
        query = (
            select(MEMBER.c.nickname, func.coalesce(REFERRER.c.rewarded, 0).label("had"), RULES_NOW)
            .select_from(
                CODE.join(MEMBER, MEMBER.c.user_id == CODE.c.owner_id).outerjoin(
                    REFERRER, REFERRER.c.user_id == CODE.c.owner_id
                )
            )
            .where(CODE.c.code == code)
        )
        rows = await self._rows(query)
        if not rows:
            return None
        nickname, rewarded, rules = rows[0]
        return Landing(nickname=nickname, rewarded=rewarded, rules=rules_of(rules))

    async def standing(self, user_id: int) -> ReferrerStanding:
        own = (CODE.c.owner_id == user_id, CODE.c.former_owner_id.is_(None))
        code = select(CODE.c.code).where(*own).scalar_subquery()
        reward = REFERRAL.c.terms["referrer"]
        counts = (
            select(reward.label("reward"), func.count().label("friends"))
            .add_columns(
                func.count()
                .filter(REFERRAL.c.referrer_state == SideState.REWARDED.value)
                .label("rewarded")
            )
            .where(REFERRAL.c.referrer_id == user_id)
            .group_by(reward)
            .subquery()
        )
        # One row without a count stands for a member who never invited anybody.
        single = select(code.label("code"), RULES_NOW).subquery()
        query = select(single, counts).select_from(single.outerjoin(counts, literal(True)))
        rows = await self._rows(query)
        by_reward = [row for row in rows if row.friends is not None]
        return ReferrerStanding(
            code=rows[0].code,
            invited=sum(row.friends for row in by_reward),
            rewarded=sum(row.rewarded for row in by_reward),
            earned=tuple(
                (load_reward(row.reward), row.rewarded) for row in by_reward if row.rewarded
            ),
            rules=rules_of(rows[0].rules),
        )

    async def invitees(self, wanted: InviteePage) -> tuple[InvitedFriend, ...]:
        place = tuple_(REFERRAL.c.bound_at, REFERRAL.c.user_id)
        query = (
            select(
                REFERRAL.c.user_id,
                REFERRAL.c.bound_at,
                REFERRAL.c.referrer_state,
                REFERRAL.c.terms["referrer"].label("reward"),
                MEMBER.c.nickname,
                UNDER_WAY.label("has_paid"),
            )
            .join(MEMBER, MEMBER.c.user_id == REFERRAL.c.user_id)
            .where(REFERRAL.c.referrer_id == wanted.referrer_id)
        )
        if wanted.after is not None:
            query = query.where(place < tuple_(*map(literal, wanted.after)))
        newest = (REFERRAL.c.bound_at.desc(), REFERRAL.c.user_id.desc())
        rows = await self._rows(query.order_by(*newest).limit(wanted.first + 1))
        return tuple(
            InvitedFriend(
                friend_id=row.user_id,
                nickname=row.nickname,
                bound_at=row.bound_at,
                state=SideState(row.referrer_state),
                has_paid=row.has_paid,
                reward=load_reward(row.reward),
            )
            for row in rows
        )

    async def _rows(self, query: Any) -> Any:
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).all()
