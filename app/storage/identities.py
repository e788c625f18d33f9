"""Whose identities and phones are, in PostgreSQL. Phones are sealed, and found by a blind index."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.identity.identity import Account, IdentityProvider, KnownIdentity, ProvenIdentity
from app.domain.identity.phone import Phone
from app.ports.sealing import PersonalSeal, SealBroken
from app.storage.engine import reading
from app.storage.names import lock_names
from app.storage.tables import IdentityRow, MemberPhoneRow, MemberRow, table_of

IDENTITY = table_of(IdentityRow)
PHONE = table_of(MemberPhoneRow)
MEMBER = table_of(MemberRow)
PLACE = "phone"
OF_MEMBERS = select(IDENTITY).where(
    IDENTITY.c.owner_id == any_(bindparam("user_ids", type_=ARRAY(BigInteger)))
)


class PostgresIdentityBook:
    """Implements `app.ports.identities.IdentityBook`. Without a seal it knows no phones.
    `demo_members`: new members are the demo's, and go when it is seeded anew."""

    def __init__(
        self,
        connection: AsyncConnection,
        seal: PersonalSeal | None,
        *,
        demo_members: bool = False,
    ) -> None:
        self._demo_members = demo_members
        self._connection = connection
        self._seal = seal

    async def owners(self, proven: ProvenIdentity) -> tuple[int | None, int | None]:
        names = [f"identity:{proven.provider}:{proven.app_id}:{proven.subject}"]
        if proven.union_id is not None:
            names.append(f"union:{proven.union_id}")
        await lock_names(self._connection, names)
        by_subject = select(IDENTITY.c.owner_id).where(_is(proven))
        owner = await self._connection.scalar(by_subject)
        if proven.union_id is None:
            return owner, None
        by_union = (
            select(IDENTITY.c.owner_id)
            .where(IDENTITY.c.union_id == proven.union_id)
            .order_by(IDENTITY.c.owner_id)
            .limit(1)
        )
        return owner, await self._connection.scalar(by_union)

    async def phone_owner(self, phone: Phone) -> int | None:
        hashes = self._hashes(phone)
        await lock_names(self._connection, [f"phone:{hashes[0].hex()}"])
        owner = select(PHONE.c.owner_id).where(PHONE.c.phone_hash.in_(hashes))
        return await self._connection.scalar(owner)

    async def new_member(self, moment: datetime) -> int:
        made = (
            insert(MEMBER)
            .values(joined_at=moment, generated=self._demo_members)
            .returning(MEMBER.c.user_id)
        )
        return (await self._connection.execute(made)).scalar_one()

    async def keep(self, user_id: int, proven: ProvenIdentity, moment: datetime) -> None:
        new = upsert(IDENTITY).values(
            provider=proven.provider.value,
            app_id=proven.app_id,
            subject=proven.subject,
            owner_id=user_id,
            union_id=proven.union_id,
            first_at=moment,
            last_at=moment,
        )
        learnt = func.coalesce(new.excluded.union_id, IDENTITY.c.union_id)
        await self._connection.execute(
            new.on_conflict_do_update(
                index_elements=IDENTITY.primary_key,
                set_={"owner_id": user_id, "union_id": learnt, "last_at": moment},
            )
        )

    async def bind_phone(self, user_id: int, phone: Phone, moment: datetime) -> None:
        hashes = self._hashes(phone)
        gone = delete(PHONE).where(or_(PHONE.c.phone_hash.in_(hashes), PHONE.c.owner_id == user_id))
        before = await self._connection.execute(gone.returning(PHONE.c.owner_id))
        others = [owner for (owner,) in before if owner != user_id]
        if others:
            unmasked = update(MEMBER).where(MEMBER.c.user_id.in_(others)).values(phone_masked=None)
            await self._connection.execute(unmasked)
        kept = {
            "phone_hash": hashes[0],
            "owner_id": user_id,
            "sealed": _with(self._seal).seal(phone.e164, _place(user_id)),
            "bound_at": moment,
        }
        await self._connection.execute(insert(PHONE).values(kept))
        masked = update(MEMBER).where(MEMBER.c.user_id == user_id)
        await self._connection.execute(masked.values(phone_masked=phone.masked))

    async def phone(self, user_id: int) -> Phone | None:
        sealed = await self._connection.scalar(
            select(PHONE.c.sealed).where(PHONE.c.owner_id == user_id)
        )
        return None if sealed is None else Phone(_with(self._seal).open(sealed, _place(user_id)))

    async def account(self, user_id: int) -> Account | None:
        joined = select(MEMBER.c.joined_at).where(MEMBER.c.user_id == user_id)
        joined_at = await self._connection.scalar(joined)
        if joined_at is None:
            return None
        rows = await self._connection.execute(OF_MEMBERS, {"user_ids": [user_id]})
        identities = tuple(_known(row).proven for row in rows)
        return Account(user_id=user_id, joined_at=joined_at, identities=identities)

    def _hashes(self, phone: Phone) -> tuple[bytes, ...]:
        return _with(self._seal).index(phone.e164, PLACE)


class PostgresIdentityRepository:
    """Implements `app.ports.identities.IdentityRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def identities(self, user_ids: Sequence[int]) -> Mapping[int, tuple[KnownIdentity, ...]]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(OF_MEMBERS, {"user_ids": list(user_ids)})).all()
        found: dict[int, list[KnownIdentity]] = defaultdict(list)
        for row in rows:
            found[row.owner_id].append(_known(row))
        return {user_id: tuple(known) for user_id, known in found.items()}

    async def subject(self, user_id: int, provider: IdentityProvider, app_id: str) -> str | None:
        """The one proven last, where the member has several in the app."""
        query = (
            select(IDENTITY.c.subject)
            .where(
                IDENTITY.c.owner_id == user_id,
                IDENTITY.c.provider == provider.value,
                IDENTITY.c.app_id == app_id,
            )
            .order_by(IDENTITY.c.last_at.desc())
            .limit(1)
        )
        async with reading(self._engine) as connection:
            return await connection.scalar(query)


def _is(proven: ProvenIdentity) -> Any:
    return (
        (IDENTITY.c.provider == proven.provider.value)
        & (IDENTITY.c.app_id == proven.app_id)
        & (IDENTITY.c.subject == proven.subject)
    )


def _known(row: Any) -> KnownIdentity:
    proven = ProvenIdentity(
        provider=IdentityProvider(row.provider),
        app_id=row.app_id,
        subject=row.subject,
        union_id=row.union_id,
    )
    return KnownIdentity(proven=proven, user_id=row.owner_id)


def _with(seal: PersonalSeal | None) -> PersonalSeal:
    if seal is None:
        raise SealBroken("this process has no key")
    return seal


def _place(user_id: int) -> str:
    """A sealed number moved to another member's row does not open there."""
    return f"member_phone:{user_id}"
