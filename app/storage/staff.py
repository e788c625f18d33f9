"""Staff in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.identity.roles import Role
from app.domain.identity.staff import Lock, Staff
from app.ports.staff import KnownStaff, StaffSecrets
from app.storage.engine import reading
from app.storage.tables import StaffRecoveryCodeRow, StaffRow, table_of

STAFF = table_of(StaffRow)
RECOVERY = table_of(StaffRecoveryCodeRow)


class PostgresStaffBook:
    """Implements `app.ports.staff.StaffBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_name(self, folded: str) -> KnownStaff | None:
        query = select(STAFF).where(STAFF.c.folded_name == folded).with_for_update()
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return KnownStaff(
            staff=_staff(row),
            secrets=StaffSecrets(password_hash=row.password_hash, totp_sealed=row.totp_sealed),
            lock=_lock(row),
            totp_step=row.totp_step,
        )

    async def add(
        self, staff: Staff, folded: str, secrets: StaffSecrets, at: datetime
    ) -> int | None:
        made = (
            upsert(STAFF)
            .values(
                **_changeable(staff),
                name=staff.name,
                folded_name=folded,
                password_hash=secrets.password_hash,
                totp_sealed=secrets.totp_sealed,
                added_at=at,
            )
            .on_conflict_do_nothing(index_elements=[STAFF.c.folded_name])
            .returning(STAFF.c.id)
        )
        staff_id = (await self._connection.execute(made)).scalar()
        if staff_id is not None:
            await self._keep_recovery(staff_id, secrets.recovery_hashes)
        return staff_id

    async def change(self, staff: Staff) -> None:
        await self._set(staff.id, **_changeable(staff))

    async def reset(self, staff_id: int, secrets: StaffSecrets) -> None:
        await self._set(
            staff_id,
            password_hash=secrets.password_hash,
            totp_sealed=secrets.totp_sealed,
            totp_step=0,
            misses=0,
            locked_until=None,
        )
        gone = delete(RECOVERY).where(RECOVERY.c.staff_id == staff_id)
        await self._connection.execute(gone)
        await self._keep_recovery(staff_id, secrets.recovery_hashes)

    async def keep_lock(self, staff_id: int, lock: Lock) -> None:
        await self._set(staff_id, misses=lock.misses, locked_until=lock.until)

    async def take_step(self, staff_id: int, step: int) -> None:
        await self._set(staff_id, totp_step=step)

    async def use_recovery(self, staff_id: int, hashes: Sequence[bytes], at: datetime) -> bool:
        used = (
            update(RECOVERY)
            .where(
                RECOVERY.c.staff_id == staff_id,
                RECOVERY.c.code_hash.in_(list(hashes)),
                RECOVERY.c.used_at.is_(None),
            )
            .values(used_at=at)
        )
        return (await self._connection.execute(used)).rowcount > 0

    async def keep_hash(self, staff_id: int, password_hash: str) -> None:
        await self._set(staff_id, password_hash=password_hash)

    async def _set(self, staff_id: int, **values: Any) -> None:
        await self._connection.execute(update(STAFF).where(STAFF.c.id == staff_id).values(**values))

    async def _keep_recovery(self, staff_id: int, hashes: Sequence[bytes]) -> None:
        if hashes:
            listed = [{"staff_id": staff_id, "code_hash": one} for one in hashes]
            await self._connection.execute(insert(RECOVERY), listed)


class PostgresStaffRepository:
    """Implements `app.ports.staff.StaffRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, staff_id: int) -> Staff | None:
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(STAFF).where(STAFF.c.id == staff_id))).first()
        return None if row is None else _staff(row)

    async def listed(self) -> Sequence[tuple[Staff, Lock]]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(select(STAFF).order_by(STAFF.c.folded_name))).all()
        return [(_staff(row), _lock(row)) for row in rows]


def _changeable(staff: Staff) -> dict[str, Any]:
    return {
        "roles": sorted(role.value for role in staff.roles),
        "station_ids": sorted(staff.station_ids),
        "generation": staff.generation,
        "disabled_at": staff.disabled_at,
    }


def _staff(row: Any) -> Staff:
    return Staff(
        id=row.id,
        name=row.name,
        roles=frozenset(map(Role, row.roles)),
        station_ids=frozenset(row.station_ids),
        generation=row.generation,
        disabled_at=row.disabled_at,
    )


def _lock(row: Any) -> Lock:
    return Lock(misses=row.misses, until=row.locked_until)
