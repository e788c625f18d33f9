"""People who prove who they are, over PostgreSQL, by the use cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.identity import IdentifiedMember, IdentityProvider, ProvenIdentity
from app.domain.identity.phone import Phone, PhoneProof, ProvenPhone, read_phone
from app.domain.shared.channel import Channel
from app.resolvers.front_desk import Arrival
from app.resolvers.identifying import bound, identified
from app.resolvers.once import repeated
from app.storage.work import PostgresWorks
from tests.fakes.world import NOON
from tests.support.purchases import SEALER

MINI, WEB = IdentityProvider.WECHAT_MINI_PROGRAM, IdentityProvider.WECHAT_WEB


def wechat(
    subject: str, union_id: str | None = None, provider: IdentityProvider = MINI
) -> ProvenIdentity:
    app_id = "wx-mini" if provider is MINI else "wx-web"
    return ProvenIdentity(provider=provider, app_id=app_id, subject=subject, union_id=union_id)


def phone(number: int = 1) -> ProvenPhone:
    read = read_phone(f"138{number:08d}")
    assert isinstance(read, Phone)
    return ProvenPhone(read, PhoneProof.SMS)


@dataclass
class People:
    engine: AsyncEngine
    moment: datetime = NOON

    def __post_init__(self) -> None:
        self.works = PostgresWorks(self.engine, SEALER)

    def arrival(self) -> Arrival:
        return Arrival(moment=self.moment, channel=Channel.MINI_PROGRAM)

    async def come(self, proven: ProvenIdentity | ProvenPhone) -> IdentifiedMember:
        """Each a minute after the one before, so that it is known who is the elder."""
        self.moment += timedelta(minutes=1)

        async def once() -> IdentifiedMember:
            async with self.works.begin(None) as work:
                return await identified(work, proven, self.arrival())

        return await repeated(once)

    async def bind(self, user_id: int, proven: ProvenPhone) -> IdentifiedMember:
        async def once() -> IdentifiedMember:
            async with self.works.begin(None) as work:
                return await bound(work, user_id, proven, self.arrival())

        return await repeated(once)

    async def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query), given)]

    async def phone_of(self, user_id: int) -> str | None:
        async with self.works.begin(None) as work:
            found = await work.identities.phone(user_id)
        return found and found.e164

    async def acts(self) -> list[str]:
        return [act for (act,) in await self.rows("SELECT act FROM audit_event ORDER BY id")]
